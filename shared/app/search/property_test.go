package search_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/shared/app/apptest"
)

// names of people, places and things whose letters are more than ASCII.
var names = strings.Fields(`Łukasz Żółkiewska Gęślarz Święcicki Ździebło Müller Straßer Jäger Österreicher Größmann İbrahim Işık Çağlar Öztürk Gümüş Ğuven
 Οδυσσεύς Παπαδόπουλος Αθανασίου Ψυχή Ærø Sørensen Østergård Œuvrard Dvořák Đorđević Þórsson O'Brien D'Angelo Kowalska-Nowak łódka Łódź
 maria mariano marta Mark Acme ACME acme.example Consulting consult sp. z o.o. GmbH A.Ş. AE 2024 20240 24 x1`)

// maker writes random records through the API, and remembers them for a scan.
type maker struct {
	*rand.Rand
	world
	c *apptest.Client
}

func (k *maker) words(n int) string {
	picked := make([]string, 1+k.IntN(n))
	for i := range picked {
		if picked[i] = names[k.IntN(len(names))]; k.IntN(4) == 0 {
			picked[i] = strings.ToUpper(picked[i])
		}
	}
	return strings.Join(picked, []string{" ", ", ", "-", " / "}[k.IntN(4)])
}

// one is a random record of a kind that is not deleted; nil for none.
func (k *maker) one(kind string) *record {
	var of []*record
	for _, r := range k.records {
		if r.kind == kind && !r.deleted {
			of = append(of, r)
		}
	}
	if len(of) == 0 || k.IntN(5) == 0 {
		return nil
	}
	return of[k.IntN(len(of))]
}

// link is a random record's id for a body, and for the scan.
func (k *maker) link(kind string) (any, int64) {
	if r := k.one(kind); r != nil {
		return r.id, r.id
	}
	return nil, 0
}

func (k *maker) phone() string {
	return apptest.Path("+%d (%03d) %03d-%03d", 40+k.IntN(9), 600+k.IntN(3), k.IntN(1000), k.IntN(1000))
}

// state is a body, and the record that it makes.
func (k *maker) state(kind string) (body m, r record) {
	r = record{kind: kind, texts: map[string][]string{}}
	switch kind {
	case "organization":
		name, address := k.words(3), k.words(3)
		r.texts["name"], r.texts["address"] = []string{name}, []string{address}
		return m{"name": name, "address": m{"value": address}}, r
	case "person":
		name, notes := k.words(3), k.words(4)
		org, id := k.link("organization")
		var emails, phones []m
		for range k.IntN(3) {
			email := apptest.Path("x%d.%s@acme-%d.example", k.IntN(50), []string{"jan", "maria", "sales+eu"}[k.IntN(3)], k.IntN(5))
			emails, r.texts["email"] = append(emails, m{"value": email}), append(r.texts["email"], email)
			phone := k.phone()
			phones, r.texts["phone"] = append(phones, m{"value": phone}), append(r.texts["phone"], phone)
		}
		r.texts["name"], r.texts["notes"], r.organization = []string{name}, []string{notes}, id
		return m{"name": name, "notes": notes, "org_id": org, "emails": emails, "phones": phones}, r
	case "deal":
		title := k.words(4)
		person, p := k.link("person")
		org, o := k.link("organization")
		r.texts["title"], r.person, r.organization = []string{title}, p, o
		return m{"title": title, "person_id": person, "org_id": org}, r
	}
	content := "<p>" + k.words(6) + "</p> <b>" + k.words(3) + "</b>"
	r.texts["notes"] = []string{content}
	body = m{"content": content}
	for body["deal_id"] == nil && body["person_id"] == nil && body["org_id"] == nil {
		body["deal_id"], r.deal = k.link("deal")
		body["person_id"], r.person = k.link("person")
		body["org_id"], r.organization = k.link("organization")
	}
	return body, r
}

var paths = map[string]string{"deal": "/api/v2/deals", "person": "/api/v2/persons", "organization": "/api/v2/organizations", "note": "/v1/notes"}

// step makes, changes or deletes a record.
func (k *maker) step() {
	kind := []string{"organization", "person", "deal", "note"}[k.IntN(4)]
	if len(k.records) < 3 {
		kind = "organization"
	}
	body, now := k.state(kind)
	old := k.one(kind)
	switch dice := k.IntN(10); {
	case old == nil || dice < 5:
		now.id = k.c.Must("POST", paths[kind], body).ID()
		k.records = append(k.records, &now)
	case dice < 9:
		method := "PATCH"
		if kind == "note" {
			method = "PUT"
		}
		k.c.Must(method, apptest.Path("%s/%d", paths[kind], old.id), body)
		now.id = old.id
		*old = now
	default:
		k.c.Must("DELETE", apptest.Path("%s/%d", paths[kind], old.id), nil)
		old.deleted = true
	}
}

