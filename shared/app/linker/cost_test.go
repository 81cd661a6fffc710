package linker_test

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/app/linker"
)

// most is the number of calls to AWS that an ordinary mail takes: one to a known contact or from one, with a body and no attachment.
// ARCHITECTURE.md states it.
const most = 15

// calls links a mail to the office, or to these addresses, and tells how many calls of each kind that took.
func (o office) calls(from, raw string, to ...string) map[string]int {
	o.t.Helper()
	if to == nil {
		to = []string{o.Address()}
	}
	o.app.Later(time.Second)
	e := o.app.Receive(apptest.Mail{From: from, To: to, Raw: raw})
	b := &breaker{kinds: map[string]int{}}
	env := o.app.Env
	env.DynamoDB = dynamodb.New(o.app.DynamoDB.Options(), func(options *dynamodb.Options) { options.APIOptions = append(options.APIOptions, b.hook().Add) })
	env.S3 = s3.New(o.app.S3.Options(), func(options *s3.Options) { options.APIOptions = append(options.APIOptions, b.hook().Add) })
	out, err := linker.New(env).Invoke(o.t.Context(), o.event(e))
	if err != nil || string(out) != `{"batchItemFailures":[]}` {
		o.t.Fatalf("%s %v", out, err)
	}
	return b.kinds
}

// TestOrdinaryMailCostsTheSameInAFullMailbox: neither what a team has of mail, nor what a contact or a thread has of it, makes the
// next mail dearer.
func TestOrdinaryMailCostsTheSameInAFullMailbox(t *testing.T) {
	t.Parallel()
	o := open(t)
	org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient"}).ID()
	o.deal("Line", o.person("Jan", jan, org), org)
	begins := func(id string) string {
		return header("Jan <"+jan+">", "Ada <"+ada+">", "About "+id, id+"@klient.example") + "\nGood morning.\n"
	}
	answers := func(id string) string {
		return header("Jan <"+jan+">", "Ada <"+ada+">", "Re: About first", id+"@klient.example") + "In-Reply-To: <first@klient.example>\nReferences: <first@klient.example>\n\nThank you, " + id + ".\n"
	}
	writes := func(id string) string {
		return header("Ada <"+ada+">", "Jan <"+jan+">", "Re: About first", id+"@acme.example") + "In-Reply-To: <first@klient.example>\n\nYou are welcome, " + id + ".\n"
	}
	kinds := []struct {
		name, from string
		letter     func(string) string
	}{{"in a new thread", jan, begins}, {"an answer", jan, answers}, {"of a user", ada, writes}}
	o.post(jan, begins("first"))
	first := map[string]map[string]int{}
	for i, k := range kinds {
		first[k.name] = o.calls(k.from, k.letter(fmt.Sprintf("early%d", i)))
	}
	for i := range 60 {
		o.post(jan, begins(fmt.Sprintf("b%d", i)))
		o.post(jan, answers(fmt.Sprintf("a%d", i)))
	}
	for i, k := range kinds {
		sum := 0
		for _, n := range first[k.name] {
			sum += n
		}
		later := o.calls(k.from, k.letter(fmt.Sprintf("late%d", i)))
		if !maps.Equal(later, first[k.name]) || sum > most {
			t.Errorf("%s: %v at first, %v after 120 mails, at most %d in all", k.name, first[k.name], later, most)
		}
		t.Logf("%s: %d calls, %v", k.name, sum, later)
	}
}

// TestARecordsAddressCostsAtMostTwoReads: the team, whose key signed it, and what it names.
func TestARecordsAddressCostsAtMostTwoReads(t *testing.T) {
	t.Parallel()
	o := open(t)
	org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient"}).ID()
	person := o.person("Jan", jan, org)
	deal := o.deal("Line", person, org)
	letter := func(id string) string {
		return header("Jan <"+jan+">", "Ada <"+ada+">", "About "+id, id+"@klient.example") + "\nGood morning.\n"
	}
	sum := func(calls map[string]int) (n int) {
		for _, c := range calls {
			n += c
		}
		return n
	}
	plain := sum(o.calls(jan, letter("plain")))
	for kind, id := range map[string]int64{"deal": deal, "person": person, "organization": org} {
		if got := sum(o.calls(jan, letter(kind), o.AddressOf(kind, id))); got > plain+2 {
			t.Errorf("%s: %d calls, %d without", kind, got, plain)
		}
	}
}
