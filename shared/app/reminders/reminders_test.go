package reminders_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/dispatch"
	"github.com/lejek/lejek/shared/teams"
)

// box is a team whose mail is read.
type box struct {
	*apptest.App
	*apptest.Client
	t *testing.T
}

func start(t *testing.T) box {
	a := apptest.New(t, apptest.WithOutbox)
	return box{a, a.NewTeam("Acme"), t}
}

// in plans an activity that falls due after some time, and returns its id.
func (b box) in(d time.Duration, more ...map[string]any) int64 {
	b.t.Helper()
	body := due(b.Now().Add(d))
	body["subject"] = "Ring Ann"
	for _, m := range more {
		for k, v := range m {
			body[k] = v
		}
	}
	return b.Must("POST", "/api/v2/activities", body).ID()
}

func due(at time.Time) map[string]any {
	return map[string]any{"due_date": at.Format(time.DateOnly), "due_time": at.Format("15:04:05")}
}

func (b box) change(id int64, body map[string]any) {
	b.t.Helper()
	b.Must("PATCH", apptest.Path("/api/v2/activities/%d", id), body)
}

// run is the function as the clock calls it; at is the event's time, zero for now.
func run(t *testing.T, env boot.Env, at time.Time) (ran dispatch.Ran, err error) {
	t.Helper()
	if at.IsZero() {
		at = env.Now()
	}
	out, err := functions.All["reminders"](env).Invoke(t.Context(), fmt.Appendf(nil, `{"time":%q}`, at.Format(time.RFC3339)))
	if err == nil {
		err = json.Unmarshal(out, &ran)
	}
	return ran, err
}

func (b box) run(after time.Duration) dispatch.Ran {
	b.t.Helper()
	b.Later(after)
	ran, err := run(b.t, b.Env, time.Time{})
	if err != nil {
		b.t.Fatal(err)
	}
	return ran
}

func (b box) want(mails int) {
	b.t.Helper()
	if got := len(b.Sent()); got != mails {
		b.t.Errorf("at %s %d mails are sent, want %d", b.Now().Format("15:04:05"), got, mails)
	}
}

// state is what the API tells of the newest reminder of an activity.
func (b box) state(id int64) map[string]any {
	b.t.Helper()
	list := b.Must("GET", apptest.Path("/api/v2/activities/%d/reminders", id), nil).List()
	if len(list) == 0 {
		return map[string]any{}
	}
	return list[len(list)-1].(map[string]any)
}

func (b box) wantState(id int64, state string) {
	b.t.Helper()
	if got := b.state(id)["state"]; got != state {
		b.t.Errorf("activity %d: %v, want %s", id, b.state(id), state)
	}
}

func TestReminderGoesOutOnceAQuarterBefore(t *testing.T) {
	t.Parallel()
	b := start(t)
	id := b.in(time.Hour)
	b.wantState(id, "pending")
	b.run(44 * time.Minute)
	b.want(0)
	b.run(time.Minute)
	b.want(1)
	for range 5 {
		b.run(time.Minute)
	}
	b.run(48 * time.Hour)
	b.want(1)
	if s := b.state(id); s["state"] != "sent" || s["sent_time"] != "2026-11-23T10:45:00Z" || s["due_time"] != "2026-11-23T11:00:00Z" || s["error"] != nil || s["tries"] != 1.0 {
		t.Errorf("told as %v", s)
	}
}

