package linker_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
)

func TestBrakeStopsOneSendersFloodOfPersons(t *testing.T) {
	t.Parallel()
	o := open(t)
	flood := func(n int) {
		var all sync.WaitGroup
		work := make(chan string)
		for range 4 {
			all.Go(func() {
				for letter := range work {
					if failed := o.invoke(o.app.Receive(apptest.Mail{From: "x@evil.example", To: []string{o.Address()}, Raw: letter})); len(failed) > 0 {
						t.Errorf("failed %v", failed)
					}
				}
			})
		}
		for i := range n {
			from := fmt.Sprintf("%d-%d@evil.example", o.app.Now().Unix(), i)
			work <- header("X <"+from+">", o.Address(), "Cheap", from) + "\nhi\n"
		}
		close(work)
		all.Wait()
	}
	count := func(persons, waiting int) {
		t.Helper()
		if n := len(read[[]named](o, "/api/v2/persons?limit=500")); n != persons {
			t.Errorf("%d persons, want %d", n, persons)
		}
		if n := len(o.entries("needs_choice")); n != waiting {
			t.Errorf("%d mails need a choice, want %d", n, waiting)
		}
	}
	flood(56)
	count(50, 6)
	if e := o.entries("needs_choice")[0]; !strings.Contains(e.Reason, "too many new persons") {
		t.Errorf("reason %q", e.Reason)
	}
	// Others are not held up, and users never.
	o.post(jan, header("Jan <"+jan+">", "{{inbound}}", "Hello", "jan@klient.example")+"\nhi\n")
	for i := range 6 {
		var to []string
		for j := range 10 {
			to = append(to, fmt.Sprintf("c%d-%d@evil.example", i, j))
		}
		o.post(ada, header("Ada <"+ada+">", strings.Join(to, ", "), "Invitation", fmt.Sprintf("%d@acme.example", i))+"\nhi\n")
	}
	count(50+1+60, 6)
	o.app.Later(time.Hour)
	flood(2)
	count(50+1+60+2, 6)
}

// TestNewAddressInAKnownThread is edge case 19: the thread's person, the address suggested.
func TestNewAddressInAKnownThread(t *testing.T) {
	t.Parallel()
	for from, c := range map[string]struct {
		name    string
		persons int
	}{
		"jk@klient.example":   {"Jan Kowalski", 1},
		"anna@klient.example": {"Anna Lis", 2},
	} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			begun := o.receive("outbound") // creates "Kowalski, Jan"
			e := o.post(from, header(c.name+" <"+from+">", "{{inbound}}", "Re: Offer for the new line", "new@klient.example")+"In-Reply-To: <offer-1@acme.example>\n\nyes\n")
			if len(o.persons()) != c.persons || e.Threads[0] != begun.Threads[0] || e.Persons[0] != begun.Persons[0] {
				t.Fatalf("%d persons, threads %v, %v: %q", len(o.persons()), e.Threads, e.Persons, e.Evidence)
			}
			s := o.thread(e.Threads[0]).Suggestions
			if suggested := len(s) == 1 && s[0].Person == begun.Persons[0] && s[0].Email != nil && *s[0].Email == from; suggested != (c.persons == 1) {
				t.Errorf("suggestions %+v", s)
			}
		})
	}
}
