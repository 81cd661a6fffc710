package linker_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/teams"
)

// office is a team with two users, as its first one sees it.
type office struct {
	*apptest.Client
	t   *testing.T
	app *apptest.App
}

func open(t *testing.T) office {
	t.Helper()
	app := apptest.New(t, apptest.WithObjects)
	c := app.NewTeam("Acme")
	if _, err := app.Teams().CreateUser(t.Context(), teams.UserInput{Team: c.Team.ID, Email: "bartek@acme.example", Name: "Bartek"}); err != nil {
		t.Fatal(err)
	}
	return office{c, t, app}
}

// letter is a message of testdata, addressed to the office.
func (o office) letter(name string) string {
	o.t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".eml"))
	if err != nil {
		o.t.Fatal(err)
	}
	return strings.ReplaceAll(string(raw), "{{inbound}}", o.Address())
}

// sender is the envelope's sender: whom From names.
func sender(raw string) string {
	_, rest, _ := strings.Cut("\n"+raw, "\nFrom: ")
	line, _, _ := strings.Cut(rest, "\n")
	return strings.Trim(line[strings.LastIndex(line, " ")+1:], "<>")
}

// receive delivers a letter and returns its line in the ledger.
func (o office) receive(name string) entry {
	o.t.Helper()
	raw := o.letter(name)
	o.app.Later(time.Second)
	o.app.Deliver(apptest.Mail{From: sender(raw), To: []string{o.Address()}, Raw: raw})
	return o.newest()
}

type entry struct {
	ID, State, Reason, Subject, Time string
	Rule                             int
	Evidence, Recipients             []string
	Threads                          []int64 `json:"mail_thread_ids"`
	Messages                         []int64 `json:"mail_message_ids"`
	Persons                          []int64 `json:"person_ids"`
	Files                            []int64 `json:"file_ids"`
	Exposed                          bool    `json:"address_exposed"`
	Label                            *string
	Suggestions                      []suggestion
	Check                            struct {
		Aligned bool
		Reason  string
	} `json:"sender_check"`
}

func (o office) newest() entry {
	o.t.Helper()
	all := o.entries("")
	if len(all) == 0 {
		o.t.Fatal("the ledger is empty")
	}
	return all[0]
}

func (o office) entries(state string) []entry {
	o.t.Helper()
	return read[[]entry](o, "/api/v2/inboundMail?state="+state)
}

// read is the data of an answer as a type of the test.
func read[T any](o office, target string) (v T) {
	o.t.Helper()
	a := o.Must("GET", target, nil)
	var body struct{ Data T }
	if err := json.Unmarshal([]byte(a.Raw), &body); err != nil {
		o.t.Fatalf("%v: %s", err, a.Raw)
	}
	return body.Data
}

type suggestion struct {
	Person int64 `json:"person_id"`
	Name   string
	Email  *string
}

// link tells why something is where it is.
type link struct {
	Rule     int
	Evidence []string
	Label    *string
	Exposed  bool `json:"address_exposed"`
	Check    struct {
		Aligned bool
		Reason  string
	} `json:"sender_check"`
}

type thread struct {
	ID         int64
	UserID     int64  `json:"user_id"`
	DealID     *int64 `json:"deal_id"`
	Count      int    `json:"message_count"`
	Candidates []struct {
		ID    int64
		Title string
		OrgID *int64 `json:"org_id"`
	} `json:"deal_candidates"`
	Suggestions []suggestion
	Last        string `json:"last_message_timestamp"`
	Subject     string
	Link        link
}

type message struct {
	ID      int64
	Thread  int64 `json:"mail_thread_id"`
	Subject string
	Sent    int `json:"sent_flag"`
	From    []struct {
		Email  string `json:"email_address"`
		Person *int64 `json:"linked_person_id"`
	}
	Body string
	Link link
}

type named struct {
	ID    int64
	Name  string
	OrgID *int64 `json:"org_id"`
}

func (o office) thread(id int64) thread {
	o.t.Helper()
	return read[thread](o, fmt.Sprintf("/v1/mailbox/mailThreads/%d", id))
}

func (o office) messages(id int64) []message {
	o.t.Helper()
	return read[[]message](o, fmt.Sprintf("/v1/mailbox/mailThreads/%d/mailMessages", id))
}

func (o office) persons() []named { o.t.Helper(); return read[[]named](o, "/api/v2/persons") }

// person is a contact with an address, org 0 for none.
func (o office) person(name, email string, org int64) int64 {
	o.t.Helper()
	body := map[string]any{"name": name, "emails": []any{map[string]any{"value": email, "primary": true, "label": "work"}}}
	if org != 0 {
		body["org_id"] = org
	}
	return o.Must("POST", "/api/v2/persons", body).ID()
}

func (o office) deal(title string, person, org int64) int64 {
	o.t.Helper()
	o.app.Later(time.Second)
	body := map[string]any{"title": title}
	if person != 0 {
		body["person_id"] = person
	}
	if org != 0 {
		body["org_id"] = org
	}
	return o.Must("POST", "/api/v2/deals", body).ID()
}

// event is what Lambda hands over.
func (o office) event(e events.SQSEvent) []byte {
	o.t.Helper()
	raw, err := json.Marshal(e)
	if err != nil {
		o.t.Fatal(err)
	}
	return raw
}

// invoke hands the linker an event and tells which of its messages failed.
func (o office) invoke(e events.SQSEvent) (failed []string) {
	o.t.Helper()
	out, err := o.app.Handler("linker").Invoke(context.Background(), o.event(e))
	if err != nil {
		o.t.Fatal(err)
	}
	var answer events.SQSEventResponse
	if err := json.Unmarshal(out, &answer); err != nil {
		o.t.Fatal(err)
	}
	for _, f := range answer.BatchItemFailures {
		failed = append(failed, f.ItemIdentifier)
	}
	return failed
}

// object is a stored raw mail.
func (o office) object(key string) string {
	o.t.Helper()
	out, err := o.app.S3.GetObject(context.Background(), &s3.GetObjectInput{Bucket: &o.app.MailBucket, Key: &key})
	if err != nil {
		o.t.Fatal(err)
	}
	defer out.Body.Close()
	raw, err := io.ReadAll(out.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return string(raw)
}

// settle has the indexer follow all that was written.
func (o office) settle() { o.t.Helper(); o.app.Follow()() }

// text is an attribute as one line.
func text(a types.AttributeValue) string {
	var v any
	if err := attributevalue.Unmarshal(a, &v); err != nil {
		return err.Error()
	}
	return fmt.Sprint(v)
}
