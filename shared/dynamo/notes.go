package dynamo

import (
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/notes"
)

var noteKind = kindOf[notes.Note]{name: change.Note, facets: notes.Note.Facets}

// Notes keeps notes.
type Notes struct{ records[notes.Note] }

var _ notes.Store = Notes{}

// NewNotes keeps notes in db.
func NewNotes(db *DB) Notes { return Notes{records[notes.Note]{db, noteKind, "Note"}} }
