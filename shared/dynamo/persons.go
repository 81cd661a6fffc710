package dynamo

import (
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/persons"
)

var personKind = kindOf[persons.Person]{name: change.Person, facets: persons.Person.Facets, extra: personKeys}

// Persons keeps persons.
type Persons struct{ records[persons.Person] }

var _ persons.Store = Persons{}

// NewPersons keeps persons in db.
func NewPersons(db *DB) Persons { return Persons{records[persons.Person]{db, personKind, "Person"}} }
