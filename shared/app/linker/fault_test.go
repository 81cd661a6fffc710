package linker_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/app/linker"
)

// breaker lets one call to AWS fail, whatever it is: before it is sent, or after it was done and only the answer is lost.
type breaker struct {
	mu    sync.Mutex
	at    int // the call that fails, from 1
	after bool
	only  string // what kind of call is counted; empty: all
	count int
	what  string         // it was
	kinds map[string]int // how many of each there were; nil: nobody asks
}

func (b *breaker) fail(_ context.Context, c faults.Call) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kinds != nil {
		b.kinds[c.Operation]++
	}
	if b.only != "" && c.Operation != b.only {
		return nil
	}
	if b.count++; b.count != b.at {
		return nil
	}
	b.what = c.Operation
	return errors.New("the network is gone")
}

func (b *breaker) hook() faults.Hook {
	if b.after {
		return faults.Hook{After: b.fail}
	}
	return faults.Hook{Before: b.fail}
}

// TestAnyCallMayFail lets every call of the linker to AWS fail in turn, before and after its effect, and has the queue bring the mail
// again: what is there then is what is there when nothing fails.
func TestAnyCallMayFail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ letter, before string }{
		{"attachments", ""}, {"forward-gmail-en", ""}, {"forward-attached", ""}, {"reply", "outbound"}, {"bounce", "outbound"}, {"virus", ""},
		{"forward-nameless", "outbound"}, {"unknown", "unknown"}, {"crowd", ""}, {"parcels", ""}, {"outbound", ""},
	} {
		t.Run(c.letter, func(t *testing.T) {
			t.Parallel()
			base := open(t)
			fresh := func() office {
				o := office{base.app.NewTeam("Acme"), t, base.app}
				if c.before != "" {
					o.invoke(o.announce(c.before))
				}
				return o
			}
			whole := fresh()
			if failed := whole.invoke(whole.announce(c.letter)); len(failed) > 0 {
				t.Fatal(failed)
			}
			want := whole.story()
			calls, tried := 0, map[string]office{}
			for _, after := range []bool{false, true} {
				for n := 1; ; n++ {
					o := fresh()
					e := o.announce(c.letter)
					b := &breaker{at: n, after: after}
					if c.letter == "parcels" || c.letter == "crowd" { // which take several transactions; their other calls are those of the others
						b.only = "TransactWriteItems"
					}
					env := o.app.Env
					env.DynamoDB = dynamodb.New(o.app.DynamoDB.Options(), func(options *dynamodb.Options) { options.APIOptions = append(options.APIOptions, b.hook().Add) })
					env.S3 = s3.New(o.app.S3.Options(), func(options *s3.Options) { options.APIOptions = append(options.APIOptions, b.hook().Add) })
					out, err := linker.New(env).Invoke(t.Context(), o.event(e))
					if err != nil {
						t.Fatal(err)
					}
					if b.what == "" {
						calls = max(calls, n-1)
						break // there is no n-th call
					}
					if !strings.Contains(string(out), `"itemIdentifier":"m"`) {
						t.Errorf("call %d, %s, after %v: the failure is not reported", n, b.what, after)
					}
					if again := o.invoke(e); len(again) > 0 {
						t.Fatalf("call %d, %s, after %v: %v fails again", n, b.what, after, again)
					}
					tried[fmt.Sprintf("call %d, %s, after %v", n, b.what, after)] = o
					if got := o.story(); got != want {
						t.Errorf("call %d, %s, after %v:\n%s", n, b.what, after, difference(want, got))
					}
				}
			}
			stored := base.shapes()
			for when, o := range tried {
				if got, want := stored[o.Team.ID], stored[whole.Team.ID]; !maps.Equal(got, want) {
					t.Errorf("%s: stored %v, want %v", when, got, want)
				}
			}
			t.Logf("%s: %d calls", c.letter, calls)
		})
	}
}

