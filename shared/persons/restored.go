package persons

import "github.com/lejek/lejek/shared/change"

// Restored is a person of an archive with the guards that find it and rows with whom it names; its organization, if it is among these, counts it.
func (p Person) Restored(t change.Targets) (set change.Set) {
	set.Restore(p.Ref(), p)
	set.Join(p.ID, nil, p.guards())
	set.Show = p.Rows()
	if p.OrganizationID != nil && !p.Deleted {
		if firm := change.Of(change.Organization, *p.OrganizationID); t.Has(firm) {
			set.Counts = []change.Count{{Of: firm, Add: map[change.Number]int64{change.PeopleCount: 1}}}
		}
	}
	return set
}
