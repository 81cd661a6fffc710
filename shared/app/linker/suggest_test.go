package linker_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/app/persons"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/boot"
)

type offer struct {
	Thread     int64 `json:"thread_id"`
	Subject    string
	Reason     string
	Email      *string
	DealID     *int64  `json:"deal_id"`
	Persons    []int64 `json:"person_ids"`
	Last       string  `json:"last_message_timestamp"`
	Candidates []struct{ ID int64 }
	Parties    struct {
		From []struct {
			Email string `json:"email_address"`
		}
	}
	DealCandidates []struct{ ID int64 } `json:"deal_candidates"`
}

const offersPath = "/api/v2/persons/%d/linkSuggestions"

// offers are all that a person is offered, in pages of a size.
func (o office) offers(person int64, size int) (all []offer) {
	o.t.Helper()
	for cursor := ""; ; {
		target := apptest.Path(offersPath+"?limit=%d&cursor=%s", person, size, cursor)
		all = append(all, read[[]offer](o, target)...)
		next, _ := o.Must("GET", target, nil).Body["additional_data"].(map[string]any)["next_cursor"].(string)
		if cursor = next; cursor == "" {
			return all
		}
	}
}

// offered are the threads of a person's offers.
func (o office) offered(person int64) (threads []int64) {
	o.t.Helper()
	for _, f := range o.offers(person, 100) {
		threads = append(threads, f.Thread)
	}
	return threads
}

// accept accepts threads for a person, with more fields of the body; the states of the threads.
func (o office) accept(person int64, more map[string]any, threads ...int64) (states string) {
	o.t.Helper()
	body := map[string]any{"thread_ids": threads}
	for name, v := range more {
		body[name] = v
	}
	for _, s := range o.Must("POST", apptest.Path(offersPath, person), body).Body["data"].([]any) {
		states += fmt.Sprint(s.(map[string]any)["state"], " ")
	}
	return strings.TrimSpace(states)
}

// refused tries to accept what cannot be, and tells what is said about it.
func (o office) refused(person int64, more map[string]any, threads ...int64) string {
	o.t.Helper()
	body := map[string]any{"thread_ids": threads}
	for name, v := range more {
		body[name] = v
	}
	got := o.Do("POST", apptest.Path(offersPath, person), body)
	if got.Status != http.StatusBadRequest {
		o.t.Errorf("accepted: %d %s", got.Status, got.Raw)
	}
	text, _ := got.Body["error"].(string)
	return text
}

const unproven = "X-Local-Verdict: dmarc=GRAY; spf=GRAY; dkim=GRAY\n"

// unknown is a mail of somebody of whom no person is made.
func (o office) unknown(from, subject, id string) int64 {
	o.t.Helper()
	return o.post(from, unproven+header("Somebody <"+from+">", "Ada <"+ada+">", subject, id)+"\nhi\n").Threads[0]
}