// term is a part of what some record says, or nothing that any says.
func (k *maker) term() string {
	var parts []string
	r := k.records[k.IntN(len(k.records))]
	for range 1 + k.IntN(3) {
		word := []rune(names[k.IntN(len(names))])
		if k.IntN(5) > 0 {
			var texts []string
			for _, list := range r.texts {
				texts = append(texts, list...)
			}
			slices.Sort(texts)
			if of := strings.FieldsFunc(strings.Join(texts, " "), func(r rune) bool { return strings.ContainsRune(" <>/@", r) }); len(of) > 0 {
				word = []rune(of[k.IntN(len(of))])
			}
		}
		if len(word) > 3 && k.IntN(2) == 0 {
			word = word[:2+k.IntN(len(word)-2)]
		}
		parts = append(parts, string(word))
	}
	if k.IntN(6) == 0 {
		digits := strconv.Itoa(k.IntN(1000))
		parts = []string{strings.Repeat("0", 3-len(digits)) + digits}
	}
	term := strings.Join(parts, " ")
	words := wordsIn(plain(term))
	if len(words) > 6 || slices.ContainsFunc(words, func(w string) bool { return len([]rune(w)) < 2 }) {
		return k.term() // of so many words some are not looked up, nor are those of one letter
	}
	if k.IntN(2) == 0 {
		return strings.ToUpper(term)
	}
	return term
}

// late hands out some batches again, whole or a record alone, after others that came later, as streams do.
func late(r *rand.Rand) (through func(apptest.Deliver) apptest.Deliver, again func(t *testing.T)) {
	var mu sync.Mutex
	var seen []events.DynamoDBEventRecord
	var next apptest.Deliver
	hand := func(ctx context.Context, records ...events.DynamoDBEventRecord) ([]byte, error) {
		raw, err := json.Marshal(events.DynamoDBEvent{Records: records})
		if err != nil {
			return nil, err
		}
		return next(ctx, raw)
	}
	through = func(n apptest.Deliver) apptest.Deliver {
		next = n
		return func(ctx context.Context, event []byte) ([]byte, error) {
			mu.Lock()
			defer mu.Unlock()
			var e events.DynamoDBEvent
			if err := json.Unmarshal(event, &e); err != nil {
				return nil, err
			}
			answer, err := next(ctx, event)
			seen = append(seen, e.Records...)
			for range 3 {
				if one := seen[r.IntN(len(seen))]; err == nil {
					_, err = hand(ctx, one)
				}
			}
			return answer, err
		}
	}
	return through, func(t *testing.T) {
		mu.Lock()
		defer mu.Unlock()
		for _, i := range r.Perm(len(seen)) {
			if _, err := hand(context.Background(), seen[i]); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestSearchFindsWhatAScanFinds changes random records, with a stream that repeats itself, and compares searches with a scan.
func TestSearchFindsWhatAScanFinds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 7))
			through, again := late(rand.New(rand.NewPCG(seed, 8)))
			a := apptest.New(t)
			settle := a.Follow(through)
			k := &maker{Rand: r, c: a.NewTeam("Acme")}
			for range 3 {
				for range 30 {
					k.step()
				}
				settle()
				k.compare(t, 60)
			}
			again(t)
			settle()
			k.compare(t, 60)
		})
	}
}

// compare puts random terms to the search and to the scan.
func (k *maker) compare(t *testing.T, n int) {
	t.Helper()
	hits := 0
	for range n {
		term, kinds, limit := k.term(), []string{"deal", "person", "organization"}, 1+k.IntN(100)
		var fields []string
		target := "/api/v2/itemSearch?item_types=deal,person,organization&"
		switch k.IntN(6) {
		case 0:
			fields = [][]string{{"name", "title"}, {"notes"}, {"email", "phone"}, {"address", "notes"}}[k.IntN(4)]
		case 1:
			kinds = []string{"deal", "person", "organization"}[k.IntN(3):][:1]
			target = "/api/v2/" + kinds[0] + "s/search?"
		}
		target += apptest.Path("term=%s&limit=%d", url.QueryEscape(term), limit)
		if fields != nil {
			target += "&fields=" + strings.Join(fields, ",")
		}
		got := all(t, k.c, target, limit)
		want := k.scan(term, kinds, fields)
		slices.Sort(got)
		slices.Sort(want)
		if hits += len(want); !slices.Equal(got, want) {
			t.Errorf("%q in %v of %v: found %v, want %v", term, fields, kinds, got, want)
		}
	}
	if hits < n/2 {
		t.Errorf("%d searches found only %d records", n, hits)
	}
}

// all pages through a search.
func all(t *testing.T, c *apptest.Client, target string, limit int) (list []string) {
	t.Helper()
	for cursor := ""; ; {
		page := c.Must("GET", target+cursor, nil)
		list = append(list, found(page)...)
		next, more := page.Body["additional_data"].(m)["next_cursor"].(string)
		if len(found(page)) > limit || more && len(found(page)) < limit {
			t.Fatalf("%s: a page of %d", target, len(found(page)))
		}
		if !more {
			return list
		}
		cursor = "&cursor=" + next
	}
}
