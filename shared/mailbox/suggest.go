package mailbox

import (
	"context"
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/change"
)

// Suggestion is somebody whom mail may be about, or an address that may be somebody's: for a user to confirm, never done by itself.
type Suggestion struct {
	PersonID int64
	Name     string
	Email    string // that the person seems to have; empty where the mail names none
	Reason   string
}

const (
	maxSuggestions    = 5
	maxCorrespondence = 100 // threads of the forwarding user that are looked through
)

// suggest finds whom a forward without an address may be of (row 9): those with whom the user exchanges mail who have the name
// that it gives, then those who wrote under its subject.
func (r run) suggest(ctx context.Context, it Item) ([]Suggestion, error) {
	if !it.Unresolved || r.judged.User.ID == 0 {
		return nil, nil
	}
	all := func(Thread) bool { return true }
	threads, _, err := r.Store.ThreadPage(ctx, r.Team, r.judged.User.ID, false, all, 0, maxCorrespondence)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, t := range threads {
		ids = union(ids, t.PersonIDs...)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	known, err := r.People.Persons(ctx, r.Team, ids)
	if err != nil {
		return nil, err
	}
	var list []Suggestion
	add := func(id int64, reason string) {
		p, ok := known[id]
		if ok && len(list) < maxSuggestions && !slices.ContainsFunc(list, func(s Suggestion) bool { return s.PersonID == id }) {
			list = append(list, Suggestion{PersonID: id, Name: p.Name, Reason: reason})
		}
	}
	for _, id := range ids {
		if name := sender(it.Parsed).Name; name != "" && sameName(known[id].Name, name) {
			add(id, "has the name of the sender")
		}
	}
	for _, t := range threads {
		if distinctive(it.Parsed.BaseSubject) && strings.EqualFold(t.BaseSubject, cut(it.Parsed.BaseSubject, maxSubject)) {
			for _, id := range t.PersonIDs {
				add(id, "takes part in a thread of this subject")
			}
		}
	}
	return list, nil
}

// namesake is the thread's person whose name an unknown address bears: rather a new address of hers than another person.
func namesake(thread []int64, known map[int64]Person, name string) (Person, bool) {
	if len(words(name)) < 2 {
		return Person{}, false
	}
	for _, id := range thread {
		if p, ok := known[id]; ok && sameName(p.Name, name) {
			return p, true
		}
	}
	return Person{}, false
}

// sameName compares names regardless of case and of which part comes first, as in "Kowalski, Jan".
func sameName(a, b string) bool { return slices.Equal(words(a), words(b)) }

func words(name string) []string {
	list := strings.FieldsFunc(change.NormalText(name), func(r rune) bool { return r == ' ' || r == ',' || r == '\'' || r == '"' })
	slices.Sort(list)
	return list
}

// suggested puts new suggestions before those that were made already.
func suggested(now, before []Suggestion) []Suggestion {
	all := slices.Clone(now)
	for _, s := range before {
		if !slices.ContainsFunc(all, func(o Suggestion) bool { return o.PersonID == s.PersonID && o.Email == s.Email }) {
			all = append(all, s)
		}
	}
	return all[:min(len(all), maxSuggestions)]
}
