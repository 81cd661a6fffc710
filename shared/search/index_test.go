package search

import (
	"context"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// thing is a record with one text.
type thing struct {
	id   int64
	text string
	gone bool
}

func (t thing) Ref() change.Ref      { return change.Of(change.Deal, t.id) }
func (t thing) Facets() value.Facets { return value.Facets{ID: t.id, Deleted: t.gone} }
func (t thing) Texts() []value.Text  { return []value.Text{{In: value.InTitle, Value: t.text}} }

// table keeps things and postings; before is called between reading and writing.
type table struct {
	things   map[change.Ref]any
	postings map[Key]Posting
	before   func()
	writes   int
}

func (s *table) GetAny(_ context.Context, _ int64, refs []change.Ref) (map[change.Ref]any, error) {
	found := map[change.Ref]any{}
	for _, ref := range refs {
		if s.things[ref] != nil {
			found[ref] = s.things[ref]
		}
	}
	return found, nil
}

func (s *table) WritePostings(_ context.Context, _ int64, postings map[Key]*Posting) error {
	if s.before != nil {
		before := s.before
		s.before = nil
		before()
	}
	for k, p := range postings {
		s.writes++
		if p == nil {
			delete(s.postings, k)
		} else {
			s.postings[k] = *p
		}
	}
	return nil
}

// TestPostingsAgreeWhateverTheOrder hands changes of a few records out late, twice and while the records change again.
func TestPostingsAgreeWhateverTheOrder(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	texts := []string{"", "one", "one two", "two three", "three one", "four"}
	for run := range 500 {
		s := &table{things: map[change.Ref]any{}, postings: map[Key]Posting{}}
		var changes []Changed
		write := func() {
			now := thing{id: int64(1 + r.IntN(2)), text: texts[r.IntN(len(texts))], gone: r.IntN(5) == 0}
			changes = append(changes, Changed{Team: 1, Ref: now.Ref(), Before: s.things[now.Ref()], Now: now})
			s.things[now.Ref()] = now
		}
		for range 6 {
			write()
		}
		index := func(c Changed) {
			if err := Index(t.Context(), s, []Changed{c}); err != nil {
				t.Fatal(err)
			}
		}
		for waiting := r.Perm(len(changes)); len(waiting) > 0; {
			if s.before = nil; r.IntN(4) == 0 {
				s.before = func() { // meanwhile the record changes, and another indexes that, or will
					write()
					if last := len(changes) - 1; r.IntN(2) == 0 {
						index(changes[last])
					} else {
						waiting = append(waiting, last)
					}
				}
			}
			if r.IntN(3) == 0 {
				index(changes[r.IntN(len(changes))]) // once more
				continue
			}
			next := waiting[0]
			waiting = waiting[1:]
			index(changes[next])
		}
		for ref, one := range s.things {
			for k := range PostingsOf(one) {
				if _, ok := s.postings[k]; !ok {
					t.Fatalf("run %d: %s has no posting of %q: %v", run, ref, k.Word, s.postings)
				}
			}
		}
	}
}

func TestWhatTouchesNoTextWritesNothing(t *testing.T) {
	t.Parallel()
	s := &table{things: map[change.Ref]any{}, postings: map[Key]Posting{}}
	one := thing{id: 1, text: "Big Deal"}
	s.things[one.Ref()] = one
	if err := Index(t.Context(), s, []Changed{{Team: 1, Ref: one.Ref(), Now: one}, {Team: 1, Ref: one.Ref(), Before: one, Now: one}}); err != nil {
		t.Fatal(err)
	}
	if s.writes != 2 {
		t.Errorf("%d writes for two words", s.writes)
	}
	before := maps.Clone(s.postings)
	if err := Index(t.Context(), s, []Changed{{Team: 1, Ref: one.Ref(), Before: one, Now: thing{id: 1, text: "DEAL, big"}}}); err != nil {
		t.Fatal(err)
	}
	if s.writes != 2 || len(before) != len(s.postings) {
		t.Errorf("the same words in another order: %d writes", s.writes)
	}
}

func TestARecordIsFoundByItsFirstWords(t *testing.T) {
	t.Parallel()
	text := ""
	for i := range 300 {
		text += string(rune('a'+i/26)) + string(rune('a'+i%26)) + " "
	}
	got := PostingsOf(thing{id: 1, text: text})
	if len(got) != MaxWords {
		t.Errorf("%d postings", len(got))
	}
	if _, ok := got[Key{Word: "aa", Of: change.Of(change.Deal, 1)}]; !ok {
		t.Error("the first word is not among them")
	}
}
