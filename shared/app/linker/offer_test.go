package linker_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/app/persons"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/mailbox"
)

// at is a letter of that minute.
func at(letter string, minute int) string {
	date := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC).Add(time.Duration(minute) * time.Minute)
	return strings.Replace(letter, "Date: Mon, 23 Nov 2026 09:00:00 +0100", "Date: "+date.Format(time.RFC1123Z), 1)
}

// counted has the function of persons count its calls.
func (o office) counted() *breaker {
	b := &breaker{kinds: map[string]int{}}
	o.app.Construct("persons", func(env boot.Env) lambda.Handler {
		env.DynamoDB = dynamodb.New(env.DynamoDB.Options(), func(options *dynamodb.Options) { options.APIOptions = append(options.APIOptions, b.hook().Add) })
		return persons.New(env)
	})
	return b
}

func (b *breaker) taken() (calls int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, n := range b.kinds {
		calls += n
	}
	clear(b.kinds)
	return calls
}

// TestOffersCostTheSameInAFullMailbox: pages hold each offered thread once, newest first, among others, and cost the same.
func TestOffersCostTheSameInAFullMailbox(t *testing.T) {
	t.Parallel()
	o := open(t)
	calls := o.counted()
	const home = "jan@home.example"
	person := o.Must("POST", "/api/v2/persons", map[string]any{"name": "Jan", "emails": []any{map[string]any{"value": jan}, map[string]any{"value": home}}}).ID()
	var want []int64
	fill := func(from, to int) {
		for i := from; i < to; i++ {
			id := fmt.Sprintf("m%d@x", i)
			switch i % 3 {
			case 0: // the person's, without a deal
				want = append(want, o.post(jan, at(header("Jan <"+jan+">", "Ada <"+ada+">", fmt.Sprint("Mine ", i), id)+"\nhi\n", i)).Threads[0])
			case 1: // of an address in Cc, so that nobody is linked who has it
				want = append(want, o.post("eve@x.example", at(unproven+header("Eve <eve@x.example>", "Ada <"+ada+">", fmt.Sprint("Ours ", i), id)+"Cc: "+home+"\n\nhi\n", i)).Threads[0])
			case 2:
				o.post("eve@x.example", at(unproven+header("Eve <eve@x.example>", "Ada <"+ada+">", fmt.Sprint("Hers ", i), id)+"\nhi\n", i))
			}
		}
	}
	fill(0, 3)
	o.deal("Line", person, 0)
	o.deal("Second", person, 0)
	page := func() int {
		calls.taken()
		o.Must("GET", apptest.Path(offersPath+"?limit=50", person), nil)
		return calls.taken()
	}
	accept := func(thread int64) int {
		calls.taken()
		if got := o.accept(person, map[string]any{"deal_id": nil}, thread); got != "linked" {
			t.Errorf("accepted: %s", got)
		}
		return calls.taken()
	}
	few, early := page(), accept(want[1])
	want = slices.Delete(want, 1, 2)
	o.Must("DELETE", apptest.Path("/api/v2/deals/%d", 2), nil)
	o.Must("DELETE", apptest.Path("/api/v2/deals/%d", 1), nil)
	fill(3, 303) // while there is no deal
	o.deal("Line", person, 0)
	o.deal("Second", person, 0)
	many := page()
	slices.Reverse(want)
	for _, size := range []int{7, 50, 100} {
		if got := o.offers(person, size); !slices.Equal(threadsOf(got), want) {
			t.Errorf("in pages of %d: %d threads, want %d: %v", size, len(got), len(want), threadsOf(got))
		}
	}
	late := accept(want[1])
	t.Logf("a page: %d calls for 2 threads, %d for %d; accepting one: %d, then %d", few, many, len(want), early, late)
	if many > few || many > 13 || late > early || late > 14 {
		t.Errorf("a page: %d calls for 2 threads, %d for %d; accepting one: %d, then %d", few, many, len(want), early, late)
	}
}

func threadsOf(list []offer) (ids []int64) {
	for _, f := range list {
		ids = append(ids, f.Thread)
	}
	return ids
}

