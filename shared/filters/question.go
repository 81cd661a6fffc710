package filters

import (
	"slices"
	"strconv"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Lens shows records, which this package does not know, as conditions ask about them.
type Lens interface {
	// Linked is the record that a condition on an object asks about: the row itself, or what it points at; "" for none.
	Linked(row any, object string) change.Ref
	// Gone reports a record that is deleted: for what points at it, all its fields are empty.
	Gone(record any) bool
	// Derived are the summaries that a field's value is made of; none where it is part of the record. Of a record that is not read
	// yet (nil), they are those that its name tells.
	Derived(of change.Ref, record any, f Field) []change.Ref
	// Value is what a field of a record holds, of an amount its currency when that is the part; nil when it is empty.
	Value(record any, derived map[change.Ref]change.Summary, f Field, part string) any
	// Rots is when a deal rots, nil for never, or what has to be known to tell.
	Rots(deal any, known map[value.Need]any) (*time.Time, []value.Need)
	// Visits are a deal's arrivals in stages, or what has to be known to tell them.
	Visits(deal any, known map[value.Need]any) ([]Visit, []value.Need)
	// Facet is the link, or value.ByStatus, by which lists know the field of a row; "" for none.
	Facet(f Field) string
}

// Visit is the arrival of a deal in a stage.
type Visit struct {
	Stage int64
	At    time.Time
}

// Question is a filter as a list asks it.
type Question struct {
	compiled
	name string
	lens Lens
}

var _ value.Sieve = Question{}

// Name is that of the filter as it was written last.
func (q Question) Name() string { return q.name }

// answer of a test.
type answer int

const (
	no answer = iota
	yes
	unknown
)

func answerOf(holds bool) answer {
	if holds {
		return yes
	}
	return no
}

// Ask puts the tests to a row. Where the row alone decides, nothing is needed.
func (q Question) Ask(row any, known map[value.Need]any) (bool, []value.Need) {
	p := putting{q, row, known, nil}
	for _, t := range q.all {
		if p.put(t) == no {
			return false, nil
		}
	}
	needed, one := len(p.needs), len(q.any) == 0
	for _, t := range q.any {
		if p.put(t) == yes {
			p.needs, one = p.needs[:needed], true
			break
		}
	}
	if !one && len(p.needs) == needed {
		return false, nil
	}
	return len(p.needs) == 0, p.needs
}

// putting is one row under test, and what is missing to test it.
type putting struct {
	Question
	row   any
	known map[value.Need]any
	needs []value.Need
}

// read is something that was read; false when it is still needed.
func (p *putting) read(part value.Part, of change.Ref) (any, bool) {
	n := value.Need{Part: part, Of: string(of)}
	v, ok := p.known[n]
	if !ok {
		p.needs = append(p.needs, n)
	}
	return v, ok
}

func (p *putting) put(t test) answer {
	ref := p.lens.Linked(p.row, t.Object)
	record, ok := p.record(t.Object, ref)
	if !ok { // what else is needed of it is read with it
		p.summaries(p.lens.Derived(ref, nil, t.Field))
		return unknown
	}
	if t.stage != 0 {
		return p.entered(t, record)
	}
	var v any
	if record != nil {
		sums, ok := p.summaries(p.lens.Derived(ref, record, t.Field))
		if !ok {
			return unknown
		}
		v = t.held(p.lens.Value(record, sums, t.Field, t.part), t.part)
	}
	if t.rotten == nil {
		return answerOf(t.holds(v))
	}
	at, needs := p.lens.Rots(p.row, p.known)
	if len(needs) > 0 {
		p.needs = append(p.needs, needs...)
		return unknown
	}
	if at == nil {
		return answerOf(t.operator == isNot)
	}
	return answerOf(t.against(*at, v))
}

// record is the one that a test on an object asks about: nil where there is none.
func (p *putting) record(object string, ref change.Ref) (any, bool) {
	if object == objects[p.kind][0] {
		return p.row, true
	}
	if ref == "" {
		return nil, true
	}
	v, ok := p.read(value.PartRecord, ref)
	if ok && v != nil && p.lens.Gone(v) {
		v = nil
	}
	return v, ok
}

func (p *putting) summaries(of []change.Ref) (sums map[change.Ref]change.Summary, all bool) {
	sums, all = map[change.Ref]change.Summary{}, true
	for _, ref := range of {
		v, ok := p.read(value.PartSummary, ref)
		sums[ref], _ = v.(change.Summary)
		all = all && ok
	}
	return sums, all
}

// entered asks whether the deal entered a stage, at any time that the test holds of.
func (p *putting) entered(t test, deal any) answer {
	if deal == nil {
		return answerOf(t.operator == isNot)
	}
	visits, needs := p.lens.Visits(deal, p.known)
	if len(needs) > 0 {
		p.needs = append(p.needs, needs...)
		return unknown
	}
	holds := func(v Visit) bool { return v.Stage == t.stage && t.holds(v.At) }
	if t.operator == isNot { // the opposite of "entered it then"
		return answerOf(!slices.ContainsFunc(visits, func(v Visit) bool { return v.Stage == t.stage && !t.holds(v.At) }))
	}
	return answerOf(slices.ContainsFunc(visits, holds))
}

// Narrow has the list look only where answers can be: at the rows of the one owner, person, stage … that all answers have, and
// among deleted deals only when the filter asks for them.
func (q Question) Narrow(l *value.List) {
	if l.Links == nil {
		l.Links = map[string]int64{}
	}
	l.Sieve = q
	deleted := false
	for _, t := range slices.Concat(q.all, q.any) {
		deleted = deleted || q.own(t) == value.ByStatus && t.operator == is && t.holds(value.StatusDeleted)
	}
	if deleted {
		l.Statuses = statuses
	}
	for _, t := range q.all {
		switch by := q.own(t); {
		case by == "" || t.wanted == "":
		case by == value.ByStatus:
			l.Statuses = []string{t.wanted}
		case by == value.ByDone:
			done := t.wanted == "1"
			l.Done = &done
		default:
			if id, err := strconv.ParseInt(t.wanted, 10, 64); err == nil {
				l.Links[by] = id
			}
		}
	}
}

// own is by what lists know the field of a test on the row itself.
func (q Question) own(t test) string {
	if t.Object != objects[q.kind][0] || t.part != "" || t.stage != 0 {
		return ""
	}
	return q.lens.Facet(t.Field)
}
