package organizations

import (
	"github.com/lejek/lejek/shared/change"
)

// Restored is an organization of an archive with the guard that finds it and rows with whom it names.
func (o Organization) Restored() (set change.Set) {
	set.Restore(o.Ref(), o)
	set.Join(o.ID, nil, o.guards())
	set.Show = o.Rows()
	return set
}

// Restored is a relation of an archive with its rows and its place at both ends.
func (r Relation) Restored() (set change.Set) {
	set.Restore(r.Ref(), r)
	set.Show = r.Rows()
	if !r.Deleted {
		for _, end := range r.Ends() {
			set.Members = append(set.Members, change.Member{Of: guard(end), ID: r.ID})
		}
	}
	return set
}