// story is all that a team sees of its mail, without ids, which may have gaps, and without what only this team has.
func (o office) story() string {
	o.t.Helper()
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, p := range o.Must("GET", "/api/v2/persons", nil).List() {
		p := p.(map[string]any)
		add("person %v %v %v %v", p["name"], p["emails"], p["from_mail"], p["bounced_emails"] != nil)
	}
	for _, e := range o.entries("") {
		add("entry %s by %d, %s, %s: %d threads, %d messages, %d persons, %d files, %d suggestions", e.State, e.Rule, e.Reason, e.Subject, len(e.Threads), len(e.Messages), len(e.Persons), len(e.Files), len(e.Suggestions))
		for _, id := range e.Threads {
			th := o.thread(id)
			add("thread %s: %d messages, deal %v, %d candidates, %d suggestions, %q", th.Subject, th.Count, th.DealID != nil, len(th.Candidates), len(th.Suggestions), digits(th.Link.Evidence))
			list := o.messages(id)
			for _, m := range list {
				one := read[message](o, fmt.Sprintf("/v1/mailbox/mailMessages/%d?include_body=1", m.ID))
				add("message %s of %s: sent %d, %d, %q, %q", m.Subject, th.Subject, m.Sent, one.Link.Rule, digits(one.Link.Evidence), one.Body)
			}
		}
	}
	for _, f := range o.Must("GET", "/v1/files", nil).List() {
		f := f.(map[string]any)
		add("file %v %v %v %v %v", f["name"], f["file_size"], f["inline_flag"], f["person_name"], f["mail_message_id"] != nil)
	}
	for _, n := range o.Must("GET", "/v1/notes", nil).List() {
		n := n.(map[string]any)
		add("note %v %v", n["content"], n["person_id"] != nil)
	}
	for _, p := range o.persons() {
		add("%s shows %d mails and %d files", p.Name, len(o.Must("GET", fmt.Sprintf("/v1/persons/%d/mailMessages", p.ID), nil).List()), len(o.Must("GET", fmt.Sprintf("/v1/persons/%d/files", p.ID), nil).List()))
	}
	objects := slices.DeleteFunc(o.objects(), func(key string) bool { return !strings.Contains(key, fmt.Sprintf("/%d/", o.Team.ID)) })
	add("%d objects", len(objects))
	sort.Strings(lines)
	return strings.Join(lines, "\n")
}

// shapes count what is stored, for each team, by keys without numbers.
func (o office) shapes() map[int64]map[string]int {
	o.t.Helper()
	count := map[int64]map[string]int{}
	in := &dynamodb.ScanInput{TableName: &o.app.Table, ConsistentRead: aws.Bool(true), ProjectionExpression: aws.String("pk, sk")}
	for {
		out, err := o.app.DynamoDB.Scan(context.Background(), in)
		if err != nil {
			o.t.Fatal(err)
		}
		for _, it := range out.Items {
			key := text(it["pk"]) + " " + text(it["sk"])
			parts := strings.Split(key, "#")
			if parts[0] != "T" {
				continue // of no team
			}
			team, err := strconv.ParseInt(parts[1], 10, 64)
			if err != nil {
				o.t.Fatal(err)
			}
			if count[team] == nil {
				count[team] = map[string]int{}
			}
			switch kind := parts[2]; {
			case strings.HasPrefix(kind, "sequence"), strings.HasPrefix(kind, "audit"), strings.HasPrefix(kind, "tokens"):
			case kind == "inboundMail":
				count[team][kind]++ // under a random id
			default:
				count[team][digits([]string{key})[0]]++
			}
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return count
		}
	}
}

// digits are lines without the numbers in them.
func digits(evidence []string) []string {
	out := slices.Clone(evidence)
	for i := range out {
		out[i] = strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return '#'
			}
			return r
		}, out[i])
		out[i] = strings.ReplaceAll(strings.ReplaceAll(out[i], "##", "#"), "##", "#")
	}
	return out
}
