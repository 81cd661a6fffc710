package search

import (
	"slices"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// MaxWords is by how many words a record is found, the first ones of its texts in their order; of a phone number both ends count.
const MaxWords = 200

// Key is what there is one posting of: a word, or the digits of a phone number from its end, and a record that has it.
type Key struct {
	Word   string
	Digits bool
	Of     change.Ref
}

// Posting leads from a word to a record.
type Posting struct {
	Key
	In []string     // the fields that have the word
	On []change.Ref // what a note shows on: these are what it finds
}

// Record is a record that is searched.
type Record interface {
	Ref() change.Ref
	Facets() value.Facets
	Texts() []value.Text
}

// Kinds are those of records that are searched. Notes lead to the records that they show on.
var Kinds = []string{change.Deal, change.Person, change.Organization, change.File, change.Note}

// PostingsOf are all postings of a record; none of one that is deleted, or of nil.
func PostingsOf(record any) map[Key]Posting {
	r, ok := record.(Record)
	if !ok || r.Facets().Deleted {
		return nil
	}
	ref, on, all := r.Ref(), shownOn(record), map[Key]Posting{}
	add := func(word string, digits bool, in string) {
		k := Key{word, digits, ref}
		p, had := all[k]
		if !had && len(all) == MaxWords {
			return
		}
		if !slices.Contains(p.In, in) {
			p.In = append(p.In, in)
		}
		p.Key, p.On = k, on
		all[k] = p
	}
	for _, t := range r.Texts() {
		apart := newText(t)
		for _, word := range apart.words {
			add(word, false, t.In)
		}
		if apart.number != "" {
			add(reverse(apart.number), true, t.In)
		}
	}
	return all
}

// shownOn are the records that a note shows on.
func shownOn(record any) (refs []change.Ref) {
	p, ok := record.(change.Placed)
	if !ok || p.Ref().Kind() != change.Note {
		return nil
	}
	for _, row := range p.Rows() {
		refs = append(refs, row.On)
	}
	slices.Sort(refs)
	return slices.Compact(refs)
}

// differing are the keys of postings that are not the same in two states of a record.
func differing(before, now map[Key]Posting) (keys []Key) {
	for k, p := range before {
		if q, ok := now[k]; !ok || !p.same(q) {
			keys = append(keys, k)
		}
	}
	for k := range now {
		if _, ok := before[k]; !ok {
			keys = append(keys, k)
		}
	}
	return keys
}

func (p Posting) same(q Posting) bool { return slices.Equal(p.In, q.In) && slices.Equal(p.On, q.On) }
