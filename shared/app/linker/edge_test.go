package linker_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/value"
)

// edge is an odd case, under its number in edgeCases, which tells where each of them is proven.
type edge struct {
	name string
	do   func(o office)
}

func runEdges(t *testing.T, cases []edge) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			c.do(o)
		})
	}
}

// mailTo delivers a letter to these addresses instead of the office's own.
func (o office) mailTo(from, raw string, to ...string) entry {
	o.t.Helper()
	if failed := o.raw(from, raw, to...); len(failed) > 0 {
		o.t.Fatalf("failed %v", failed)
	}
	return o.newest()
}

// tagged is the office's address with something after a plus.
func (o office) tagged(tag string) string {
	local, domain, _ := strings.Cut(o.Address(), "@")
	return local + "+" + tag + "@" + domain
}

func TestEdgesOfAddressing(t *testing.T) {
	t.Parallel()
	runEdges(t, []edge{
		{"2 two dedicated addresses in one delivery", func(o office) {
			d := o.deal("Line", 0, 0)
			e := o.mailTo(ada, o.letter("outbound"), o.Address(), o.tagged("deal1"))
			if len(e.Messages) != 1 || len(e.Recipients) != 2 || value.Deref(o.thread(e.Threads[0]).DealID) != d || len(o.entries("")) != 1 {
				o.t.Errorf("%+v", e)
			}
		}},
		{"3 the same mail twice, in copy with a tag and in blind copy without", func(o office) {
			d := o.deal("Line", 0, 0)
			for _, first := range []string{o.tagged("deal1"), o.Address()} {
				second := map[string]string{o.Address(): o.tagged("deal1"), o.tagged("deal1"): o.Address()}[first]
				raw := strings.ReplaceAll(o.letter("outbound"), "offer-1", "offer-"+strings.ReplaceAll(first, "@", "."))
				a := o.mailTo(ada, raw, first)
				b := o.mailTo(ada, raw, second)
				if !slices.Equal(a.Messages, b.Messages) || value.Deref(o.thread(a.Threads[0]).DealID) != d {
					o.t.Errorf("first to %s: %+v", first, o.thread(a.Threads[0]))
				}
			}
		}},
		{"4 tag of another team, forged signature", func(o office) {
			other := office{o.app.NewTeam("Other"), o.t, o.app}
			other.deal("Theirs", 0, 0)
			for _, tag := range []string{"deal1", "deal1-0123456789abcdef", "deal-1", "deal99999999999999999999", "deal"} {
				raw := strings.ReplaceAll(o.letter("outbound"), "offer-1", "offer-"+tag)
				e := o.mailTo(ada, raw, o.tagged(tag))
				if o.thread(e.Threads[0]).DealID != nil || !strings.Contains(strings.Join(e.Evidence, "\n"), "row 15") {
					o.t.Errorf("%s: %+v, %q", tag, o.thread(e.Threads[0]), e.Evidence)
				}
			}
			if len(other.entries("")) != 0 {
				o.t.Errorf("the other team heard of it: %+v", other.entries(""))
			}
		}},
		{"5 case of address and tag, trailing dot", func(o office) {
			d := o.deal("Line", 0, 0)
			e := o.mailTo(ada, o.letter("outbound"), strings.ToUpper(o.tagged("deal1")))
			if value.Deref(o.thread(e.Threads[0]).DealID) != d {
				o.t.Errorf("%+v", e)
			}
			o.person("Anna", "anna@klient.example", 0)
			e = o.post(ada, header("Ada <ADA@Acme.Example>", "Anna <Anna@KLIENT.example.>", "Dots", "dots@acme.example")+"\nhi\n")
			if !slices.Equal(e.Persons, []int64{2}) || e.Rule != 1 {
				o.t.Errorf("%+v", e)
			}
		}},
		{"6 undisclosed recipients", func(o office) {
			e := o.post(jan, header("Jan <"+jan+">", "undisclosed-recipients:;", "To all", "all@klient.example")+"\nhi\n")
			if e.State != "linked" || len(o.persons()) != 1 {
				o.t.Errorf("of a contact: %+v", e)
			}
			if e = o.post(ada, header("Ada <"+ada+">", "undisclosed-recipients:;", "To all", "mine@acme.example")+"\nhi\n"); e.Rule != 22 {
				o.t.Errorf("of a user: %+v", e)
			}
		}},
		{"7 a user in blind copy of a user's own mail", func(o office) {
			e := o.post(ada, o.letter("outbound"))
			again := o.post(ada, o.letter("outbound"))
			if e.Rule != 1 || !slices.Equal(e.Messages, again.Messages) || len(o.messages(e.Threads[0])) != 1 {
				o.t.Errorf("%+v", again)
			}
		}},
	})
}

