package dynamo

import (
	"context"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/persons"
)

var personKind = kindOf[persons.Person]{name: change.Person, facets: persons.Person.Facets, extra: personKeys, follow: persons.Person.Follow}

// Persons keeps persons.
type Persons struct{ records[persons.Person] }

var (
	_ persons.Store        = Persons{}
	_ persons.PictureStore = Persons{}
)

// NewPersons keeps persons in db.
func NewPersons(db *DB) Persons { return Persons{records[persons.Person]{db, personKind, "Person"}} }

// NextPictureID counts pictures.
func (p Persons) NextPictureID(ctx context.Context, team int64) (int64, error) {
	return p.DB.NextID(ctx, team, "picture")
}
