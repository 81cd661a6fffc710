package dynamo

import (
	"context"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/persons"
)

var personKind = kindOf[persons.Person]{name: change.Person, facets: persons.Person.Facets, extra: personKeys}

// Persons keeps persons.
type Persons struct{ records[persons.Person] }

var _ persons.Store = Persons{}

// NewPersons keeps persons in db.
func NewPersons(db *DB) Persons { return Persons{records[persons.Person]{db, personKind, "Person"}} }

// PersonsByAddress are the ids of the persons who have this e-mail address, in whatever form it is written.
func (db *DB) PersonsByAddress(ctx context.Context, team int64, address string) ([]int64, error) {
	ref := change.AddressOf(address)
	found, err := db.Members(ctx, team, ref)
	return found[ref], err
}
