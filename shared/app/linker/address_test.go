package linker_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/value"
)

// swap is a letter under another Message-ID.
func (o office) swap(letter, id, other string) string {
	return strings.ReplaceAll(o.letter(letter), id, other)
}

func (o office) evidence(e entry) string { return strings.Join(append(e.Evidence, e.Reason), "\n") }

// shown are the threads in the detail view of a record.
func (o office) shown(entity string, id int64) (threads []float64) {
	for _, v := range o.Must("GET", fmt.Sprintf("/api/v2/%s/%d/view", entity, id), nil).Data()["mail_threads"].([]any) {
		threads = append(threads, v.(map[string]any)["id"].(float64))
	}
	return threads
}

// TestASignedAddressFilesMailOfAnybody: the address of a record counts whoever writes to it.
func TestASignedAddressFilesMailOfAnybody(t *testing.T) {
	t.Parallel()
	o := open(t)
	org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient"}).ID()
	other := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Other"}).ID()
	person := o.person("Zofia", zofia, 0)
	deal := o.deal("Line", 0, other)
	for name, read := range map[string]struct{ path, kind string }{
		"deal":         {fmt.Sprintf("/api/v2/deals/%d", deal), "deal"},
		"person":       {fmt.Sprintf("/api/v2/persons/%d", person), "person"},
		"organization": {fmt.Sprintf("/api/v2/organizations/%d", org), "organization"},
	} {
		id := map[string]int64{"deal": deal, "person": person, "organization": org}[name]
		address := o.Must("GET", read.path+"?include_fields=smart_bcc_email", nil).Data()["smart_bcc_email"].(string)
		if address != o.AddressOf(read.kind, id) || len(address[:strings.Index(address, "@")]) > 64 {
			t.Fatalf("%s: %s", name, address)
		}
		// An outsider whom nobody knows, in capitals, as some servers make them.
		from := name + "@strange.example"
		e := o.mailTo(from, header("New "+name+" <"+from+">", o.Address(), "About "+name, name+"@strange.example.id")+"\nhello\n", strings.ToUpper(address))
		if e.State != "linked" || len(e.Threads) != 1 || !strings.Contains(o.evidence(e), "row 15: addressed to "+name) {
			t.Errorf("%s: %+v", name, e)
			continue
		}
		if got := o.shown(name+"s", id); !slices.Contains(got, float64(e.Threads[0])) {
			t.Errorf("%s: its view has threads %v, want %v", name, got, e.Threads)
		}
		if fresh := o.Must("GET", fmt.Sprintf("/api/v2/persons/%d", e.Persons[len(e.Persons)-1]), nil).Data(); name == "organization" && fresh["org_id"] != float64(org) {
			t.Errorf("who writes to an organization is of it: %v", fresh)
		}
		if name == "person" && e.Persons[0] != person {
			t.Errorf("about %v, want person %d first", e.Persons, person)
		}
	}
}

// TestAForwardToAPersonsAddressIsAboutThatPerson: row 9 needs no choice then.
func TestAForwardToAPersonsAddressIsAboutThatPerson(t *testing.T) {
	t.Parallel()
	o := open(t)
	person := o.person("Jan", jan, 0)
	o.deal("Line", person, 0)
	letter := header("Ada <"+ada+">", o.Address(), "Fwd: Scan", "scan@acme.example") + "\nsee below, from the phone\n"
	if e := o.mailTo(ada, letter, o.Address()); e.State != "needs_choice" {
		t.Fatalf("without: %+v", e)
	}
	e := o.mailTo(ada, strings.ReplaceAll(letter, "scan@", "scan-2@"), o.AddressOf("person", person))
	if e.State != "linked" || !slices.Equal(e.Persons, []int64{person}) || value.Deref(o.thread(e.Threads[0]).DealID) != 1 {
		t.Errorf("%+v", e)
	}
	if e = o.mailTo(ada, strings.ReplaceAll(letter, "scan@", "scan-3@"), o.tagged(fmt.Sprintf("person%d", person))); !slices.Equal(e.Persons, []int64{person}) {
		t.Errorf("a user needs no signature: %+v", e)
	}
}

