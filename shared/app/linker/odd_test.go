package linker_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/app/linker"
)

// raw delivers a message to the office, or to the given addresses, and tells which failed.
func (o office) raw(from, raw string, to ...string) []string {
	o.t.Helper()
	o.app.Later(time.Second)
	if len(to) == 0 {
		to = []string{o.Address()}
	}
	return o.invoke(o.app.Receive(apptest.Mail{From: from, To: to, Raw: strings.ReplaceAll(raw, "{{inbound}}", o.Address())}))
}

func TestAddressesThatNobodyCanHaveDoNotKeepMailOut(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{
		"quoted local part": `"jan kowalski"@klient.example`, "quoted at sign": `"a@b"@klient.example`, "quoted comma": `"a,b"@klient.example`,
		"too long for a person": strings.Repeat("a", 330) + "@klient.example", "too long for a key": strings.Repeat("a", 3000) + "@klient.example",
		"address literal": "jan@[192.168.1.1]", "long local part": strings.Repeat("a", 290) + "@klient.example",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			if failed := o.raw("x@klient.example", header("Jan <"+address+">", "{{inbound}}", "Hi there", "in@x")+"\nhi\n"); len(failed) > 0 {
				t.Errorf("from it: failed %v", failed)
			}
			if failed := o.raw(jan, header("Jan <"+jan+">", "{{inbound}}, "+address, "Hi there", "cc@x")+"\nhi\n"); len(failed) > 0 {
				t.Errorf("beside it: failed %v", failed)
			}
			if failed := o.raw("ada@acme.example", header("Ada <ada@acme.example>", "Jan <"+address+">", "Hi there", "out@x")+"\nhi\n"); len(failed) > 0 {
				t.Errorf("to it: failed %v", failed)
			}
			if all := o.entries(""); len(all) != 3 {
				t.Errorf("%d entries in the ledger", len(all))
			}
		})
	}
}

func TestUnusableAddressIsToldInTheLedger(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.raw("ada@acme.example", header("Ada <ada@acme.example>", `Jan <"jan kowalski"@klient.example>, `+jan, "Offer", "offer@acme.example")+"\nhi\n")
	e := o.newest()
	if !slices.Contains(e.Evidence, "row 13: no person, not a usable address") || len(e.Persons) != 1 || len(e.Messages) != 1 {
		t.Errorf("persons %v, messages %v: %q", e.Persons, e.Messages, e.Evidence)
	}
}

func TestForwardUnderTheIDOfWhatItCarries(t *testing.T) {
	t.Parallel()
	o := open(t)
	letter := attaching("same@x", "keep an eye", "Content-Type: message/rfc822\n\n"+header("Jan <"+jan+">", "ada@acme.example", "Drawings", "same@x")+"\nsee\n")
	for range 2 {
		if failed := o.raw("ada@acme.example", letter); len(failed) > 0 {
			t.Fatalf("failed %v", failed)
		}
		e := o.newest()
		if len(e.Messages) != 1 || len(e.Persons) != 1 {
			t.Fatalf("messages %v, persons %v: %q", e.Messages, e.Persons, e.Evidence)
		}
		if notes := o.Must("GET", apptest.Path("/v1/notes?person_id=%d", e.Persons[0]), nil).List(); len(notes) != 1 {
			t.Errorf("%d notes", len(notes))
		}
	}
}

func TestCrowdFitsIntoTheRecord(t *testing.T) {
	t.Parallel()
	o := open(t)
	list := func(kind string) string {
		var all []string
		for i := range 300 {
			all = append(all, fmt.Sprintf("\n \"%s\" <%s%d@x.example>", strings.Repeat("\x80", 80), kind, i))
		}
		return strings.Join(all, ",")
	}
	letter := "From: Jan <" + jan + ">\nTo: {{inbound}}," + list("a") + "\nCc: " + list("b") + "\nBcc: " + list("c") +
		"\nSubject: crowd\nDate: Mon, 23 Nov 2026 09:00:00 +0100\nMessage-ID: <crowd@x>\n\nhi\n"
	if failed := o.raw(jan, letter); len(failed) > 0 {
		t.Fatalf("failed %v", failed)
	}
	if from := o.messages(o.newest().Threads[0])[0].From; len(from) != 1 || from[0].Email != jan {
		t.Errorf("from %+v", from)
	}
}