// TestAPageEndsAfterSoManyRowsAndPersons: it comes back short, and the next goes on, to the end.
func TestAPageEndsAfterSoManyRowsAndPersons(t *testing.T) {
	t.Parallel()
	o := open(t)
	calls := o.counted()
	const home = "jan@home.example"
	first := o.unknown(home, "First", "first@x")
	person := o.Must("POST", "/api/v2/persons", map[string]any{"name": "Jan", "emails": []any{map[string]any{"value": jan}, map[string]any{"value": home}}}).ID()
	own := o.post(jan, header("Jan <"+jan+">", "Ada <"+ada+">", "Own", "own@x")+"\nhi\n").Threads[0]
	deal := o.deal("Line", person, 0)
	stored, err := o.app.DB.GetAny(t.Context(), o.Team.ID, []change.Ref{change.Of(change.MailThread, own)})
	if err != nil {
		t.Fatal(err)
	}
	filed := stored[change.Of(change.MailThread, own)].(mailbox.Thread)
	filed.DealID, filed.Version = &deal, 0
	for i := range 650 { // the person's, with a deal, and newer than all
		filed.ID, filed.LastMessageTime = int64(1000+i), filed.LastMessageTime.Add(time.Second)
		set := change.Set{Team: o.Team.ID}
		set.PutPlaced(nil, filed, change.Targets{Refs: filed.Shown})
		if err := o.app.DB.Commit(t.Context(), set); err != nil {
			t.Fatal(err)
		}
	}
	var sizes []int
	for cursor := ""; ; {
		calls.taken()
		got := o.Must("GET", apptest.Path(offersPath+"?limit=100&cursor=%s", person, cursor), nil)
		if n := calls.taken(); n > 20 {
			t.Errorf("a page took %d calls", n)
		}
		sizes = append(sizes, len(got.List()))
		next, _ := got.Body["additional_data"].(map[string]any)["next_cursor"].(string)
		if cursor = next; cursor == "" {
			break
		}
	}
	if got := o.offered(person); fmt.Sprint(sizes) != "[0 0 2]" || len(got) != 2 || !slices.Contains(got, first) || !slices.Contains(got, own) {
		t.Errorf("pages of %v, in all %v", sizes, got)
	}
}

func TestAPageEndsWithTheThreadsOfTwentyPersons(t *testing.T) {
	t.Parallel()
	o := open(t)
	calls := o.counted()
	const home = "jan@home.example"
	for i := range 12 { // threads of others in which the person's address is a stranger
		id := fmt.Sprintf("c%d@x", i)
		o.unknown(home, fmt.Sprint("Crowd ", i), id)
		to := fmt.Sprintf("a%d@y.example, b%d@y.example, c%d@y.example, d%d@y.example", i, i, i, i)
		o.post(ada, header("Ada <"+ada+">", to, fmt.Sprint("Re: Crowd ", i), "re-"+id)+"In-Reply-To: <"+id+">\n\nhi\n")
	}
	person := o.person("Jan", home, 0)
	calls.taken()
	got := o.Must("GET", apptest.Path(offersPath+"?limit=100", person), nil)
	if n, size := calls.taken(), len(got.List()); size != 5 || n > 45 || !strings.Contains(got.Raw, `"next_cursor":"`) {
		t.Errorf("a page of %d threads took %d calls", size, n)
	}
	if got := o.offered(person); len(got) != 12 {
		t.Errorf("in all %v", got)
	}
}

// TestAStrangerCostsAMailNoCall: a row more in the transaction, that is all.
func TestAStrangerCostsAMailNoCall(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.person("Jan", jan, 0)
	o.person("Anna", "anna@klient.example", 0)
	letter := func(id, cc string) string {
		return header("Jan <"+jan+">", "Ada <"+ada+">", "About "+id, id+"@x") + cc + "\nhi\n"
	}
	alone, with := o.calls(jan, letter("1", "")), o.calls(jan, letter("2", "Cc: eve@x.example\n"))
	if !maps.Equal(alone, with) {
		t.Errorf("without a stranger %v, with one %v", alone, with)
	}
}

// TestAThreadOfManyIsStillWritten: of persons and strangers as many as there may be, in several mails.
func TestAThreadOfManyIsStillWritten(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.settle()
	var known, more, strangers []string
	for i := range 10 {
		org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": fmt.Sprint("Firm ", i)}).ID()
		email := fmt.Sprintf("p%d@firm%d.example", i, i)
		o.person(fmt.Sprint("P", i), email, org)
		if known = append(known, email); i >= 5 {
			more = append(more, email)
		}
	}
	for i := range 40 {
		strangers = append(strangers, fmt.Sprintf("s%d@x.example", i))
	}
	for name, mails := range map[string][][]string{
		"all at once": {known, known, known}, "five, then ten": {known[:5], more, known}, "nine": {known[:9], known[:9], known[:9]}, "eight, then nine": {known[:8], known[:8], known[:9]},
		"four": {known[:4], known[:4], known[:5]}, "six": {known[:6], known[:6], known[:6]},
	} {
		first := fmt.Sprintf("%x@x", name)
		thread := o.post(jan, unproven+at(header("Mel <mel@x.example>", strings.Join(append([]string{ada}, strangers...), ", "), name, first)+"\nhi\n", 1)).Threads[0]
		for i, to := range mails {
			letter := header("Ada <"+ada+">", strings.Join(to, ", "), "Re: "+name, fmt.Sprintf("%d-%s", i, first))
			if e := o.post(ada, at(letter+"In-Reply-To: <"+first+">\n\nmore\n", 2+i)); e.Threads[0] != thread || len(e.Persons) < 4 {
				t.Fatalf("%s: %+v", name, e)
			}
		}
		o.settle()
		o.again(o.newest().ID, "replay")
		o.deleteThread(thread)
	}
}