// TestFalseTagsDoNothing: forged, of another team, of another record, of a thread without signature.
func TestFalseTagsDoNothing(t *testing.T) {
	t.Parallel()
	o := open(t)
	other := office{o.app.NewTeam("Other"), o.t, o.app}
	deal, second := o.deal("Line", 0, 0), o.deal("Second", 0, 0)
	other.deal("Theirs", 0, 0)
	local := func(address string) string { l, _, _ := strings.Cut(address, "@"); return l }
	_, ours, _ := strings.Cut(local(o.AddressOf("deal", deal)), "+")
	_, theirs, _ := strings.Cut(local(other.AddressOf("deal", 1)), "+")
	forged := ours[:len(ours)-1] + map[bool]string{true: "b", false: "a"}[strings.HasSuffix(ours, "a")]
	swapped := fmt.Sprintf("deal%d%s", second, ours[len("deal1"):])
	thread := o.receive("outbound").Threads[0]
	for i, tag := range []string{theirs, forged, swapped, ours + "a", ours[:len(ours)-1], "org1" + ours[len("deal1"):], fmt.Sprintf("thread%d", thread), "choose1", "deal0" + ours[len("deal1"):]} {
		for from, letter := range map[string]string{ada: o.swap("outbound", "offer-1", fmt.Sprint("forged-", i)), "x@new.example": header("X <x@new.example>", o.Address(), "Hi", fmt.Sprint("x", i, "@new.example")) + "\nhi\n"} {
			e := o.mailTo(from, letter, o.tagged(tag))
			got := o.thread(e.Threads[0])
			if got.DealID != nil || e.Threads[0] == thread || !strings.Contains(o.evidence(e), "row 15: the tag") {
				t.Errorf("%s from %s: %+v %s", tag, from, got, o.evidence(e))
			}
		}
	}
	if n := len(other.entries("")); n != 0 {
		t.Errorf("the other team heard of it: %d", n)
	}
}

// TestAUsersChoiceOutlivesTheAddressThatEverybodyAnswersTo: the tag stays in Cc for as long as the thread goes on.
func TestAUsersChoiceOutlivesTheAddressThatEverybodyAnswersTo(t *testing.T) {
	t.Parallel()
	o := open(t)
	deal, chosen, third := o.deal("Line", 0, 0), o.deal("Chosen", 0, 0), o.deal("Third", 0, 0)
	address := o.AddressOf("deal", deal)
	thread := o.mailTo(ada, o.letter("outbound"), address).Threads[0]
	is := func(when string, want int64) {
		t.Helper()
		if got := value.Deref(o.thread(thread).DealID); got != want {
			t.Errorf("%s: deal %d, want %d", when, got, want)
		}
	}
	is("tagged", deal)
	o.Must("PUT", fmt.Sprintf("/v1/mailbox/mailThreads/%d", thread), map[string]any{"deal_id": chosen})
	o.mailTo(jan, o.letter("reply"), address)
	is("a contact answers all", chosen)
	again := header("Ada <"+ada+">", "Jan <"+jan+">", "Re: Oferta", "again@acme.example")
	o.mailTo(ada, again+"In-Reply-To: <offer-1@acme.example>\n\nfine\n", address)
	is("the user answers all", chosen)
	o.mailTo(ada, strings.ReplaceAll(again, "again@", "third@")+"In-Reply-To: <offer-1@acme.example>\n\nfine\n", o.AddressOf("deal", third))
	is("the user writes to another deal", third)
	o.Must("PUT", fmt.Sprintf("/v1/mailbox/mailThreads/%d", thread), map[string]any{"deal_id": nil})
	o.mailTo(jan, o.swap("reply", "Message-ID: <", "Message-ID: <x"), address)
	is("chosen none", 0)
}

