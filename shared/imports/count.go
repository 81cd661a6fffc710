package imports

// What an import made is counted by its chunks, each once, in the transaction that says that it is finished.

// counted are the names under which an outcome is added up.
var counted = []struct {
	name string
	of   func(*Progress) *int64
}{
	{"rows", func(p *Progress) *int64 { return &p.Rows }},
	{"failed", func(p *Progress) *int64 { return &p.Failed }},
	{"madeOrganizations", func(p *Progress) *int64 { return &p.Made.Organizations }},
	{"madePersons", func(p *Progress) *int64 { return &p.Made.Persons }},
	{"madeDeals", func(p *Progress) *int64 { return &p.Made.Deals }},
	{"madeActivities", func(p *Progress) *int64 { return &p.Made.Activities }},
	{"madeNotes", func(p *Progress) *int64 { return &p.Made.Notes }},
	{"mergedOrganizations", func(p *Progress) *int64 { return &p.Merged.Organizations }},
	{"mergedPersons", func(p *Progress) *int64 { return &p.Merged.Persons }},
}

const chunksCounted = "chunks"

func progress(numbers map[string]int64) (p Progress) {
	for _, c := range counted {
		*c.of(&p) = numbers[c.name]
	}
	return p
}

// sum is what a chunk adds, and the rows of it that failed.
func sum(outcomes []Outcome) (add map[string]int64, failed []RowError) {
	var p Progress
	for _, o := range outcomes {
		p.Rows++
		if o.Reason != "" {
			p.Failed++
			failed = append(failed, RowError{o.Row, o.Reason})
		}
		p.Made, p.Merged = p.Made.plus(o.Made), p.Merged.plus(o.Merged)
	}
	add = map[string]int64{chunksCounted: 1}
	for _, c := range counted {
		add[c.name] = *c.of(&p)
	}
	return add, failed
}

func (r Records) plus(o Records) Records {
	return Records{
		r.Organizations + o.Organizations, r.Persons + o.Persons, r.Deals + o.Deals, r.Activities + o.Activities, r.Notes + o.Notes,
	}
}
