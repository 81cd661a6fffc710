package change

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Two records that are one become one: the first is absorbed into the second. That is decided in one transaction, which marks
// the absorbed one deleted and notes the merge; what hangs on it, which may be a lot, moves in the steps of a job. Until that is
// done, whoever reads follows the merges under way (Redirects): records are read with the links that they will have, and what
// shows on a survivor is read from its own collection and from that of the absorbed one. So everything is right at once, and no
// reader knows of merges but the one that reads the table.

// Merge notes that a record was absorbed, or that all that hung on it has moved. At is when.
type Merge struct {
	Absorbed, Into Ref
	At             time.Time
	Done           bool
}

// Redirects are the merges of a team that are under way or were done just now.
type Redirects struct {
	list []Merge
	into map[Ref]Ref // by what was absorbed
}

// NewRedirects are those of these merges.
func NewRedirects(merges ...Merge) Redirects {
	r := Redirects{list: merges}
	if len(merges) > 0 {
		r.into = make(map[Ref]Ref, len(merges))
		for _, m := range merges {
			r.into[m.Absorbed] = m.Into
		}
	}
	return r
}

// Merges are all of them.
func (r Redirects) Merges() []Merge { return r.list }

// Any reports that there are some.
func (r Redirects) Any() bool { return len(r.list) > 0 }

// To is what became of a record: itself, or the one that it was absorbed into in the end.
func (r Redirects) To(ref Ref) Ref {
	for range r.list { // a survivor may have been absorbed in turn, but nothing comes back
		to, absorbed := r.into[ref]
		if !absorbed {
			break
		}
		ref = to
	}
	return ref
}

// Collections are the records whose collections hold what shows on a record: first itself, then all that was absorbed into it
// and is still moving. Those of a part of a person's summary are the parts of all, within all that the organization is made of.
func (r Redirects) Collections(of Ref) []Ref {
	all := []Ref{of}
	if of.Kind() == Address {
		return all // it is absorbed by nothing
	}
	if person, organization, part := strings.Cut(string(of), "@"); part && r.Any() {
		all = nil
		for _, p := range r.Collections(Ref(person)) {
			for _, o := range r.Collections(Named(Organization, organization)) {
				all = append(all, p.Within(o.ID()))
			}
		}
		return all
	}
	if r.To(of) != of {
		return all // what is left there shows on the survivor
	}
	for _, m := range r.list {
		if !m.Done && r.To(m.Absorbed) == of {
			all = append(all, m.Absorbed)
		}
	}
	return all
}

// ID is what became of a record of a kind; 0 stays 0.
func (r Redirects) ID(kind string, id int64) int64 {
	if id == 0 || !r.Any() {
		return id
	}
	return r.To(Of(kind, id)).ID()
}

// Opt is that of an optional link.
func (r Redirects) Opt(kind string, id *int64) *int64 {
	if id == nil {
		return nil
	}
	if to := r.ID(kind, *id); to != *id {
		return &to
	}
	return id
}

// IDs are those of several, each once.
func (r Redirects) IDs(kind string, ids []int64) []int64 {
	if !slices.ContainsFunc(ids, func(id int64) bool { return r.ID(kind, id) != id }) {
		return ids
	}
	to := make([]int64, len(ids))
	for i, id := range ids {
		to[i] = r.ID(kind, id)
	}
	return value.Unique(to)
}

// Custom are the values of custom fields, of which some name records; moved tells that there were such.
func (r Redirects) Custom(values map[int64]value.Custom) (now map[int64]value.Custom, moved bool) {
	now = values
	for field, v := range values {
		if v.Kind == "" || r.ID(v.Kind, v.ID) == v.ID {
			continue
		}
		if !moved {
			now, moved = maps.Clone(values), true
		}
		v.ID = r.ID(v.Kind, v.ID)
		now[field] = v
	}
	return now, moved
}

// MergeName is the job that moves what hangs on a record that was absorbed.
func MergeName(absorbed Ref) string { return "merge-" + string(absorbed) }