// TestSignedAddressesFollowMerges: whoever has an address writes to it for years.
func TestSignedAddressesFollowMerges(t *testing.T) {
	t.Parallel()
	o := open(t)
	gone, stays := o.person("Jan", jan, 0), o.person("Jan K.", "jk@klient.example", 0)
	firm, heir := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "A"}).ID(), o.Must("POST", "/api/v2/organizations", map[string]any{"name": "B"}).ID()
	o.Must("PUT", fmt.Sprintf("/v1/persons/%d/merge", gone), map[string]any{"merge_with_id": stays})
	o.Must("PUT", fmt.Sprintf("/v1/organizations/%d/merge", firm), map[string]any{"merge_with_id": heir})
	e := o.mailTo("x@new.example", header("X <x@new.example>", o.Address(), "Hi", "x@new.example")+"\nhi\n", o.AddressOf("person", gone), o.AddressOf("organization", firm))
	if e.Persons[0] != stays || !slices.Contains(o.shown("organizations", heir), float64(e.Threads[0])) {
		t.Errorf("%+v, on the organization %v", e, o.shown("organizations", heir))
	}
	last := o.person("Kim", "kim@klient.example", 0)
	o.Must("DELETE", fmt.Sprintf("/api/v2/persons/%d", last), nil)
	if e = o.mailTo("x@new.example", header("X <x@new.example>", o.Address(), "Hi", "y@new.example")+"\nhi\n", o.AddressOf("person", last)); e.State != "linked" || slices.Contains(e.Persons, last) {
		t.Errorf("of a deleted person: %+v", e)
	}
}