func TestMailOfAnAddressIsOfferedToWhoComesToHaveIt(t *testing.T) {
	t.Parallel()
	o := open(t)
	settle := o.app.Follow()
	thread := o.post(jan, unproven+o.withPlan("plan@klient.example")).Threads[0]
	other := o.unknown("eve@evil.example", "Other", "eve@evil.example")
	if got := o.thread(thread); got.DealID != nil || len(o.persons()) != 0 {
		t.Fatalf("it is somebody's: %+v", got)
	}
	org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient"}).ID()
	person := o.person("Jan", strings.ToUpper(jan), org)
	deal := o.deal("Line", person, org)
	all := o.offers(person, 100)
	if len(all) != 1 || all[0].Thread != thread || all[0].Reason != "address" || *all[0].Email != jan || len(all[0].DealCandidates) != 1 || all[0].DealCandidates[0].ID != deal ||
		all[0].Subject != "Plan" || all[0].Parties.From[0].Email != jan || len(all[0].Persons) != 0 {
		t.Fatalf("offered: %+v", all)
	}
	if got := o.refused(person, nil, thread, other); !strings.Contains(got, fmt.Sprintf("thread_ids: mail thread %d is not suggested for person %d", other, person)) {
		t.Errorf("of others: %s", got)
	}
	if got := o.offered(person); len(got) != 1 {
		t.Fatalf("after a refusal: %v", got)
	}
	if got := o.accept(person, nil, thread, thread); got != "linked" {
		t.Fatalf("accepted: %s", got)
	}
	settle()
	for range 2 {
		for _, record := range []string{apptest.Path("deals/%d", deal), apptest.Path("persons/%d", person), apptest.Path("organizations/%d", org)} {
			mails, files := o.Must("GET", "/v1/"+record+"/mailMessages", nil).List(), o.Must("GET", "/v1/"+record+"/files", nil).List()
			if len(mails) != 1 || len(files) != 1 {
				t.Errorf("%s: %d mails, %d files", record, len(mails), len(files))
			}
			if view := o.Must("GET", "/api/v2/"+record+"/view", nil); !strings.Contains(view.Raw, "plan.pdf") {
				t.Errorf("%s: %s", record, view.Raw)
			}
		}
		now, from := o.thread(thread), o.messages(thread)[0].From[0]
		if *now.DealID != deal || from.Person == nil || *from.Person != person || !slices.Contains(now.Link.Evidence, fmt.Sprintf("user 1 accepted: thread is of address %s, linked to person %d", jan, person)) {
			t.Errorf("the thread: %+v, its sender %+v", now, from)
		}
		if e := o.entries("")[1]; e.State != "linked" {
			t.Errorf("the ledger: %+v", e)
		}
		if got := o.offered(person); len(got) != 0 {
			t.Errorf("still offered: %v", got)
		}
		if got := o.accept(person, nil, thread); got != "unchanged" {
			t.Errorf("again: %s", got)
		}
	}
	count := o.Must("GET", apptest.Path("/api/v2/persons/%d?include_fields=email_messages_count,files_count", person), nil).Data()
	if count["email_messages_count"] != 1.0 || count["files_count"] != 1.0 {
		t.Errorf("counted: %v", count)
	}
	if again := o.again(o.entries("")[1].ID, "replay"); again.Status != http.StatusOK || *o.thread(thread).DealID != deal || len(o.offered(person)) != 0 {
		t.Errorf("decided anew: %s", again.Raw)
	}
}

func TestWhoeverTakesPartIsAStrangerUntilLinked(t *testing.T) {
	t.Parallel()
	const eve = "eve@elsewhere.example"
	for name, c := range map[string]struct {
		letter string
		offers bool
	}{
		"in Cc":                  {header("Jan <"+jan+">", "Ada <"+ada+">", "Both", "m@x") + "Cc: Eve <" + eve + ">\n\nhi\n", true},
		"in To":                  {header("Jan <"+jan+">", "Ada <"+ada+">, Eve <Eve@Elsewhere.example.>", "Both", "m@x") + "\nhi\n", true},
		"From, a list":           {"List-Id: <l.example>\nPrecedence: list\n" + header("Eve <"+eve+">", "list@l.example", "News", "m@x") + "\nhi\n", true},
		"From, unproven":         {unproven + header("Eve <"+eve+">", "Ada <"+ada+">", "Both", "m@x") + "\nhi\n", true},
		"an automatic answer":    {"Auto-Submitted: auto-replied\n" + header("Eve <"+eve+">", "Ada <"+ada+">", "Away", "m@x") + "\nhi\n", true},
		"forwarded, in Cc":       {gmail("{{inbound}}", "m@x", "Jan <"+jan+">", "Ada <"+ada+">, Eve <"+eve+">", "Both", "see below"), true},
		"written to, so created": {header("Ada <"+ada+">", "Eve <"+eve+">", "Both", "m@x") + "\nhi\n", false},
		"not at all":             {header("Jan <"+jan+">", "Ada <"+ada+">", "Both", "m@x") + "\nhi\n", false},
		"by name only":           {unproven + header(`"`+eve+`" <x@y.example>`, "Ada <"+ada+">", "Both", "m@x") + "\nhi\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			first := o.person("Jan", jan, 0)
			thread := o.post(sender(c.letter), c.letter).Threads[0]
			late := o.person("Eve", eve, 0)
			before := o.thread(thread)
			got := o.offered(late)
			if (len(got) == 1) != c.offers || len(got) > 1 {
				t.Fatalf("offered: %v", got)
			}
			if !c.offers {
				return
			}
			all := o.offers(late, 1)
			had := all[0].Persons
			if got := o.accept(late, map[string]any{"deal_id": nil}, thread); got != "linked" {
				t.Fatalf("accepted: %s", got)
			}
			mails := o.Must("GET", apptest.Path("/v1/persons/%d/mailMessages", late), nil).List()
			if len(mails) != 1 || len(o.offered(late))+len(o.offered(first)) != 0 || before.DealID != nil {
				t.Errorf("%d mails of the person, still offered %v", len(mails), o.offered(late))
			}
			// The thread stays about whom it was about: so the next mail is that person's first.
			if e := o.post(jan, header("Jan <"+jan+">", "Ada <"+ada+">", "Re: Both", "again@x")+"In-Reply-To: <m@x>\n\nmore\n"); len(had) > 0 && e.Persons[0] != first {
				t.Errorf("it is about %v now, was about %v", e.Persons, had)
			}
		})
	}
}