func TestEdgesOfPeople(t *testing.T) {
	t.Parallel()
	runEdges(t, []edge{
		{"9 plus-addressed and googlemail user", func(o office) {
			for i, from := range []string{"ada+crm@acme.example", "ADA@ACME.example"} {
				e := o.post(from, header("Ada <"+from+">", "Jan <"+jan+">", "Offer", apptest.Path("plus-%d@acme.example", i))+"\nhi\n")
				if e.Rule != 1 || o.messages(e.Threads[0])[0].Sent != 1 {
					o.t.Errorf("%s: %+v", from, e)
				}
			}
			if len(o.persons()) != 1 {
				o.t.Errorf("persons %v", o.persons())
			}
		}},
		{"10 user and contact share an address", func(o office) {
			o.person("Bartek as a customer", "bartek@acme.example", 0)
			e := o.post("bartek@acme.example", header("Bartek <bartek@acme.example>", "Jan <"+jan+">", "Offer", "b@acme.example")+"\nhi\n")
			if e.Rule != 1 || !slices.Equal(e.Persons, []int64{2}) {
				o.t.Errorf("%+v", e)
			}
		}},
		{"16 a web form: the person is in Reply-To", func(o office) {
			form := func(from, id string) entry {
				return o.post(from, header("Web <"+from+">", "{{inbound}}", "Contact form", id)+"Reply-To: Jan Kowalski <"+jan+">\n\nplease call\n")
			}
			if e := form("no-reply@forms.example", "form-1@forms.example"); len(e.Persons) != 1 || o.persons()[0].Name != "Jan Kowalski" {
				o.t.Errorf("%+v, %v", e, o.persons())
			}
			if form("sales@forms.example", "form-2@forms.example"); len(o.persons()) != 2 || o.persons()[1].Name != "Web" {
				o.t.Errorf("no robot: %v", o.persons())
			}
		}},
		{"17 a list that put itself into From", func(o office) {
			p := o.person("Jan", jan, 0)
			e := o.post("sales@lists.example", header("\"Jan Kowalski via Sales\" <sales@lists.example>", "{{inbound}}", "Question", "via@lists.example")+
				"List-Id: <sales.lists.example>\nReply-To: Jan Kowalski <"+jan+">\n\nhi\n")
			if e.Rule != 26 || !slices.Equal(e.Persons, []int64{p}) || len(o.persons()) != 1 {
				o.t.Errorf("%+v", e)
			}
		}},
		{"17 a list that says who wrote", func(o office) {
			p := o.person("Jan", jan, 0)
			e := o.post("sales@lists.example", header("\"'Jan Kowalski' via Sales\" <sales@lists.example>", "{{inbound}}", "Question", "via@lists.example")+
				"List-Id: <sales.lists.example>\nReply-To: sales@lists.example\nX-Original-From: Jan Kowalski <"+jan+">\n\nhi\n")
			if e.Rule != 26 || !slices.Equal(e.Persons, []int64{p}) || len(o.persons()) != 1 {
				o.t.Errorf("%+v", e)
			}
		}},
		{"18 robots are never persons", func(o office) {
			for i, from := range []string{"noreply@shop.example", "mailer-daemon@shop.example", "Do-Not-Reply+x@shop.example", "postmaster@shop.example"} {
				o.post(from, header("Shop <"+from+">", "{{inbound}}", "Order", apptest.Path("robot-%d@shop.example", i))+"\nhi\n")
			}
			o.post(ada, header("Ada <"+ada+">", "no-reply@shop.example", "Order", "to-robot@acme.example")+"\nhi\n")
			if len(o.persons()) != 0 {
				o.t.Errorf("persons %v", o.persons())
			}
		}},
		{"20 a deleted person", func(o office) {
			e := o.receive("outbound")
			o.Must("DELETE", apptest.Path("/api/v2/persons/%d", e.Persons[0]), nil)
			again := o.receive("reply")
			if len(again.Persons) != 1 || again.Persons[0] == e.Persons[0] || !slices.Equal(again.Threads, e.Threads) {
				o.t.Errorf("%+v after %+v", again, e)
			}
		}},
		{"21 five hundred recipients", func(o office) {
			var to []string
			for i := range 500 {
				to = append(to, apptest.Path("\n c%d@klient%d.example", i, i))
			}
			e := o.post(ada, "From: Ada <"+ada+">\nTo:"+strings.Join(to, ",")+"\nSubject: To all\nDate: Mon, 23 Nov 2026 09:00:00 +0100\nMessage-ID: <500@acme.example>\n\nhi\n")
			if len(o.persons()) != 10 || len(e.Persons) != 10 || e.State != "linked" || len(o.messages(e.Threads[0])) != 1 {
				o.t.Errorf("%d persons, %+v", len(o.persons()), e)
			}
		}},
		{"23 free mail and public suffixes own no organization", func(o office) {
			org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient"}).ID()
			for i, pair := range [][2]string{{"a@gmail.com", "b@gmail.com"}, {"a@one.co.uk", "b@two.co.uk"}, {"a@one.com.pl", "b@two.com.pl"}} {
				o.person("Known", pair[0], org)
				e := o.post(pair[1], header("New <"+pair[1]+">", "{{inbound}}", "Hello there", apptest.Path("free-%d@x.example", i))+"\nhi\n")
				if p := read[named](o, apptest.Path("/api/v2/persons/%d", e.Persons[0])); p.OrgID != nil {
					o.t.Errorf("%s joined organization %d", pair[1], *p.OrgID)
				}
			}
		}},
		{"23 short domains and their subdomains own theirs", func(o office) {
			for i, pair := range [][2]string{{"a@x.pl", "b@mail.x.pl"}, {"a@abc.com", "b@eu.abc.com"}, {"a@hp.co.uk", "b@mail.hp.co.uk"}} {
				org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": pair[0]}).ID()
				o.person("Known", pair[0], org)
				e := o.post(pair[1], header("New <"+pair[1]+">", "{{inbound}}", "Hello there", apptest.Path("short-%d@x.example", i))+"\nhi\n")
				if p := read[named](o, apptest.Path("/api/v2/persons/%d", e.Persons[0])); value.Deref(p.OrgID) != org {
					o.t.Errorf("%s joined organization %d, want %d", pair[1], value.Deref(p.OrgID), org)
				}
			}
		}},
	})
}