func TestReminderIsReadable(t *testing.T) {
	t.Parallel()
	b := start(t)
	person := b.Must("POST", "/api/v2/persons", map[string]any{"name": "Łucja <b>\r\nBcc: x@out.example"}).ID()
	deal := b.Must("POST", "/api/v2/deals", map[string]any{"title": "Big & small", "person_id": person}).ID()
	b.in(10*time.Minute, map[string]any{"subject": "Zadzwoń\r\nBcc: y@out.example", "deal_id": deal, "person_id": person, "duration": "00:30", "location": map[string]any{"value": "Main Street 1"}})
	b.run(0)
	sent := b.Sent()
	if len(sent) != 1 {
		t.Fatalf("%d mails", len(sent))
	}
	if got := fmt.Sprint(sent[0].Source, sent[0].Destinations); got != "reminders@mail.lejek.localhost[ada@acme.example]" {
		t.Errorf("envelope %s", got)
	}
	m, err := mail.ReadMessage(bytes.NewReader(sent[0].Raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	for name, got := range map[string][2]string{
		"subject":        {subject, "Reminder: Zadzwoń Bcc: y@out.example, 11:10"},
		"from":           {m.Header.Get("From"), `"Lejek" <reminders@mail.lejek.localhost>`},
		"to":             {m.Header.Get("To"), `"Ada" <ada@acme.example>`},
		"auto-submitted": {m.Header.Get("Auto-Submitted"), "auto-generated"},
		"bcc":            {m.Header.Get("Bcc"), ""},
		"date":           {m.Header.Get("Date"), "Mon, 23 Nov 2026 10:00:00 +0000"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s is %q, want %q", name, got[0], got[1])
		}
	}
	for i, line := range strings.Split(string(sent[0].Raw), "\r\n") {
		if len(line) > 200 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line %d: %q", i, line)
		}
	}
	parts := read(t, m)
	for kind, wanted := range map[string][]string{
		"text/plain": {
			"Hello Ada,\r\n\r\nZadzwoń Bcc: y@out.example is due today at 11:10.", "Due: Monday, 23 November 2026, 11:10 (Europe/Warsaw)", "Duration: 00:30",
			"Location: Main Street 1", "Deal: Big & small\r\n  https://crm.example/deals/1\r\n", "Person: Łucja <b> Bcc: x@out.example\r\n  https://crm.example/persons/1",
			"Activity: Zadzwoń Bcc: y@out.example (call)\r\n  https://crm.example/activities/1",
		},
		"text/html": {
			`<a href="https://crm.example/deals/1">Big &amp; small</a>`, "Łucja &lt;b&gt; Bcc", "is due today at 11:10.",
		},
	} {
		for _, want := range wanted {
			if !strings.Contains(parts[kind], want) {
				t.Errorf("%s lacks %q:\n%s", kind, want, parts[kind])
			}
		}
	}
}

func read(t *testing.T, m *mail.Message) map[string]string {
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatal(kind, err)
	}
	parts := map[string]string{}
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return parts
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		parts[kind] = string(text)
	}
}

func TestEntryFollowsTheActivity(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(b box, id int64)
		at     []int // mails after 45 minutes, and after three hours
	}{
		"moved later":   {func(b box, id int64) { b.change(id, due(b.Now().Add(2*time.Hour))) }, []int{0, 1}},
		"moved earlier": {func(b box, id int64) { b.change(id, due(b.Now().Add(20*time.Minute))) }, []int{1, 1}},
		"done":          {func(b box, id int64) { b.change(id, map[string]any{"done": true}) }, []int{0, 0}},
		"done and undone": {func(b box, id int64) {
			b.change(id, map[string]any{"done": true})
			b.change(id, map[string]any{"done": false})
		}, []int{1, 1}},
		"deleted":        {func(b box, id int64) { b.Must("DELETE", apptest.Path("/api/v2/activities/%d", id), nil) }, []int{0, 0}},
		"without a time": {func(b box, id int64) { b.change(id, map[string]any{"due_time": nil}) }, []int{0, 0}},
		"without a date": {func(b box, id int64) { b.change(id, map[string]any{"due_date": nil, "due_time": nil}) }, []int{0, 0}},
		"renamed":        {func(b box, id int64) { b.change(id, map[string]any{"subject": "Write"}) }, []int{1, 1}},
		"moved away and back": {func(b box, id int64) {
			at := b.Now().Add(time.Hour)
			b.change(id, due(at.Add(time.Hour)))
			b.change(id, due(at))
		}, []int{1, 1}},
		"reassigned to who is reminded later": {func(b box, id int64) {
			five := int64(5)
			b.change(id, map[string]any{"owner_id": b.colleague("bob@acme.example", &five)})
		}, []int{0, 1}},
		"reassigned to who wants none": {func(b box, id int64) {
			never := int64(-1)
			b.change(id, map[string]any{"owner_id": b.colleague("bob@acme.example", &never)})
		}, []int{0, 0}},
		"moved within its minute": {func(b box, id int64) { b.change(id, due(b.Now().Add(time.Hour+20*time.Second))) }, []int{0, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := start(t)
			id := b.in(time.Hour)
			c.change(b, id)
			b.run(45 * time.Minute)
			b.want(c.at[0])
			b.run(15 * time.Second)
			b.run(45 * time.Second)
			b.run(2 * time.Hour)
			b.want(c.at[1])
		})
	}
}