// Absorb is what follows from a record's being absorbed by another, beside both their writes.
func (s *Set) Absorb(a auth.Actor, absorbed, into Ref, at time.Time) {
	s.Put(SignpostOf(absorbed), Post{Into: into}, 0)
	s.Merges = append(s.Merges, Merge{Absorbed: absorbed, Into: into, At: at})
	s.Jobs = append(s.Jobs, Job{Name: MergeName(absorbed), Of: absorbed, Into: into, User: a.User})
	s.mergedWith(absorbed, into)
}

// Survive tells, with the write of the record that stays, which one it absorbed.
func (s *Set) Survive(survivor, absorbed Ref) { s.mergedWith(survivor, absorbed) }

func (s *Set) mergedWith(record, other Ref) {
	for i := range s.Records {
		if s.Records[i].Ref == record {
			s.Records[i].Merged = other
		}
	}
}

// Keys of the change log under which merges are told: of the absorbed record by what, of the survivor what.
const (
	MergedWith = "merge_with_id"
	MergedWhat = "merge_what_id"
)

// Merged is the line of the change log for a merge with that record.
func Merged(key string, other Ref) Field {
	id := other.Name()
	return Field{Key: key, New: &id}
}

// Mergeable is a record that can be absorbed.
type Mergeable interface {
	Ref() Ref
	// Gone tells whether it is deleted, and what absorbed it.
	Gone() (deleted bool, into *int64)
}

// Pair reads the record that is to be absorbed and the one that survives. done tells that they were merged already, so that a
// client may ask again.
func Pair[T Mergeable](get func(id int64) (T, error), id, into int64) (absorbed, survivor T, done bool, err error) {
	if absorbed, err = get(id); err != nil {
		return absorbed, survivor, false, err
	}
	kind := absorbed.Ref().Kind()
	if id == into {
		return absorbed, survivor, false, fault.BadField(MergedWith, "must be another %s than the one that is merged", kind)
	}
	if survivor, err = get(into); fault.Is(err, fault.NotFound) {
		err = fault.BadField(MergedWith, "%s %d not found", kind, into)
	}
	if err != nil {
		return absorbed, survivor, false, err
	}
	deleted, was := absorbed.Gone()
	lost, to := survivor.Gone()
	switch {
	case deleted && was != nil && *was == into && !lost:
		return absorbed, survivor, true, nil
	case deleted:
		return absorbed, survivor, false, MissingRecord(absorbed.Ref())
	case to != nil:
		return absorbed, survivor, false, fault.BadField(MergedWith, "%s %d was merged with %s %d itself", kind, into, kind, *to)
	case lost:
		return absorbed, survivor, false, fault.BadField(MergedWith, "%s %d not found", kind, into)
	}
	return absorbed, survivor, false, nil
}

// CheckMerge refuses a merge that one transaction does not hold, or that leaves the survivor with more than it can have.
func CheckMerge(kept, lost Set, custom map[int64]value.Custom) error {
	if NamedIn(custom) > MaxNamed || Weight(kept, lost) > MaxOperations {
		return fault.BadField(MergedWith, "names, or is reached by, too much together with the other one in participants, addresses, numbers and custom fields: remove some first")
	}
	return nil
}

// Fill gives an empty field of a survivor what the absorbed record has there.
func Fill[T any](field **T, other *T) {
	if *field == nil {
		*field = other
	}
}

// FillCustom are a survivor's custom values, with those of the absorbed record where it has none; codes names the fields in the
// change log. A field without a name is one that is gone: its values go with what was absorbed.
func FillCustom(values, other map[int64]value.Custom, codes map[int64]string) (changes []Custom) {
	for _, field := range slices.Sorted(maps.Keys(other)) {
		if _, has := values[field]; !has && codes[field] != "" {
			v := other[field]
			changes = append(changes, Custom{Field: field, Code: codes[field], Value: &v})
		}
	}
	return changes
}
