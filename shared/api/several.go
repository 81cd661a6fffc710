package api

import (
	"cmp"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// severalIDs are those of the records that are deleted together.
type severalIDs struct {
	IDs []int64 `query:"ids" rule:"required,min=1"`
}

// deletedMany is the data of a DELETE of several records.
type deletedMany struct {
	ID []int64 `json:"id"`
}

// maxDeleted is how many records are deleted together, each in a transaction of its own.
const maxDeleted = 100

// deleteEach deletes one record after the other, and answers with those that went. One that cannot go keeps no other from it, and is told
// of only where none went: those that went must be told.
func deleteEach(ids []int64, what string, remove func(id int64) error) (any, error) {
	if len(ids) > maxDeleted {
		return nil, fault.BadField("ids", "must be at most %d ids", maxDeleted)
	}
	gone := []int64{}
	var refused error
	for _, id := range value.Unique(ids) {
		err := remove(id)
		if err == nil {
			gone = append(gone, id)
			continue
		}
		kind := fault.KindOf(err)
		if kind != fault.NotFound && refused == nil {
			refused = err
		}
		if kind == fault.Unavailable || kind == fault.Internal {
			break // the others would fail too
		}
	}
	if len(gone) == 0 {
		return nil, cmp.Or[error](refused, fault.Missing(what))
	}
	return deletedMany{gone}, nil
}
