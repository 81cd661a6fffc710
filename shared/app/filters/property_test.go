package filters_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/change"
)

// rows are the records of a list, by id.
func (w *world) rows(kind string) (all []any) {
	switch kind {
	case "deals":
		for _, r := range w.deals {
			all = append(all, r)
		}
	case "people":
		for _, r := range w.persons {
			all = append(all, r)
		}
	case "org":
		for _, r := range w.organizations {
			all = append(all, r)
		}
	case "activity":
		for _, r := range w.activities {
			all = append(all, r)
		}
	}
	return all
}

// visible are the objects that conditions may ask about, by type of filter.
var visible = map[string][]string{
	"deals": {change.Deal, change.Person, change.Organization}, "people": {change.Person, change.Organization}, "org": {change.Organization},
	"activity": {change.Activity, change.Deal, change.Person, change.Organization},
}

// sampled is a question whose value some record has, or nearly.
func (w *world) sampled(a asked, op string) question {
	q := question{asked: a, op: op}
	var v any
	for range 20 { // some record that has a value
		switch a.object {
		case change.Deal:
			v = a.get(w, pick(w, w.deals...))
		case change.Person:
			v = a.get(w, pick(w, w.persons...))
		case change.Organization:
			v = a.get(w, pick(w, w.organizations...))
		case change.Activity:
			v = a.get(w, pick(w, w.activities...))
		}
		if v != nil {
			break
		}
	}
	if r, ok := v.([2]string); ok {
		v = pick(w, r[0], r[1])
	}
	if at, ok := v.(time.Time); ok {
		v = at.In(zone).Format(time.DateOnly)
	}
	switch a.kind {
	case "number":
		q.value = fmt.Sprint(pick[any](w, 0, 7, 12.5))
		if f, ok := v.(float64); ok && w.r.IntN(4) > 0 {
			q.value = strings.TrimSuffix(fmt.Sprintf("%.6f", f), "000000")
			q.value = strings.TrimSuffix(q.value, ".")
		}
	case "date", "entered", "daterange":
		if q.value, _ = v.(string); q.value == "" || w.r.IntN(2) == 0 {
			q.value = pick(w, relativeDates...)
		}
	case "time", "timerange":
		if q.value, _ = v.(string); q.value == "" {
			q.value = "09:30"
		}
	case "text", "title":
		switch v := v.(type) {
		case string:
			q.value = v
		case []string:
			q.value = v[0]
		}
		if r := []rune(q.value); len(r) > 1 && w.r.IntN(2) == 0 {
			cut := 1 + w.r.IntN(len(r)-1)
			q.value = pick(w, string(r[:cut]), string(r[cut:]), strings.ToUpper(q.value))
		}
		if strings.TrimSpace(q.value) == "" {
			q.value = "ada"
		}
	default:
		ids, _ := v.([]string)
		if q.value = strings.Join(ids, ","); len(ids) == 0 {
			q.value = "1"
			if a.part == "currency" {
				q.value = "EUR"
			}
		} else if len(ids) > 1 && (a.kind != "set" || w.r.IntN(2) == 0) {
			q.value = pick(w, ids...)
		}
		if a.kind == "user" && w.r.IntN(3) == 0 {
			q.value = "me"
		}
	}
	return q
}

// expected are the ids that looking at every row finds.
func (w *world) expected(kind string, all, one []question) (ids []int64) {
	deleted := slices.ContainsFunc(append(slices.Clone(all), one...), func(q question) bool { return q.id == 1013 && kind == "deals" && q.op == "=" && q.value == "deleted" })
	for i, row := range w.rows(kind) {
		var gone struct{ Deleted bool }
		text, _ := json.Marshal(row)
		_ = json.Unmarshal(text, &gone)
		if gone.Deleted && !deleted {
			continue
		}
		no := func(q question) bool { return !w.holds(q, row) }
		if slices.ContainsFunc(all, no) || len(one) > 0 && !slices.ContainsFunc(one, func(q question) bool { return w.holds(q, row) }) {
			continue
		}
		ids = append(ids, int64(i+1))
	}
	return ids
}

// check asks the API and the oracle.
func (w *world) check(saved map[string]int64, kind string, all, one []question) int {
	w.t.Helper()
	list := func(qs []question) (cs []condition) {
		for _, q := range qs {
			cs = append(cs, q.condition())
		}
		return cs
	}
	body := map[string]any{"name": "x", "type": kind, "conditions": conditions(list(all), list(one))}
	path, method := "/v1/filters", "POST"
	if id := saved[kind]; id != 0 {
		path, method = fmt.Sprintf("/v1/filters/%d", id), "PUT"
	}
	a := w.c.Do(method, path, body)
	if a.Status != 200 {
		text, _ := json.Marshal(body)
		w.t.Errorf("%s %s: %s", method, text, a.Raw)
		return 0
	}
	saved[kind] = a.ID()
	got := found(w.t, w.c, fmt.Sprintf("%s?filter_id=%d", paths[kind], saved[kind]), pick(w, 20, 500, 500, 500))
	want := w.expected(kind, all, one)
	if !slices.Equal(got, want) {
		text, _ := json.Marshal(body["conditions"])
		w.t.Errorf("%s %s\n got %v\nwant %v", kind, text, got, want)
	}
	return len(want)
}

// TestAFilterFindsWhatLookingAtEveryRecordFinds tries every operator on every field, also across links, and then random mixtures.
func TestAFilterFindsWhatLookingAtEveryRecordFinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fields := w.askable()
	saved, hits, tries := map[string]int64{}, 0, 0
	try := func(kind string, all, one []question) {
		if tries++; w.check(saved, kind, all, one) > 0 {
			hits++
		}
	}
	seen := map[string]bool{}
	for _, a := range fields {
		ops := operators[a.kind]
		if name := a.object + a.kind; seen[name] {
			ops = []string{pick(w, ops...)} // all of them were tried on another field of the type
		} else {
			seen[name] = true
		}
		for _, op := range ops {
			for kind, objects := range visible {
				if objects[0] == a.object || slices.Contains(objects, a.object) && w.r.IntN(4) == 0 {
					try(kind, []question{w.sampled(a, op)}, nil)
				}
			}
		}
	}
	for range 100 {
		kind := pick(w, "deals", "people", "org", "activity")
		var groups [2][]question
		for range 1 + w.r.IntN(6) {
			var a asked
			for ok := false; !ok; ok = slices.Contains(visible[kind], a.object) {
				a = pick(w, fields...)
			}
			g := w.r.IntN(2)
			groups[g] = append(groups[g], w.sampled(a, pick(w, operators[a.kind]...)))
		}
		try(kind, groups[0], groups[1])
	}
	t.Logf("%d of %d filters found something", hits, tries)
	if hits < tries/2 {
		t.Errorf("only %d of %d filters found anything", hits, tries)
	}
}