// walk is what a person is to be offered, by looking at each thread of the team and all its mails.
func (o office) walk(id int64) (want []string) {
	o.t.Helper()
	var refs []change.Ref
	for n := range int64(80) {
		refs = append(refs, change.Of(change.MailThread, n+1))
	}
	records, err := o.app.DB.GetAny(o.t.Context(), o.Team.ID, refs)
	if err != nil {
		o.t.Fatal(err)
	}
	person := o.Must("GET", apptest.Path("/api/v2/persons/%d?include_fields=open_deals_count", id), nil).Data()
	has := map[string]bool{}
	for _, e := range person["emails"].([]any) {
		has[e.(map[string]any)["value"].(string)] = true
	}
	open := person["open_deals_count"] != 0.0
	if org := person["org_id"]; org != nil && !open {
		open = o.Must("GET", apptest.Path("/api/v2/organizations/%v?include_fields=open_deals_count", org), nil).Data()["open_deals_count"] != 0.0
	}
	for _, record := range records {
		thread := record.(mailbox.Thread)
		if thread.Deleted {
			continue
		}
		if slices.Contains(thread.PersonIDs, id) {
			if open && thread.DealID == nil && thread.DealChosenTime == nil {
				want = append(want, fmt.Sprintf("%d deal", thread.ID))
			}
			continue
		}
		settled := map[string]bool{}
		for _, p := range slices.Concat(thread.From, thread.To) {
			settled[p.Email] = settled[p.Email] || slices.Contains(thread.PersonIDs, p.PersonID)
		}
		found := false
		for _, m := range read[[]mailParties](o, apptest.Path("/v1/mailbox/mailThreads/%d/mailMessages", thread.ID)) {
			for _, p := range slices.Concat(m.From, m.To, m.CC) {
				found = found || has[p.Email] && !settled[p.Email]
			}
		}
		if found && len(thread.PersonIDs) < 10 {
			want = append(want, fmt.Sprintf("%d address", thread.ID))
		}
	}
	slices.Sort(want)
	return want
}

type mailParties struct {
	From, To, CC []struct {
		Email string `json:"email_address"`
	}
}

// shelved compares what lies in the collections of addresses with the threads: none too many is left there.
func (o office) shelved() {
	o.t.Helper()
	want, got := map[string]bool{}, map[string]bool{}
	for id := range int64(80) {
		records, err := o.app.DB.GetAny(o.t.Context(), o.Team.ID, []change.Ref{change.Of(change.MailThread, id+1)})
		if err != nil {
			o.t.Fatal(err)
		}
		if thread, ok := records[change.Of(change.MailThread, id+1)].(mailbox.Thread); ok && !thread.Deleted {
			for _, email := range thread.Strangers {
				want[fmt.Sprint(thread.ID, email, thread.LastMessageTime)] = true
			}
		}
	}
	for n := range 7 {
		email := fmt.Sprintf("a%d@x.example", n)
		rows, _, err := o.app.DB.Rows(o.t.Context(), o.Team.ID, change.AddressOf(email), change.Range{Shelf: change.Strangers})
		if err != nil {
			o.t.Fatal(err)
		}
		for _, row := range rows {
			got[fmt.Sprint(row.Source.ID(), email, row.At)] = true
		}
	}
	if !maps.Equal(got, want) {
		o.t.Fatalf("rows of addresses %v, want %v", got, want)
	}
}

