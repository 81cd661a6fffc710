package search

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Bounds of one search, which keep its work the same however much a team has. What they cut off is what a longer word would
// have told apart: first come the postings of the word itself, then those of longer ones in their order.
const (
	MaxPostings   = 500 // read of one word
	maxLooked     = 6   // words that are looked up, the longest ones; the others are only verified
	maxCandidates = 500 // records that are read and verified
	maxNotes      = 500 // notes that are read with them
	notesEach     = 3   // of one record and one word: the newest; all where a whole one is wanted
)

// Lookup asks for the postings of a word, or of digits from their end: of the word itself, or of all that begin with it.
type Lookup struct {
	Kind   string // of the records; digits are of all kinds
	Word   string
	Digits bool
	Whole  bool
}

// Found are the postings of a lookup in the order of their words, at most MaxPostings; More tells that there are others.
type Found struct {
	Postings []Posting
	More     bool
}

// candidates are the records that may answer to the term, the most promising first, and the notes that led to them.
//
// Where the term alone leaves too many, but only records of a person or an organization are wanted, these are candidates too.
func (s Service) candidates(ctx context.Context, team int64, m matcher, kinds []string, links map[string]int64) ([]change.Ref, set, error) {
	p := plan{matcher: m, kinds: kinds}
	root := p.root()
	if len(p.lookups) == 0 {
		return nil, set{}, nil
	}
	found, err := s.Store.Postings(ctx, team, p.lookups)
	if err != nil {
		return nil, set{}, err
	}
	p.found = found
	all := p.set(root)
	if !all.sure && len(links) > 0 {
		if err := s.linked(ctx, team, kinds, links, all); err != nil {
			return nil, set{}, err
		}
	}
	refs := slices.Collect(maps.Keys(all.of))
	slices.SortFunc(refs, func(a, b change.Ref) int {
		return cmp.Or(cmp.Compare(all.of[b].rank, all.of[a].rank), compareRefs(a, b))
	})
	return refs[:min(len(refs), maxCandidates)], all, nil
}

// linked adds the newest records with the links.
func (s Service) linked(ctx context.Context, team int64, kinds []string, links map[string]int64, to set) error {
	for _, kind := range kinds {
		for _, archived := range []bool{false, true} {
			if archived && kind != change.Deal {
				continue
			}
			page, err := s.Store.List(ctx, team, kind, value.List{Links: links, Archived: archived, Sort: value.SortID, Desc: true, Limit: maxCandidates})
			if err != nil {
				return err
			}
			for _, one := range page.Items {
				if r, ok := one.(Record); ok {
					h := to.of[r.Ref()]
					h.rank += 10 * whole * maxUnits // before all others
					to.of[r.Ref()] = h
				}
			}
		}
	}
	return nil
}

func compareRefs(a, b change.Ref) int {
	return cmp.Or(cmp.Compare(slices.Index(Kinds, a.Kind()), slices.Index(Kinds, b.Kind())), cmp.Compare(a.ID(), b.ID()))
}

// plan is what is looked up for a term, and what was found.
type plan struct {
	matcher
	kinds   []string
	lookups []Lookup
	found   []Found // by lookup
}

// node is a part of a term: a word with its lookups, one for each kind, or parts of which all, or any, are wanted.
type node struct {
	lookups []int
	all     []node
	any     []node
}

// root is the whole term. All its units are wanted; one of digits can be found as words or as a number.
func (p *plan) root() (root node) {
	looked, families := p.looked(), p.families()
	numbers := p.searches(value.InPhone) || p.searches(value.InCustom)
	for _, u := range p.units {
		var read node
		for _, w := range u.words {
			if slices.Contains(looked, w) {
				read.all = append(read.all, p.look(Lookup{Word: w, Whole: p.exact || utf8.RuneCountInString(w) == 1}, families...))
			}
		}
		switch {
		case read.all == nil: // only verified
		case u.number == "" || !numbers:
			root.all = append(root.all, read)
		default:
			dialled := []node{read, p.look(Lookup{Word: u.number, Whole: p.exact}, families...)}
			if !p.exact {
				dialled = append(dialled, p.look(Lookup{Word: reverse(u.number), Digits: true}, ""))
			}
			root.all = append(root.all, node{any: dialled})
		}
	}
	return root
}

