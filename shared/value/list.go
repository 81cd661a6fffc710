package value

import (
	"slices"
	"time"
)

// Facets are what lists of any kind sort and filter by. A store derives a record's index keys and the answer to Matches
// from the same facets, so that an index and a filter cannot disagree. Zero means none.
type Facets struct {
	ID                                                 int64
	Owner, Person, Organization, Deal, Pipeline, Stage int64
	Status                                             string
	Done                                               *bool
	Added, Updated                                     time.Time
	Due                                                time.Time // sorts after all others when zero
	Order                                              int64     // of a stage or a pipeline
	Deleted                                            bool
	Archived                                           bool // put away: lists ask for these or for the others
}

// Names of the links that a List can filter by.
const (
	ByOwner        = "owner"
	ByPerson       = "person"
	ByOrganization = "organization"
	ByDeal         = "deal"
	ByPipeline     = "pipeline"
	ByStage        = "stage"
)

// What else a List can filter by.
const (
	ByStatus = "status"
	ByDone   = "done"
)

// Link is the facet of that name.
func (f Facets) Link(name string) int64 {
	switch name {
	case ByOwner:
		return f.Owner
	case ByPerson:
		return f.Person
	case ByOrganization:
		return f.Organization
	case ByDeal:
		return f.Deal
	case ByPipeline:
		return f.Pipeline
	case ByStage:
		return f.Stage
	}
	return 0
}

// Sort orders of lists (contract §1.5).
type Sort string

const (
	SortID         Sort = "id"
	SortAddTime    Sort = "add_time"
	SortUpdateTime Sort = "update_time"
	SortDue        Sort = "due_date"
	SortOrder      Sort = "order_nr" // stages only, which are sorted in memory
)

// List is the question of a list: filters that all must hold, an order and a page.
type List struct {
	IDs                        []int64 // only these, sorted and paged like any list
	Links                      map[string]int64
	Archived                   bool     // only archived records, or only others
	Statuses                   []string // any of them; deleted records only when "deleted" is named
	Done                       *bool
	UpdatedSince, UpdatedUntil time.Time // >= and <
	Sort                       Sort
	Desc                       bool
	Limit                      int
	Beside                     int // bytes that the answer needs for each record besides what the record itself holds
	Cursor                     string
	Sieve                      Sieve `json:"-"` // a further question to each row; nil for none
}

// StatusDeleted is the status under which deleted records are listed.
const StatusDeleted = "deleted"

// Matches reports whether a record with these facets is an answer to the list.
func (l List) Matches(f Facets) bool {
	if f.Archived != l.Archived {
		return false
	}
	status := f.Status
	if f.Deleted {
		status = StatusDeleted
	}
	if f.Deleted && !slices.Contains(l.Statuses, StatusDeleted) || len(l.Statuses) > 0 && !slices.Contains(l.Statuses, status) {
		return false
	}
	for name, id := range l.Links {
		if f.Link(name) != id {
			return false
		}
	}
	if l.Done != nil && (f.Done == nil || *f.Done != *l.Done) {
		return false
	}
	if !l.UpdatedSince.IsZero() && f.Updated.Before(l.UpdatedSince) {
		return false
	}
	return l.UpdatedUntil.IsZero() || f.Updated.Before(l.UpdatedUntil)
}

// Page is one page of an answer; Next is the cursor of the following page, "" on the last. Size is about how many bytes its items
// become in an answer, as far as their store looks at that.
type Page[T any] struct {
	Items []T
	Next  string
	Size  int
}