// colleague is another user of the team, with a lead time of their own.
func (b box) colleague(email string, minutes *int64) int64 {
	b.t.Helper()
	u, err := b.Teams().CreateUser(b.t.Context(), teams.UserInput{Team: b.Team.ID, Email: email})
	if err == nil && minutes != nil {
		err = b.Teams().SetReminders(b.t.Context(), b.Team.ID, email, minutes)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return u.ID
}

func TestAfterItWasSent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(b box, id, bob int64)
		mails  int
	}{
		"done and undone, it is not sent again": {func(b box, id, _ int64) {
			b.change(id, map[string]any{"done": true})
			b.change(id, map[string]any{"done": false})
		}, 1},
		"moved, it is sent for the new time": {func(b box, id, _ int64) { b.change(id, due(b.Now().Add(2*time.Hour))) }, 2},
		"moved away and back, it is not sent again": {func(b box, id, _ int64) {
			at := b.Now().Add(15 * time.Minute)
			b.change(id, due(at.Add(time.Hour)))
			b.change(id, due(at))
		}, 1},
		"reassigned, the new owner is reminded": {func(b box, id, bob int64) { b.change(id, map[string]any{"owner_id": bob}) }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := start(t)
			bob := b.colleague("bob@acme.example", nil)
			id := b.in(time.Hour)
			b.run(45 * time.Minute)
			b.want(1)
			c.change(b, id, bob)
			for range 4 {
				b.run(time.Minute)
			}
			b.run(3 * time.Hour)
			b.want(c.mails)
		})
	}
}

func TestLateRemindersGoOutForADay(t *testing.T) {
	t.Parallel()
	b := start(t)
	soon := b.in(time.Hour)
	open := b.in(3 * time.Hour)
	done := b.in(5 * time.Hour)
	b.run(0)
	b.Later(25*time.Hour + 30*time.Minute) // nothing ran for a day
	b.change(done, map[string]any{"done": true})
	ran := b.run(0)
	if b.want(1); ran != (dispatch.Ran{Sent: 1, Missed: 1}) {
		t.Errorf("ran %+v", ran)
	}
	b.wantState(soon, "missed")
	b.wantState(open, "sent")
	if s := b.state(done); len(s) != 0 {
		t.Errorf("of the one that is done: %v", s)
	}
	if again := b.run(time.Hour); again != (dispatch.Ran{}) {
		t.Errorf("again: %+v", again)
	}
}

func TestTheEventsTimeIsNow(t *testing.T) {
	t.Parallel()
	b := start(t)
	missed, sent := b.in(time.Hour), b.in(30*time.Hour)
	at := b.Now().Add(30 * time.Hour)
	if ran, err := run(t, b.Env, at); err != nil || ran != (dispatch.Ran{Sent: 1, Missed: 1}) {
		t.Errorf("ran %+v, %v", ran, err)
	}
	b.wantState(missed, "missed")
	b.wantState(sent, "sent")
	// Who looked into the future has not hidden what is planned meanwhile.
	b.in(2 * time.Hour)
	b.run(105 * time.Minute)
	b.want(2)
}