// families are the kinds of records whose postings may lead to what is searched.
func (p *plan) families() (kinds []string) {
	notes := false
	for _, kind := range p.kinds {
		notes = notes || slices.Contains(fields[kind], value.InNotes)
		if slices.ContainsFunc(own[kind], p.searches) {
			kinds = append(kinds, kind)
		}
	}
	if notes && p.searches(value.InNotes) {
		kinds = append(kinds, change.Note)
	}
	return kinds
}

// looked are the words that are looked up. One letter says little; it is looked up, as a word of its own, if there is nothing else.
func (p *plan) looked() []string {
	words := p.words()
	slices.SortStableFunc(words, func(a, b string) int { return cmp.Compare(utf8.RuneCountInString(b), utf8.RuneCountInString(a)) })
	words = slices.Compact(words)
	if i := slices.IndexFunc(words, func(w string) bool { return utf8.RuneCountInString(w) == 1 }); i > 0 {
		words = words[:i]
	}
	return words[:min(len(words), maxLooked)]
}

func (p *plan) look(l Lookup, kinds ...string) (n node) {
	for _, l.Kind = range kinds {
		at := slices.Index(p.lookups, l)
		if at < 0 {
			at = len(p.lookups)
			p.lookups = append(p.lookups, l)
		}
		n.lookups = append(n.lookups, at)
	}
	return n
}

// hit is a record that postings led to.
type hit struct {
	rank  int          // what its postings promise
	notes []change.Ref // that led to it
}

// set are the records that a part of a term may be found in. One that is not sure lacks some: there were too many.
type set struct {
	of   map[change.Ref]hit
	sure bool
}

func (p *plan) set(n node) (s set) {
	if len(n.lookups) > 0 {
		return p.leaf(n)
	}
	for i, part := range n.all {
		if one := p.set(part); i == 0 {
			s = one
		} else {
			s = both(s, one)
		}
	}
	for i, part := range n.any {
		if one := p.set(part); i == 0 {
			s = one
		} else {
			s = either(s, one)
		}
	}
	return s
}

// leaf are the records that the postings of a word lead to.
func (p *plan) leaf(n node) set {
	s := set{map[change.Ref]hit{}, true}
	add := func(ref change.Ref, rank int, note change.Ref) {
		if !slices.Contains(p.kinds, ref.Kind()) {
			return
		}
		h := s.of[ref]
		h.rank = max(h.rank, rank)
		if note != "" {
			h.notes = append(h.notes, note)
		}
		s.of[ref] = h
	}
	for _, at := range n.lookups {
		s.sure = s.sure && !p.found[at].More
		for _, posting := range p.found[at].Postings {
			rank := p.rank(posting, p.lookups[at])
			switch {
			case rank == 0:
			case posting.Of.Kind() == change.Note:
				for _, on := range posting.On {
					add(on, rank, posting.Of)
				}
			default:
				add(posting.Of, rank, "")
			}
		}
	}
	if p.exact {
		return s // an old note may be the one that has nothing else
	}
	for ref, h := range s.of {
		h.notes = newest(h.notes)
		h.notes = h.notes[:min(len(h.notes), notesEach)]
		s.of[ref] = h
	}
	return s
}

// newest are the records, each once, the last one made first.
func newest(refs []change.Ref) []change.Ref {
	slices.SortFunc(refs, func(a, b change.Ref) int { return cmp.Compare(b.ID(), a.ID()) })
	return slices.Compact(refs)
}

// rank is what a posting promises; nothing when its word stands in no field that is searched.
func (p *plan) rank(posting Posting, l Lookup) (best int) {
	for _, in := range posting.In {
		if p.searches(in) {
			best = max(best, weight(in))
		}
	}
	if posting.Word == l.Word {
		return best * whole / 1000
	}
	return best * beginning / 1000
}

func merged(a, b hit) hit {
	a.rank += b.rank
	a.notes = slices.Concat(a.notes, b.notes)
	return a
}

// either are the records of both sets.
func either(a, b set) set {
	out := set{maps.Clone(a.of), a.sure && b.sure}
	for ref, h := range b.of {
		out.of[ref] = merged(h, out.of[ref])
	}
	return out
}

// both are the records that may be in both sets: a sure one leaves only its own. Where neither is sure they are all, and rank
// brings those of both to the front.
func both(a, b set) set {
	if !a.sure && !b.sure {
		return either(a, b)
	}
	if !a.sure {
		a, b = b, a
	}
	out := set{map[change.Ref]hit{}, true}
	for ref, h := range a.of {
		if other, ok := b.of[ref]; ok || !b.sure {
			out.of[ref] = merged(h, other)
		}
	}
	return out
}
