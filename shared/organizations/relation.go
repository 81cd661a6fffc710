package organizations

import (
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Types of relations.
const (
	Parent  = "parent" // the owner is the parent of the linked one
	Related = "related"

	daughter = "daughter" // what a parent's other end is
)

// MaxRelations of one organization: few enough that a detail view reads them all.
const MaxRelations = 100

// Relation between two organizations (contract §3.4).
type Relation struct {
	ID         int64
	Version    int64
	Type       string
	OwnerID    int64 // organization
	LinkedID   int64 // organization
	AddTime    time.Time
	UpdateTime time.Time
	Deleted    bool
	stored     *Relation // see Follow
}

// RelationInput is what a client may write.
type RelationInput struct {
	Type     value.Opt[string]
	OwnerID  value.Opt[int64]
	LinkedID value.Opt[int64]
}

// Ref names the relation.
func (r Relation) Ref() change.Ref { return change.Of(change.Relation, r.ID) }

// Ends are both organizations.
func (r Relation) Ends() []int64 { return []int64{r.OwnerID, r.LinkedID} }

// From sees the relation from one of its ends: the other end, and what that is to this one. ok is false for strangers.
func (r Relation) From(organization int64) (other int64, is string, ok bool) {
	switch {
	case r.OwnerID == organization && r.Type == Parent:
		return r.LinkedID, daughter, true
	case r.OwnerID == organization:
		return r.LinkedID, r.Type, true
	case r.LinkedID == organization:
		return r.OwnerID, r.Type, true
	}
	return 0, "", false
}

// Rows are on both ends; what became a relation of an organization with itself shows nowhere.
func (r Relation) Rows() []change.Row {
	if r.Deleted || r.ID == 0 || r.OwnerID == r.LinkedID {
		return nil
	}
	ends := []change.Ref{change.Of(change.Organization, r.OwnerID), change.Of(change.Organization, r.LinkedID)}
	return change.RowsOn(ends, change.Relations, r.AddTime, r.Ref())
}

// apply writes an input onto the relation.
func (r Relation) apply(in RelationInput, now time.Time) (Relation, error) {
	r.Type = in.Type.Or(r.Type)
	r.OwnerID = in.OwnerID.Or(r.OwnerID)
	r.LinkedID = in.LinkedID.Or(r.LinkedID)
	r.UpdateTime = now
	if r.OwnerID == r.LinkedID {
		return r, fault.BadField("rel_linked_org_id", "must be another organization than rel_owner_org_id")
	}
	return r, nil
}

// guard holds the ids of an organization's relations. Rows show the same, but only a guard can be demanded to be as it was.
func guard(organization int64) change.Ref { return change.Of(change.RelationsOf, organization) }

// pairs tells whether both have the same two ends, whichever owns.
func (r Relation) pairs(as Relation) bool {
	return r.OwnerID == as.OwnerID && r.LinkedID == as.LinkedID || r.OwnerID == as.LinkedID && r.LinkedID == as.OwnerID
}

// claim makes the relation a member of the guards of both ends, which must be as they were read: a relation that is in both
// already pairs them, and none may be full. An end that stays is claimed again, so that two changes towards one pair meet.
func (r Relation) claim(seen map[change.Ref][]int64) ([]change.Member, error) {
	var members []change.Member
	for _, end := range r.Ends() {
		ids := seen[guard(end)]
		if moving := r.stored != nil; len(ids) >= MaxRelations && !slices.Contains(ids, r.ID) && !moving {
			return nil, fault.New(fault.Invalid, "Organization %d has %d relations, and cannot have more", end, len(ids))
		}
		members = append(members, change.Member{Of: guard(end), ID: r.ID, Seen: &ids})
	}
	for _, id := range seen[guard(r.OwnerID)] {
		if id != r.ID && slices.Contains(seen[guard(r.LinkedID)], id) {
			return nil, fault.BadField("rel_linked_org_id", "organizations %d and %d are related already", r.OwnerID, r.LinkedID)
		}
	}
	return members, nil
}

// release takes the relation from the guards of ends that are not among those kept.
func (r Relation) release(kept []int64) (members []change.Member) {
	for _, end := range r.Ends() {
		if !slices.Contains(kept, end) {
			members = append(members, change.Member{Of: guard(end), ID: r.ID, Remove: true})
		}
	}
	return members
}
