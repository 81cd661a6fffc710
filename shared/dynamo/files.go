package dynamo

import (
	"context"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/schema"
)

var fileKind = kindOf[files.File]{name: change.File, facets: files.File.Facets, follow: followPlaced[files.File]}

// incomingKind is kept beside no other: it is found by the number alone.
var incomingKind = kindOf[files.Incoming]{name: files.KindIncoming, extra: func(_ int64, n files.Incoming, it item) {
	it[schema.Expires] = number(n.Expiry().Unix())
}}

// Incoming is an announced file.
func (f Files) Incoming(ctx context.Context, team, id int64) (files.Incoming, error) {
	return records[files.Incoming]{f.DB, incomingKind, "Upload"}.Get(ctx, team, id)
}

// Files keeps the records of files.
type Files struct{ records[files.File] }

var _ files.Store = Files{}

// NewFiles keeps files in db.
func NewFiles(db *DB) Files { return Files{records[files.File]{db, fileKind, "File"}} }

// OnRecord reads the record's shelf of files, which runs from the newest to the oldest, and what it refers to.
func (f Files) OnRecord(ctx context.Context, team int64, of change.Ref, desc bool, limit int) ([]files.File, error) {
	it, err := f.get(ctx, keyOf(team, of))
	if err != nil {
		return nil, err
	}
	if it == nil {
		return nil, change.MissingRecord(of)
	}
	rows, _, err := f.Rows(ctx, team, of, change.Range{Shelf: change.Files, Desc: !desc, Limit: limit})
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.Source.ID()
	}
	found, err := f.GetMany(ctx, team, ids)
	var list []files.File
	for _, id := range ids {
		if file, ok := found[id]; ok && !file.Deleted {
			list = append(list, file)
		}
	}
	return list, err
}