func TestUsersMachinesAndColleaguesAreNoStrangers(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.post(jan, unproven+header("Jan <"+jan+">", "Ada <"+ada+">, bartek@acme.example, carol@acme.example, noreply@shop.example, {{inbound}}", "All", "all@x")+"\nhi\n")
	for _, email := range []string{ada, "bartek@acme.example", "carol@acme.example", "noreply@shop.example", o.Address()} {
		if got := o.offered(o.person("P", email, 0)); len(got) != 0 {
			t.Errorf("%s is offered %v", email, got)
		}
	}
}

func TestAPersonWhoGainsAnAddressIsOfferedItsMail(t *testing.T) {
	t.Parallel()
	o := open(t)
	settle := o.app.Follow()
	private := o.unknown("jan@home.example", "Private", "p@home.example")
	firm := o.unknown("jan@firm.example", "Firm", "f@firm.example")
	person, double := o.person("Jan", jan, 0), o.person("Jan again", "jan@firm.example", 0)
	if got := o.offered(person); len(got) != 0 {
		t.Fatalf("offered: %v", got)
	}
	o.Must("PATCH", apptest.Path("/api/v2/persons/%d", person), map[string]any{"emails": []any{
		map[string]any{"value": jan, "primary": true}, map[string]any{"value": "JAN@home.example"},
	}})
	if got := o.offered(person); !slices.Equal(got, []int64{private}) {
		t.Errorf("with a second address: %v", got)
	}
	o.Must("PUT", apptest.Path("/v1/persons/%d/merge", double), map[string]any{"merge_with_id": person})
	for range 2 {
		if got := o.offered(person); !slices.Equal(got, []int64{firm, private}) {
			t.Errorf("merged: %v", got)
		}
		settle()
	}
	if got := o.accept(person, nil, firm, private); got != "linked linked" {
		t.Errorf("accepted: %s", got)
	}
	for _, gone := range []int64{double, 999} {
		if got := o.Do("GET", apptest.Path(offersPath, gone), nil); got.Status != http.StatusNotFound {
			t.Errorf("of a person who is gone: %d %s", got.Status, got.Raw)
		}
		if got := o.Do("POST", apptest.Path(offersPath, gone), map[string]any{"thread_ids": []int64{firm}}); got.Status != http.StatusNotFound {
			t.Errorf("accepted for a person who is gone: %d %s", got.Status, got.Raw)
		}
	}
}

func TestOfSeveralPersonsWithAnAddressEachIsOfferedIts(t *testing.T) {
	t.Parallel()
	o := open(t)
	thread := o.unknown("office@klient.example", "Ours", "o@klient.example")
	one, two := o.person("One", "office@klient.example", 0), o.person("Two", "office@klient.example", 0)
	if a, b := o.offered(one), o.offered(two); len(a) != 1 || len(b) != 1 {
		t.Fatalf("offered: %v, %v", a, b)
	}
	if got := o.accept(two, nil, thread); got != "linked" {
		t.Fatalf("accepted: %s", got)
	}
	if a, b := o.offered(one), o.offered(two); len(a)+len(b) != 0 {
		t.Errorf("of an address that is settled: %v, %v", a, b)
	}
}

func TestAPersonWhomAUserChoosesIsBehindTheAddress(t *testing.T) {
	t.Parallel()
	o := open(t)
	thread := o.unknown("office@klient.example", "Ours", "o@klient.example")
	one, two := o.person("One", "office@klient.example", 0), o.person("Two", "office@klient.example", 0)
	o.Must("PUT", apptest.Path("/v1/mailbox/mailThreads/%d", thread), map[string]any{"person_id": one})
	if from := o.messages(thread)[0].From[0]; from.Person == nil || *from.Person != one || len(o.offered(two)) != 0 {
		t.Errorf("from %+v, the other is offered %v", from, o.offered(two))
	}
}

