package dynamo

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/imports"
	"github.com/lejek/lejek/shared/schema"
)

var (
	importKind       = kindOf[imports.Import]{name: imports.KindImport, facets: imports.Import.Facets}
	importChunkKind  = kindOf[imports.Mark]{name: imports.KindChunk}
	importErrorsKind = kindOf[imports.Failures]{name: imports.KindErrors}
	// importRowKind: the mark of a row is of no use once its chunk is finished and its message can come no more; a queue keeps
	// messages for at most 14 days, twice, when they are taken from the dead letters.
	importRowKind = kindOf[imports.Outcome]{
		name: imports.KindRow,
		extra: func(_ int64, o imports.Outcome, it item) {
			it[schema.Expires] = number(o.Time.Add(keepRows).Unix())
		},
	}
)

const keepRows = 60 * 24 * time.Hour

// Imports keeps imports and what became of their rows. The marks of a chunk's rows lie in a partition of their own: a large
// import writes more in a second than one partition takes.
type Imports struct{ records[imports.Import] }

var _ imports.Store = Imports{}

// NewImports keeps imports in db.
func NewImports(db *DB) Imports { return Imports{records[imports.Import]{db, importKind, "Import"}} }

// importKey is where a piece of an import lies; name is <import>-<chunk>[-<row>].
func importKey(team int64, kind, name string) schema.Key {
	parts := append(strings.Split(name, "-"), "", "")
	number := func(i int) int64 { n, _ := strconv.ParseInt(parts[i], 10, 64); return n }
	switch kind {
	case imports.KindRow:
		return schema.ImportRow.Key(team, parts[0]+"-"+parts[1], number(2))
	case imports.KindErrors:
		return schema.ImportErrors.Key(team, number(0), number(1))
	}
	return schema.ImportChunk.Key(team, name)
}

// Finished tells whether the chunk was counted.
func (s Imports) Finished(ctx context.Context, team, id, chunk int64) (bool, error) {
	it, err := s.get(ctx, schema.ImportChunk.Key(team, fmt.Sprintf("%d-%d", id, chunk)))
	return it != nil, err
}

// Outcomes reads the marks of a chunk's rows with one query.
func (s Imports) Outcomes(ctx context.Context, team, id, chunk int64) ([]imports.Outcome, error) {
	pk := schema.ImportRow.Partition(team, fmt.Sprintf("%d-%d", id, chunk))
	items, _, err := s.query(ctx, query{pk: pk, from: schema.ImportRow.Prefix(), to: schema.ImportRow.Prefix() + "~"})
	if err != nil {
		return nil, fmt.Errorf("dynamo.Outcomes %d-%d: %w", id, chunk, err)
	}
	return decodeAll(importRowKind, items)
}

// Errors reads whole chunks until there are enough rows.
func (s Imports) Errors(ctx context.Context, team, id, from int64, limit int) (list []imports.RowError, next int64, err error) {
	start := schema.ImportErrors.Key(team, id, from)
	q := query{pk: start.PK, from: start.SK, to: schema.ImportErrors.Prefix() + "~", limit: 20}
	for more := true; more; {
		var items []item
		if items, more, err = s.query(ctx, q); err != nil {
			return nil, -1, fmt.Errorf("dynamo.Errors of import %d: %w", id, err)
		}
		for _, it := range items {
			chunk, err := strconv.ParseInt(strings.TrimPrefix(textOf(it, schema.SK), schema.ImportErrors.Prefix()), 10, 64)
			if err != nil {
				return nil, -1, fmt.Errorf("dynamo.Errors of import %d: %w", id, err)
			}
			if len(list) >= limit {
				return list, chunk, nil
			}
			f, err := importErrorsKind.decode(it)
			if err != nil {
				return nil, -1, err
			}
			list = append(list, f.Rows...)
			q.after = textOf(it, schema.SK)
		}
	}
	return list, -1, nil
}