func TestPartiesHaveIDsOfTheirOwn(t *testing.T) {
	t.Parallel()
	o := open(t)
	list := func(kind string) string {
		var all []string
		for i := range 300 {
			all = append(all, fmt.Sprintf("\n %s%d@x.example", kind, i))
		}
		return strings.Join(all, ",")
	}
	for i := range 2 {
		letter := fmt.Sprintf("From:%s\nTo: {{inbound}},%s\nCc: %s\nBcc: %s\nSubject: crowd\nDate: Mon, 23 Nov 2026 09:00:00 +0100\n"+
			"Message-ID: <%d-crowd@x>\nIn-Reply-To: <0-crowd@x>\n\nhi %d\n", list("f"), list("a"), list("b"), list("c"), i, i)
		if failed := o.raw(jan, letter); len(failed) > 0 {
			t.Fatalf("failed %v", failed)
		}
	}
	type party struct{ ID int64 }
	seen := map[int64]bool{}
	for _, m := range read[[]struct{ From, To, CC, BCC []party }](o, apptest.Path("/v1/mailbox/mailThreads/%d/mailMessages", o.newest().Threads[0])) {
		for _, p := range slices.Concat(m.From, m.To, m.CC, m.BCC) {
			if seen[p.ID] {
				t.Fatalf("party %d twice", p.ID)
			}
			seen[p.ID] = true
		}
	}
	if len(seen) < 2000 {
		t.Errorf("%d parties", len(seen))
	}
}

func TestAttachedMailThatCannotBeReadIsAFile(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.raw("ada@acme.example", attaching("fwd@x", "look",
		"Content-Type: message/rfc822\n\n"+header("Jan <"+jan+">", "ada@acme.example", "Drawings", "inner@x")+"\nsee\n",
		"Content-Type: application/octet-stream; name=\"broken.eml\"\nContent-Disposition: attachment; filename=\"broken.eml\"\n\nnothing that is mail",
		"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x.example",
	))
	e := o.newest()
	if files := o.Must("GET", "/v1/files", nil).List(); len(files) != 2 || len(e.Messages) != 1 {
		t.Errorf("%d files, messages %v", len(files), e.Messages)
	}
}

func TestSecondFromFieldIsSeenHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	for _, second := range []string{"From:", "From :", "from  :", "From\t:", "FROM \t :"} {
		t.Run(second, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			o.raw("eve@evil.example", "From: eve@evil.example\n"+second+" ada@acme.example\nTo: jan@klient.example\nSubject: Hi there you\nMessage-ID: <two@x>\n\nhi\n")
			if e := o.newest(); e.State != "quarantined" {
				t.Errorf("%s by row %d: %q", e.State, e.Rule, e.Evidence)
			}
		})
	}
}

func TestOneTeamsFailureIsNoOthers(t *testing.T) {
	t.Parallel()
	o := open(t)
	other := office{o.app.NewTeam("Other"), t, o.app}
	letter := header("Ada <ada@acme.example>", "Jan <"+jan+">", "Offer for you", "two-teams@x") + "\nhi\n"
	event := o.app.Receive(apptest.Mail{From: "ada@acme.example", To: []string{o.Address(), other.Address()}, Raw: letter})
	raw, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	env := o.app.Env
	env.DynamoDB = o.faulty(1, false)
	out, err := linker.New(env).Invoke(t.Context(), raw)
	if err != nil || !strings.Contains(string(out), event.Records[0].MessageId) {
		t.Fatalf("%s, %v", out, err)
	}
	if a, b := len(o.entries("")), len(other.entries("")); a != 0 || b != 1 {
		t.Errorf("after the failure %d and %d entries", a, b)
	}
	if failed := o.invoke(event); len(failed) > 0 {
		t.Fatalf("failed %v", failed)
	}
	if a, b := len(o.entries("")), len(other.entries("")); a != 1 || b != 1 {
		t.Errorf("after another try %d and %d entries", a, b)
	}
}