func TestANewDealIsOfferedThePersonsMailWithoutOne(t *testing.T) {
	t.Parallel()
	o := open(t)
	org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient"}).ID()
	person := o.person("Jan", jan, org)
	var threads []int64
	for i := range 4 {
		threads = append(threads, o.post(jan, header("Jan <"+jan+">", "Ada <"+ada+">", fmt.Sprint("About ", i), fmt.Sprintf("m%d@x", i))+"\nhi\n").Threads[0])
	}
	o.Must("PUT", apptest.Path("/v1/mailbox/mailThreads/%d", threads[3]), map[string]any{"deal_id": nil}) // none, and that is final
	if got := o.offered(person); len(got) != 0 {
		t.Fatalf("without a deal: %v", got)
	}
	first := o.deal("Of the firm", 0, org)
	if all := o.offers(person, 2); len(all) != 3 || all[0].Reason != "deal" || all[0].Email != nil || len(all[0].DealCandidates) != 1 || all[0].DealCandidates[0].ID != first {
		t.Fatalf("a deal of the organization: %+v", all)
	}
	if got := o.accept(person, nil, threads[0]); got != "linked" || *o.thread(threads[0]).DealID != first {
		t.Errorf("accepted: %s", got)
	}
	second, third := o.deal("Second", person, 0), o.deal("Third", person, 0)
	if all := o.offers(person, 100); len(all) != 2 || len(all[0].DealCandidates) != 2 {
		t.Fatalf("with several deals: %+v", all)
	}
	if got := o.refused(person, nil, threads[1], threads[2]); strings.Count(got, "deal_id: mail thread") != 2 || !strings.Contains(got, "name one") {
		t.Errorf("of several: %s", got)
	}
	if got := o.refused(person, map[string]any{"deal_id": 999}, threads[1]); !strings.Contains(got, "deal_id: deal 999 not found") {
		t.Errorf("no such deal: %s", got)
	}
	if got := o.accept(person, map[string]any{"deal_id": second}, threads[1]); got != "linked" || *o.thread(threads[1]).DealID != second {
		t.Errorf("named: %s", got)
	}
	if got := o.accept(person, map[string]any{"deal_id": second}, threads[1]); got != "unchanged" {
		t.Errorf("named again: %s", got)
	}
	for name, wrong := range map[string]int64{"another deal": threads[1], "settled without one": threads[3]} {
		if got := o.refused(person, map[string]any{"deal_id": third}, wrong); !strings.Contains(got, "mail thread") {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := o.accept(person, map[string]any{"deal_id": nil}, threads[2]); got != "linked" || o.thread(threads[2]).DealID != nil || len(o.offered(person)) != 0 {
		t.Errorf("none: %s, offered %v", got, o.offered(person))
	}
}

func TestTheDealOfAnAcceptedThreadFollowsTheRules(t *testing.T) {
	t.Parallel()
	o := open(t)
	one, two, three := o.unknown(jan, "One", "1@x"), o.unknown(jan, "Two", "2@x"), o.unknown(jan, "Three", "3@x")
	kept := o.post("anna@klient.example", header("Anna <anna@klient.example>", "Ada <"+ada+">", "Hers", "4@x")+"Cc: "+jan+"\n\nhi\n")
	anna := kept.Persons[0]
	hers := o.deal("Hers", anna, 0)
	o.Must("PUT", apptest.Path("/v1/mailbox/mailThreads/%d", kept.Threads[0]), map[string]any{"deal_id": hers})
	person := o.person("Jan", jan, 0)
	if got := o.accept(person, nil, one); got != "linked" || o.thread(one).DealID != nil {
		t.Errorf("without a deal: %s", got)
	}
	if got := o.accept(person, nil, one); got != "unchanged" {
		t.Errorf("again: %s", got)
	}
	a, b := o.deal("A", person, 0), o.deal("B", person, 0)
	answer := o.Must("POST", apptest.Path(offersPath, person), map[string]any{"thread_ids": []int64{two}}).Body["data"].([]any)[0].(map[string]any)
	if answer["undecided"] != "several open deals" || !slices.ContainsFunc(o.entries("needs_choice"), func(e entry) bool { return e.Threads[0] == two }) {
		t.Errorf("several deals: %v", answer)
	}
	if got := o.accept(person, map[string]any{"deal_id": b}, two, three); got != "linked linked" || *o.thread(two).DealID != b || *o.thread(three).DealID != b {
		t.Errorf("named: %s", got)
	}
	if got := o.refused(person, map[string]any{"deal_id": a}, kept.Threads[0]); !strings.Contains(got, fmt.Sprintf("has deal %d already", hers)) {
		t.Errorf("over another deal: %s", got)
	}
	if got := o.accept(person, nil, kept.Threads[0]); got != "linked" || *o.thread(kept.Threads[0]).DealID != hers {
		t.Errorf("with a deal: %s", got)
	}
}

func TestWhatIsGoneIsNotOffered(t *testing.T) {
	t.Parallel()
	o := open(t)
	settle := o.app.Follow()
	thread, left := o.unknown(jan, "One", "1@x"), o.unknown(jan, "Two", "2@x")
	person := o.person("Jan", jan, 0)
	o.deleteThread(thread)
	settle()
	if got := o.offered(person); !slices.Equal(got, []int64{left}) {
		t.Errorf("offered: %v", got)
	}
	for name, id := range map[string]int64{"deleted": thread, "nobody's": 999} {
		if got := o.refused(person, nil, left, id); !strings.Contains(got, fmt.Sprintf("mail thread %d is not suggested", id)) {
			t.Errorf("%s: %s", name, got)
		}
	}
	other := o.app.NewTeam("Other")
	theirs := other.Must("POST", "/api/v2/persons", map[string]any{"name": "Jan", "emails": []any{map[string]any{"value": jan}}}).ID()
	if got := other.Must("GET", apptest.Path(offersPath, theirs), nil); len(got.List()) != 0 {
		t.Errorf("another team: %s", got.Raw)
	}
	if got := other.Do("POST", apptest.Path(offersPath, theirs), map[string]any{"thread_ids": []int64{left}}); got.Status != http.StatusBadRequest {
		t.Errorf("another team accepts: %d %s", got.Status, got.Raw)
	}
	token, err := o.app.Teams().CreateToken(t.Context(), o.Team.ID, o.User.Email, auth.ReadOnly)
	if err != nil {
		t.Fatal(err)
	}
	reader := o.With(token)
	if got := reader.Do("POST", apptest.Path(offersPath, person), map[string]any{"thread_ids": []int64{left}}); got.Status != http.StatusForbidden {
		t.Errorf("a token that may only read accepts: %d %s", got.Status, got.Raw)
	}
	o.Must("DELETE", apptest.Path("/api/v2/persons/%d", person), nil)
	if got := o.Do("GET", apptest.Path(offersPath, person), nil); got.Status != http.StatusNotFound {
		t.Errorf("of a deleted person: %d %s", got.Status, got.Raw)
	}
	for name, body := range map[string]any{
		"none": map[string]any{}, "empty": map[string]any{"thread_ids": []int64{}}, "text": map[string]any{"thread_ids": "all"}, "null": map[string]any{"thread_ids": nil},
		"zero": map[string]any{"thread_ids": []int64{0}}, "too many": map[string]any{"thread_ids": make([]int64, 51)}, "more": map[string]any{"thread_ids": []int64{left}, "all": true},
	} {
		if got := o.Do("POST", apptest.Path(offersPath, o.person("Jan", jan, 0)), body); got.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
	for _, cursor := range []string{"x", "eyJQZXJzb24iOjF9", "bnVsbA"} {
		if got := o.Do("GET", apptest.Path(offersPath+"?cursor=%s", 3, cursor), nil); got.Status != http.StatusBadRequest {
			t.Errorf("cursor %s: %d %s", cursor, got.Status, got.Raw)
		}
	}
}

func TestAllOfALongThreadFollowsWhoAcceptsIt(t *testing.T) {
	t.Parallel()
	for _, dies := range []bool{false, true} {
		t.Run(fmt.Sprintf("function dies=%v", dies), func(t *testing.T) {
			t.Parallel()
			open(t).longThread(dies)
		})
	}
}

// longThread has a long thread accepted by a function that may die after it decided.
func (o office) longThread(dies bool) {
	t := o.t
	var commits atomic.Int32
	hook := faults.Hook{Before: func(_ context.Context, c faults.Call) error {
		if dies && c.Operation == "TransactWriteItems" && commits.Add(1) > 2 { // the person and the thread
			return errors.New("the function died")
		}
		return nil
	}}
	o.app.Construct("persons", func(env boot.Env) lambda.Handler {
		env.DynamoDB = dynamodb.New(env.DynamoDB.Options(), func(options *dynamodb.Options) { options.APIOptions = append(options.APIOptions, hook.Add) })
		return persons.New(env)
	})
	const mails = 40 // with a file each, and each shows on three records: more than one transaction holds
	thread := o.post(jan, unproven+o.withPlan("0@klient.example")).Threads[0]
	for i := range mails - 1 {
		letter := strings.Replace(o.withPlan(fmt.Sprintf("%d@klient.example", i+1)), "Subject: Plan", "In-Reply-To: <0@klient.example>\nSubject: Re: Plan", 1)
		if e := o.post(jan, unproven+letter); e.Threads[0] != thread {
			t.Fatalf("another thread: %+v", e)
		}
	}
	org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient"}).ID()
	person := o.person("Jan", jan, org)
	deal := o.deal("Line", person, org)
	if got := o.Do("POST", apptest.Path(offersPath, person), map[string]any{"thread_ids": []int64{thread}}); dies == (got.Status == http.StatusOK) {
		t.Fatalf("accepted: %d %s", got.Status, got.Raw)
	}
	if dies {
		if got := o.thread(thread); *got.DealID != deal {
			t.Fatalf("it did not decide: %+v", got)
		}
		o.settle()
	}
	for _, when := range []string{"at first", "after the job"} {
		for _, record := range []string{apptest.Path("deals/%d", deal), apptest.Path("persons/%d", person), apptest.Path("organizations/%d", org)} {
			files, list := o.Must("GET", "/v1/"+record+"/files?limit=100", nil).List(), o.Must("GET", "/v1/"+record+"/mailMessages", nil).List()
			if len(list) != mails || len(files) != mails {
				t.Errorf("%s %s: %d mails, %d files", record, when, len(list), len(files))
			}
		}
		for _, m := range o.messages(thread) {
			if m.From[0].Person == nil || *m.From[0].Person != person {
				t.Errorf("%s: message %d is from %+v", when, m.ID, m.From)
			}
		}
		if open := o.entries("needs_choice"); len(open) != 0 {
			t.Errorf("%s: %d entries of the ledger are open", when, len(open))
		}
		o.settle()
	}
}

func TestTwoWhoAcceptAtOnceEndInOneState(t *testing.T) {
	t.Parallel()
	o := open(t)
	var threads []int64
	for i := range 4 {
		threads = append(threads, o.unknown(jan, fmt.Sprint("About ", i), fmt.Sprintf("%d@x", i)))
	}
	person := o.person("Jan", jan, 0)
	deals := []int64{o.deal("A", person, 0), o.deal("B", person, 0)}
	var group sync.WaitGroup
	for _, deal := range deals {
		group.Go(func() {
			for _, thread := range threads {
				got := o.Do("POST", apptest.Path(offersPath, person), map[string]any{"thread_ids": []int64{thread}, "deal_id": deal})
				if got.Status != http.StatusOK && got.Status != http.StatusBadRequest {
					t.Errorf("%d %s", got.Status, got.Raw)
				}
			}
		})
	}
	group.Wait()
	o.settle()
	mails := 0
	for _, deal := range deals {
		for _, m := range o.Must("GET", apptest.Path("/v1/deals/%d/mailMessages", deal), nil).List() {
			mails++
			if thread := int64(m.(map[string]any)["data"].(map[string]any)["mail_thread_id"].(float64)); *o.thread(thread).DealID != deal {
				t.Errorf("a mail of thread %d lies with deal %d", thread, deal)
			}
		}
	}
	if got := o.Must("GET", apptest.Path("/v1/persons/%d/mailMessages", person), nil).List(); len(got) != 4 || mails != 4 || len(o.offered(person)) != 0 {
		t.Errorf("%d mails of the person, %d of the deals, offered %v", len(got), mails, o.offered(person))
	}
	key := o.Sending("Idempotency-Key", "k")
	more := o.unknown(jan, "More", "more@x")
	body := map[string]any{"thread_ids": []int64{more}, "deal_id": deals[0]}
	first, again := key.Must("POST", apptest.Path(offersPath, person), body), key.Must("POST", apptest.Path(offersPath, person), body)
	if first.Raw != again.Raw || again.Header["Idempotency-Replayed"] != "true" || !strings.Contains(first.Raw, `"linked"`) {
		t.Errorf("under one key: %s, then %s", first.Raw, again.Raw)
	}
}