// TestARotatedAddressReceivesForThirtyDays is edge case 8.
func TestARotatedAddressReceivesForThirtyDays(t *testing.T) {
	t.Parallel()
	o := open(t)
	deal := o.deal("Line", 0, 0)
	old, oldDeal := o.Address(), o.AddressOf("deal", deal)
	got := o.Must("POST", "/api/v2/inboundAddress/rotate", nil).Data()
	fresh := got["address"].(string)
	former := got["former"].([]any)[0].(map[string]any)
	if fresh == old || former["address"] != old || former["until"] != o.app.Now().Add(30*24*time.Hour).Format(time.RFC3339) {
		t.Fatalf("%v", got)
	}
	if now := o.Must("GET", fmt.Sprintf("/api/v2/deals/%d?include_fields=smart_bcc_email", deal), nil).Data()["smart_bcc_email"].(string); now == oldDeal || strings.HasPrefix(now, strings.Split(old, "@")[0]) {
		t.Errorf("the deal's address is still %s", now)
	}
	letter := func(n int) string {
		return header("X <x@new.example>", old, "Hi", fmt.Sprintf("late-%d@new.example", n)) + "\nhi\n"
	}
	e := o.mailTo("x@new.example", letter(1), oldDeal)
	raw := o.Must("GET", "/api/v2/inboundMail/"+e.ID, nil).Data()
	if e.State != "linked" || value.Deref(o.thread(e.Threads[0]).DealID) != deal || raw["former_address_until"] != former["until"] {
		t.Errorf("a day late: %v", raw)
	}
	o.Must("POST", "/api/v2/inboundMail/"+e.ID+"/replay", nil)
	if raw = o.Must("GET", "/api/v2/inboundMail/"+e.ID, nil).Data(); raw["former_address_until"] != former["until"] {
		t.Errorf("replayed: %v", raw)
	}
	if e = o.mailTo("x@new.example", letter(2), fresh); o.Must("GET", "/api/v2/inboundMail/"+e.ID, nil).Data()["former_address_until"] != nil {
		t.Errorf("the new address is flagged: %+v", e)
	}
	// An old signature is none under the new address, and the other way round.
	_, domain, _ := strings.Cut(fresh, "@")
	mixed := strings.Split(fresh, "@")[0] + strings.TrimPrefix(strings.Split(oldDeal, "@")[0], strings.Split(old, "@")[0]) + "@" + domain
	if e = o.mailTo("x@new.example", letter(3), mixed); !strings.Contains(o.evidence(e), "signature is not ours") {
		t.Errorf("%s: %s", mixed, o.evidence(e))
	}
	n := len(o.entries(""))
	o.app.Later(30*24*time.Hour - time.Minute)
	o.mailTo("x@new.example", letter(4), old)
	o.app.Later(time.Minute)
	if failed := o.raw("x@new.example", letter(5), oldDeal); len(failed) > 0 {
		t.Errorf("failed %v", failed)
	}
	if got := len(o.entries("")); got != n+1 {
		t.Errorf("%d entries, want one more than %d: the last came too late", got, n)
	}
	if left := o.Must("GET", "/api/v2/inboundAddress", nil).Data(); left["address"] != fresh || len(left["former"].([]any)) != 0 {
		t.Errorf("%v", left)
	}
	o.Must("POST", "/v1/users", map[string]any{"email": "kim@acme.example"})
	token, err := o.app.Teams().CreateToken(t.Context(), o.Team.ID, "kim@acme.example", auth.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	if got := o.With(token).Do("POST", "/api/v2/inboundAddress/rotate", nil); got.Status != http.StatusForbidden {
		t.Errorf("no admin: %d %s", got.Status, got.Raw)
	}
}

// TestARepeatToARecordsAddressLinksWhatIsThere: sent to the team first, then to the addresses of records.
func TestARepeatToARecordsAddressLinksWhatIsThere(t *testing.T) {
	t.Parallel()
	o := open(t)
	org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient"}).ID()
	person := o.person("Zofia", zofia, 0)
	deal := o.deal("Line", person, 0)
	letter := header("News <news@shop.example>", o.Address(), "Prices", "list@shop.example") + "List-Id: <prices.shop.example>\n\nhi\n"
	e := o.mailTo("news@shop.example", letter, o.Address())
	if e.State != "needs_choice" || len(e.Persons) != 0 {
		t.Fatalf("%+v", e)
	}
	again := o.mailTo("news@shop.example", letter, o.AddressOf("person", person), o.AddressOf("organization", org))
	if again.State != "linked" || !slices.Equal(again.Messages, e.Messages) || value.Deref(o.thread(e.Threads[0]).DealID) != deal {
		t.Errorf("%+v %+v", again, o.thread(e.Threads[0]))
	}
	for entity, id := range map[string]int64{"persons": person, "organizations": org, "deals": deal} {
		if got := o.shown(entity, id); !slices.Equal(got, []float64{float64(e.Threads[0])}) {
			t.Errorf("%s: %v", entity, got)
		}
		if n := len(o.Must("GET", fmt.Sprintf("/v1/%s/%d/mailMessages", entity, id), nil).List()); n != 1 {
			t.Errorf("%s: %d messages", entity, n)
		}
	}
}

// TestAReplayFollowsNoAddressAgain: what a user chose since stays, and so does what later mail was addressed to.
func TestAReplayFollowsNoAddressAgain(t *testing.T) {
	t.Parallel()
	o := open(t)
	first, second, chosen := o.deal("First", 0, 0), o.deal("Second", 0, 0), o.deal("Chosen", 0, 0)
	e := o.mailTo(ada, o.letter("outbound"), o.AddressOf("deal", first))
	thread := e.Threads[0]
	replayed := func(when string, want int64) {
		t.Helper()
		o.Must("POST", "/api/v2/inboundMail/"+e.ID+"/replay", nil)
		if got := value.Deref(o.thread(thread).DealID); got != want {
			t.Errorf("%s: deal %d, want %d", when, got, want)
		}
	}
	replayed("nothing else", first)
	again := header("Ada <"+ada+">", "Jan <"+jan+">", "Re: Oferta", "again@acme.example") + "In-Reply-To: <offer-1@acme.example>\n\nfine\n"
	o.mailTo(ada, again, o.AddressOf("deal", second))
	replayed("a later mail went to another deal", second)
	o.Must("PUT", fmt.Sprintf("/v1/mailbox/mailThreads/%d", thread), map[string]any{"deal_id": chosen})
	replayed("a user chose", chosen)
	o.Must("PUT", fmt.Sprintf("/v1/mailbox/mailThreads/%d", thread), map[string]any{"deal_id": nil})
	replayed("a user chose none", 0)
}

// TestAUsersChoiceOutlivesAMergeOfTheDealInTheAddress: it is still the same address that everybody answers to.
func TestAUsersChoiceOutlivesAMergeOfTheDealInTheAddress(t *testing.T) {
	t.Parallel()
	o := open(t)
	gone, heir, chosen := o.deal("Gone", 0, 0), o.deal("Heir", 0, 0), o.deal("Chosen", 0, 0)
	address := o.AddressOf("deal", gone)
	thread := o.mailTo(ada, o.letter("outbound"), address).Threads[0]
	o.Must("PUT", fmt.Sprintf("/v1/mailbox/mailThreads/%d", thread), map[string]any{"deal_id": chosen})
	o.Must("PUT", fmt.Sprintf("/v1/deals/%d/merge", gone), map[string]any{"merge_with_id": heir})
	o.settle()
	again := header("Ada <"+ada+">", "Jan <"+jan+">", "Re: Oferta", "again@acme.example") + "In-Reply-To: <offer-1@acme.example>\n\nfine\n"
	o.mailTo(ada, again, address)
	if got := value.Deref(o.thread(thread).DealID); got != chosen {
		t.Errorf("deal %d, want %d", got, chosen)
	}
}

// TestWhoseMailIsNobodysStaysWhereItWasFiled: a list makes no persons, so what its thread belongs to was said once, by the address or by a user.
func TestWhoseMailIsNobodysStaysWhereItWasFiled(t *testing.T) {
	t.Parallel()
	o := open(t)
	org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient"}).ID()
	for name, file := range map[string]func(letter string) entry{
		"an organization's address": func(letter string) entry {
			return o.mailTo("news@shop.example", letter, o.AddressOf("organization", org))
		},
		"none, as a user said": func(letter string) entry {
			e := o.mailTo("news@shop.example", letter, o.Address())
			if e.State != "needs_choice" {
				t.Errorf("%+v", e)
			}
			o.Must("PUT", fmt.Sprintf("/v1/mailbox/mailThreads/%d", e.Threads[0]), map[string]any{"deal_id": nil})
			return o.newest()
		},
	} {
		id := strings.ReplaceAll(strings.ReplaceAll(name, " ", "-"), "'", "") + "@shop.example"
		letter := header("News <news@shop.example>", o.Address(), name, id) + "List-Id: <prices.shop.example>\n\nhi\n"
		first := file(letter)
		second := o.mailTo("news@shop.example", header("News <news@shop.example>", o.Address(), "Re: "+name, "2-"+id)+"In-Reply-To: <"+id+">\nList-Id: <prices.shop.example>\n\nhi\n", o.Address())
		if first.State != "linked" || second.State != "linked" || !slices.Equal(first.Threads, second.Threads) {
			t.Errorf("%s: %+v, then %+v", name, first, second)
		}
		o.Must("POST", "/api/v2/inboundMail/"+second.ID+"/replay", nil)
		if again := o.newest(); again.State != "linked" {
			t.Errorf("%s, replayed: %+v", name, again)
		}
	}
}

// TestAThreadOfTenPersonsTellsWhomItHasNoRoomFor: who is named by the address is not linked, and that is said.
func TestAThreadOfTenPersonsTellsWhomItHasNoRoomFor(t *testing.T) {
	t.Parallel()
	o := open(t)
	to := make([]string, 10)
	for i := range to {
		to[i] = fmt.Sprintf("p%d@klient.example", i)
	}
	e := o.mailTo(ada, header("Ada <"+ada+">", strings.Join(to, ", "), "All", "all@acme.example")+"\nhi\n", o.Address())
	person := o.person("Jan", jan, 0)
	again := o.mailTo(ada, header("Ada <"+ada+">", to[0], "Re: All", "again@acme.example")+"In-Reply-To: <all@acme.example>\n\nhi\n", o.AddressOf("person", person))
	if len(again.Persons) != 10 || slices.Contains(again.Persons, person) || !slices.Equal(again.Threads, e.Threads) || !strings.Contains(o.evidence(again), fmt.Sprintf("row 3: person %d is not linked", person)) {
		t.Errorf("%+v", again)
	}
}