func TestRunsBesideEachOtherSendOneMailEach(t *testing.T) {
	t.Parallel()
	b := start(t)
	for range 12 {
		b.in(20 * time.Minute)
	}
	b.Later(5 * time.Minute)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := run(t, b.Env, time.Time{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	b.want(12)
	b.run(10 * time.Minute)
	b.want(12)
}

// failing is the environment with a hook in SES's client.
func failing(env boot.Env, h faults.Hook) boot.Env {
	env.SES.APIOptions = append(env.SES.APIOptions[:len(env.SES.APIOptions):len(env.SES.APIOptions)], h.Add)
	return env
}

func TestMailThatSESDoesNotTakeIsTriedAgain(t *testing.T) {
	t.Parallel()
	b := start(t)
	id := b.in(15 * time.Minute)
	down := failing(b.Env, faults.Hook{Before: func(context.Context, faults.Call) error { return errors.New("SES is down") }})
	minutes := 0
	for b.Later(0); b.state(id)["tries"] != 4.0; minutes++ {
		if _, err := run(t, down, time.Time{}); err != nil {
			t.Fatal(err)
		}
		b.Later(time.Minute)
	}
	if minutes < 7 || minutes > 12 {
		t.Errorf("four tries took %d minutes, want pauses of 1, 2 and 4", minutes)
	}
	if s := b.state(id); s["state"] != "pending" || !strings.Contains(fmt.Sprint(s["error"]), "SES is down") {
		t.Errorf("told as %v", s)
	}
	b.want(0)
	for range 10 {
		b.run(time.Minute)
	}
	b.want(1)
	b.wantState(id, "sent")
}

func TestMailWhoseAnswerWasLostIsNotSentAgain(t *testing.T) {
	t.Parallel()
	b := start(t)
	id := b.in(15 * time.Minute)
	deaf := failing(b.Env, faults.Hook{After: func(context.Context, faults.Call) error { return errors.New("connection reset by peer") }})
	if _, err := run(t, deaf, time.Time{}); err != nil {
		t.Fatal(err)
	}
	for range 8 {
		b.run(time.Minute)
	}
	b.run(time.Hour)
	b.want(1)
	if s := b.state(id); s["state"] != "sent" || !strings.Contains(fmt.Sprint(s["error"]), "answer was lost") {
		t.Errorf("told as %v", s)
	}
}

func TestMailIsGivenUpADayAfterItsTime(t *testing.T) {
	t.Parallel()
	b := start(t)
	id := b.in(15 * time.Minute)
	down := failing(b.Env, faults.Hook{Before: func(context.Context, faults.Call) error { return errors.New("SES is down") }})
	for range 60 {
		if _, err := run(t, down, time.Time{}); err != nil {
			t.Fatal(err)
		}
		b.Later(30 * time.Minute)
	}
	b.wantState(id, "missed")
	b.run(time.Hour)
	b.want(0)
}

// Every call of a run fails once, before its effect and after it; the next runs send what is missing, and nothing twice.
func TestARunMayFailAtAnyCall(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"before", "after"} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			b := start(t)
			for n, reached := 1, true; reached; n++ {
				id := b.in(15 * time.Minute)
				before := len(b.Sent())
				reached = false
				var mu sync.Mutex
				calls := 0
				fail := func(context.Context, faults.Call) error {
					mu.Lock()
					defer mu.Unlock()
					if calls++; calls == n {
						reached = true
						return errors.New("the line went dead")
					}
					return nil
				}
				hook := faults.Hook{Before: fail}
				if when == "after" {
					hook = faults.Hook{After: fail}
				}
				env := failing(b.Env, hook)
				env.DynamoDB = dynamodb.New(env.DynamoDB.Options(), func(o *dynamodb.Options) { o.APIOptions = append(o.APIOptions, hook.Add) })
				_, _ = run(t, env, time.Time{})
				for range 8 { // longer than a claim holds
					b.run(time.Minute)
				}
				if got := len(b.Sent()) - before; got != 1 {
					t.Errorf("after failure %s call %d: %d mails, %v", when, n, got, b.state(id))
				}
			}
		})
	}
}

func TestUsersWithoutRemindersGetNone(t *testing.T) {
	t.Parallel()
	b := start(t)
	minutes := int64(-1)
	if err := b.Teams().SetReminders(t.Context(), b.Team.ID, "ada@acme.example", &minutes); err != nil {
		t.Fatal(err)
	}
	b.in(10 * time.Minute)
	b.run(0)
	b.want(0)
	minutes = 60
	if err := b.Teams().SetReminders(t.Context(), b.Team.ID, "ada@acme.example", &minutes); err != nil {
		t.Fatal(err)
	}
	b.in(61 * time.Minute)
	b.run(0)
	b.want(0)
	b.run(time.Minute)
	b.want(1)
}

func TestRemindersOfOtherTeamsAreNotTold(t *testing.T) {
	t.Parallel()
	b := start(t)
	other := b.App.NewTeam("Globex")
	id := b.in(time.Hour)
	for _, path := range []string{"/api/v2/activities/%d/reminders", "/api/v2/activities/99%d/reminders"} {
		if got := other.Do("GET", apptest.Path(path, id), nil); got.Status != 404 {
			t.Errorf("%s: %d %s", path, got.Status, got.Raw)
		}
	}
}

func TestRunsReadOnlyWhatIsDue(t *testing.T) {
	t.Parallel()
	b := start(t)
	var mu sync.Mutex
	calls := 0
	env := b.Env
	count := faults.Hook{Before: func(context.Context, faults.Call) error { mu.Lock(); defer mu.Unlock(); calls++; return nil }}
	env.DynamoDB = dynamodb.New(env.DynamoDB.Options(), func(o *dynamodb.Options) { o.APIOptions = append(o.APIOptions, count.Add) })
	minute := func() int {
		b.Later(time.Minute)
		calls = 0
		if _, err := run(t, env, time.Time{}); err != nil {
			t.Fatal(err)
		}
		return calls
	}
	for range 5 {
		minute()
	}
	few := minute()
	for i := range 60 {
		b.in(time.Duration(24+i) * time.Hour)
	}
	if many := minute(); many != few || few > 12 {
		t.Errorf("%d calls with no activities, %d with sixty that are not due", few, many)
	}
}
