package statistics

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// KindTotals names the record of totals.
const KindTotals = "totals"

// Totals are sums of the deals of one pipeline and one owner that are not deleted. How many there are depends on stages,
// statuses and currencies, not on deals.
type Totals struct {
	Version    int64
	PipelineID int64
	OwnerID    int64
	Sums       []Sum
}

// Sum is of all deals in one stage, of one status and currency, archived ones apart. A deal's weight is its probability, or else that of its stage
// when the question is asked; so the two are summed apart.
type Sum struct {
	StageID  int64
	Status   string
	Currency string
	Archived bool
	Count    int64
	Value    value.Decimal // of all
	Weighted value.Decimal // of those with a probability: value × percent
	Stage    value.Decimal // of those without: value
}

// Ref names totals.
func (t Totals) Ref() change.Ref {
	return change.Named(KindTotals, fmt.Sprintf("%d#%d", t.PipelineID, t.OwnerID))
}

// totalsOf are the totals that a deal is summed in.
func totalsOf(f change.Fact) Totals { return Totals{PipelineID: f.PipelineID, OwnerID: f.OwnerID} }

// with is the totals with a deal counted in (sign 1) or out (-1).
func (t Totals) with(f change.Fact, sign int64) Totals {
	if f.Version == 0 || f.Deleted {
		return t
	}
	t.Sums = slices.Clone(t.Sums)
	i := slices.IndexFunc(t.Sums, func(s Sum) bool {
		return s.StageID == f.StageID && s.Status == f.Status && s.Currency == f.Currency && s.Archived == f.Archived
	})
	if i < 0 {
		i = len(t.Sums)
		t.Sums = append(t.Sums, Sum{StageID: f.StageID, Status: f.Status, Currency: f.Currency, Archived: f.Archived, Value: "0", Weighted: "0", Stage: "0"})
	}
	s := &t.Sums[i]
	s.Count += sign
	s.Value = s.Value.Add(f.Value.Times(sign))
	if f.Probability != nil {
		s.Weighted = s.Weighted.Add(f.Value.Times(sign * *f.Probability))
	} else {
		s.Stage = s.Stage.Add(f.Value.Times(sign))
	}
	if s.Count == 0 {
		t.Sums = slices.Delete(t.Sums, i, i+1)
	}
	return t
}

// ledger is the totals of a team by their names.
type ledger map[change.Ref]Totals

// replace counts a deal out as it was and in as it is.
func (l ledger) replace(was, is change.Fact) {
	for _, step := range []struct {
		f    change.Fact
		sign int64
	}{{was, -1}, {is, 1}} {
		if step.f.Version == 0 || step.f.Deleted {
			continue
		}
		t := totalsOf(step.f)
		if had, ok := l[t.Ref()]; ok {
			t = had
		}
		l[t.Ref()] = t.with(step.f, step.sign)
	}
}

// Amounts are sums of deals by currency.
type Amounts struct {
	Count    int64
	Values   map[string]Amount
	weighted map[string]value.Decimal // in hundredths
}

// Amount is the sum of the deals in one currency.
type Amount struct {
	Count           int64
	Value, Weighted value.Decimal
}

func (a *Amounts) add(currency string, count int64, v, hundredths value.Decimal) {
	if a.Values == nil {
		a.Values, a.weighted = map[string]Amount{}, map[string]value.Decimal{}
	}
	a.Count += count
	sum := a.Values[currency]
	a.weighted[currency] = a.weighted[currency].Add(hundredths)
	a.Values[currency] = Amount{sum.Count + count, sum.Value.Add(v), a.weighted[currency].Percent()}
}

// Currencies are those of the amounts, in order.
func (a Amounts) Currencies() []string { return slices.Sorted(maps.Keys(a.Values)) }

// In is what the amounts are together in one currency; false when some are in others, since there are no exchange rates here.
func (a Amounts) In(currency string) (Amount, bool) {
	sum := a.Values[currency]
	if sum.Count == 0 {
		sum.Value, sum.Weighted = "0", "0"
	}
	return sum, sum.Count == a.Count
}