// TestOffersAreWhatAWalkOverAllThreadsFinds after any series of mails, changes of persons and deals, and acceptances.
func TestOffersAreWhatAWalkOverAllThreadsFinds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			o, r := open(t), rand.New(rand.NewPCG(seed, 8))
			settle := o.app.Follow()
			orgs := []int64{o.Must("POST", "/api/v2/organizations", map[string]any{"name": "A"}).ID(), o.Must("POST", "/api/v2/organizations", map[string]any{"name": "B"}).ID()}
			email := func() string { return fmt.Sprintf("a%d@x.example", r.IntN(7)) }
			var people, threads, deals []int64
			offered, compared := 0, 0
			pick := func(list []int64) int64 {
				if len(list) == 0 {
					return 999
				}
				return list[r.IntN(len(list))]
			}
			for step := range 80 {
				switch n := r.IntN(20); {
				case n < 7: // a mail, perhaps an answer to an earlier one
					from, head := email(), ""
					if r.IntN(3) > 0 {
						head = unproven
					}
					head += header("N <"+from+">", "Ada <"+ada+">, "+email(), fmt.Sprint("Subject ", step), fmt.Sprintf("m%d@x", step))
					if r.IntN(2) == 0 {
						head += "Cc: " + email() + ", " + email() + "\n"
					}
					if r.IntN(3) == 0 && step > 0 {
						head += fmt.Sprintf("In-Reply-To: <m%d@x>\n", r.IntN(step))
					}
					threads = append(threads, o.post(from, at(head+fmt.Sprintf("\nhi %d\n", step), r.IntN(500))).Threads...)
				case n < 9:
					body := map[string]any{"name": "P", "emails": []any{map[string]any{"value": email()}, map[string]any{"value": email()}}}
					if r.IntN(2) == 0 {
						body["org_id"] = orgs[r.IntN(2)]
					}
					if got := o.Do("POST", "/api/v2/persons", body); got.Status == 200 {
						people = append(people, got.ID())
					}
				case n < 10:
					o.Do("PATCH", apptest.Path("/api/v2/persons/%d", pick(people)), map[string]any{"emails": []any{map[string]any{"value": email()}}})
				case n < 11 && len(people) > 3:
					o.Do("DELETE", apptest.Path("/api/v2/persons/%d", pick(people)), nil)
				case n < 12 && len(people) > 3:
					o.Do("PUT", apptest.Path("/v1/persons/%d/merge", pick(people)), map[string]any{"merge_with_id": pick(people)})
				case n < 14:
					body := map[string]any{"title": "D", "person_id": pick(people)}
					if r.IntN(4) == 0 {
						body = map[string]any{"title": "D", "org_id": orgs[r.IntN(2)]}
					}
					if got := o.Do("POST", "/api/v2/deals", body); got.Status == 200 {
						deals = append(deals, got.ID())
					}
				case n < 16:
					o.Do("PATCH", apptest.Path("/api/v2/deals/%d", pick(deals)), map[string]any{"status": []string{"open", "won", "lost"}[r.IntN(3)]})
				case n < 17:
					o.Do("PUT", apptest.Path("/v1/mailbox/mailThreads/%d", pick(threads)), []map[string]any{{"deal_id": nil}, {"person_id": pick(people)}, {"read_flag": 1}}[r.IntN(3)])
				case n < 18 && len(threads) > 10:
					o.Do("DELETE", apptest.Path("/v1/mailbox/mailThreads/%d", pick(threads)), nil)
				default:
					person := pick(people)
					body := map[string]any{"thread_ids": []int64{pick(threads)}}
					if o.Do("GET", apptest.Path("/api/v2/persons/%d", person), nil).Data()["is_deleted"] == false {
						if list := o.offered(person); len(list) > 0 {
							body["thread_ids"] = []int64{pick(list)}
						}
					}
					if r.IntN(2) == 0 {
						body["deal_id"] = pick(deals)
					}
					if got := o.Do("POST", apptest.Path(offersPath, person), body); got.Status >= 500 {
						t.Fatalf("%d %s", got.Status, got.Raw)
					}
				}
				if step%10 != 9 {
					continue
				}
				if r.IntN(2) == 0 {
					settle()
					o.shelved()
				}
				for _, p := range o.persons() {
					var got []string
					for _, f := range o.offers(p.ID, 1+r.IntN(5)) {
						got = append(got, fmt.Sprintf("%d %s", f.Thread, f.Reason))
					}
					slices.Sort(got)
					want := o.walk(p.ID)
					if compared++; !slices.Equal(got, want) {
						t.Fatalf("step %d: person %d is offered %v, the walk finds %v", step, p.ID, got, want)
					}
					offered += len(got)
				}
			}
			if compared < 20 || offered < 30 {
				t.Errorf("only %d comparisons of %d offers", compared, offered)
			}
			t.Logf("%d comparisons of %d offers", compared, offered)
		})
	}
}
