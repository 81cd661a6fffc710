package mailbox_test

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
	"net/http"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/teams"
)

type m = map[string]any

const (
	ada    = "ada@acme.example"
	zed    = "zed@x.example"
	choose = "/api/v2/mailThreads/choose"
	stop   = "/api/v2/userSettings/stopQuestions"
)

// office is a team with a contact, Zed, who has two open deals: Boats (1) and Sails (2).
type office struct {
	*apptest.App
	*apptest.Client
	t     *testing.T
	zed   int64
	deals []int64
}

func start(t *testing.T) office {
	a := apptest.New(t, apptest.WithObjects, apptest.WithOutbox)
	o := office{App: a, Client: a.NewTeam("Acme"), t: t}
	o.zed = o.Must("POST", "/api/v2/persons", m{"name": "Zed", "emails": []any{m{"value": zed, "primary": true}}}).ID()
	for _, title := range []string{"Boats", "Sails"} {
		o.deals = append(o.deals, o.deal(title, m{"value": 1200, "currency": "EUR"}))
		a.Later(time.Second)
	}
	return o
}

func (o office) deal(title string, more m) int64 {
	o.t.Helper()
	body := m{"title": title, "person_id": o.zed}
	for k, v := range more {
		body[k] = v
	}
	return o.Must("POST", "/api/v2/deals", body).ID()
}

// forward has Ada forward a mail of Zed's, with a file and words of her own, to the team's address.
func (o office) forward(id string) map[string]any {
	o.t.Helper()
	return o.receive(ada, id, "From: Ada <"+ada+">\nTo: <"+o.Address()+">\nSubject: Fwd: Offer "+id+"\nMessage-ID: <"+id+">\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"+
		"--b\nContent-Type: text/plain\n\nfor the file\n\n---------- Forwarded message ---------\nFrom: Zed <"+zed+">\nDate: Mon, 23 Nov 2026 at 09:40\nSubject: Offer "+id+"\nTo: Ada <"+ada+">\n\n"+
		"How much is it?\n--b\nContent-Type: text/plain; name=terms.txt\nContent-Disposition: attachment; filename=terms.txt\n\nTerms of "+id+"\n--b--\n")
}

// receive has a mail come in, and returns its entry in the ledger.
func (o office) receive(from, id, raw string) map[string]any {
	o.t.Helper()
	o.Deliver(apptest.Mail{From: from, To: []string{o.Address()}, Raw: raw})
	return o.entry(id)
}

func (o office) entry(id string) map[string]any {
	o.t.Helper()
	for _, v := range o.Must("GET", "/api/v2/inboundMail?limit=500", nil).List() {
		if e := v.(m); e["message_id"] == id {
			return e
		}
	}
	o.t.Fatalf("no entry of %s", id)
	return nil
}

func (o office) thread(e m) m {
	o.t.Helper()
	return o.Must("GET", fmt.Sprintf("/v1/mailbox/mailThreads/%v", e["mail_thread_id"]), nil).Data()
}

// dispatch runs what mails each minute.
func dispatch(t *testing.T, env boot.Env) error {
	t.Helper()
	_, err := functions.All["reminders"](env).Invoke(t.Context(), fmt.Appendf(nil, `{"time":%q}`, env.Now().Format(time.RFC3339)))
	return err
}

// minutes lets some pass.
func (o office) minutes(n int) {
	o.t.Helper()
	for range n {
		o.Later(time.Minute)
		if err := dispatch(o.t, o.Env); err != nil {
			o.t.Fatal(err)
		}
	}
}

// asked is a question as it was mailed.
type asked struct {
	apptest.SentMail
	header     mail.Header
	text, html string
	links      []string // tokens, by the number of the choice; 0 is none
	stop       string
}

// questions are those that were mailed, in no order.
func (o office) questions() (all []asked) {
	o.t.Helper()
	for _, s := range o.Sent() {
		if strings.HasPrefix(s.Source, "questions@") {
			all = append(all, o.read(s))
		}
	}
	return all
}

// question is the one that was mailed.
func (o office) question() asked {
	o.t.Helper()
	all := o.questions()
	if len(all) != 1 {
		o.t.Fatalf("%d questions are mailed, want one", len(all))
	}
	return all[0]
}

func (o office) read(s apptest.SentMail) asked {
	o.t.Helper()
	msg, err := mail.ReadMessage(bytes.NewReader(s.Raw))
	if err != nil {
		o.t.Fatal(err)
	}
	q := asked{SentMail: s, header: msg.Header, links: make([]string, 30)}
	_, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		o.t.Fatal(err)
	}
	for r := multipart.NewReader(msg.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			o.t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			o.t.Fatal(err)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/plain") {
			q.text = strings.ReplaceAll(string(text), "\r\n", "\n")
		} else {
			q.html = string(text)
		}
	}
	for _, l := range regexp.MustCompile(`(?m)^(\d+)\. .*\n +https://crm\.example`+choose+`\?token=(\S+)$`).FindAllStringSubmatch(q.text, -1) {
		var n int
		_, _ = fmt.Sscan(l[1], &n)
		q.links[n] = o.unescaped(l[2])
	}
	if l := regexp.MustCompile(`https://crm\.example` + stop + `\?token=(\S+)`).FindStringSubmatch(q.text); l != nil {
		q.stop = o.unescaped(l[1])
	}
	return q
}

func (o office) unescaped(token string) string {
	o.t.Helper()
	s, err := url.QueryUnescape(token)
	if err != nil {
		o.t.Fatal(err)
	}
	return s
}

// take presses the button, which must work.
func (o office) take(token string) {
	o.t.Helper()
	if got := o.Browse("POST", choose, token); got.Status != http.StatusOK || !strings.Contains(got.Raw, "<h1>Done</h1>") {
		o.t.Fatalf("%d %s", got.Status, got.Raw)
	}
}

// colleague is another user of the team.
func (o office) colleague(email string) *apptest.Client {
	o.t.Helper()
	u, err := o.Teams().CreateUser(context.Background(), teams.UserInput{Team: o.Team.ID, Email: email, Name: "Bob"})
	if err != nil {
		o.t.Fatal(err)
	}
	token, err := o.Teams().CreateToken(context.Background(), o.Team.ID, u.Email, "read-write")
	if err != nil {
		o.t.Fatal(err)
	}
	c := o.With(token)
	c.User = u
	return c
}

// pressed has an instance of its own press the button, and tells whether that did something.
func (o office) pressed(env boot.Env, token string) bool {
	event, err := json.Marshal(apptest.PageEvent(http.MethodPost, choose, token))
	if err != nil {
		o.t.Error(err)
	}
	out, err := functions.All["mailbox"](env).Invoke(context.Background(), event)
	var answer events.APIGatewayV2HTTPResponse
	if err := errors.Join(err, json.Unmarshal(out, &answer)); err != nil {
		o.t.Error(err)
	}
	return answer.StatusCode == http.StatusOK
}
