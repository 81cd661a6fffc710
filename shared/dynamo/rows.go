package dynamo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

const lastID = 999999999999 // file rows and words count down from here, so that the newest is first

// rowItem is a row as stored.
type rowItem struct {
	Source change.Ref
	At     time.Time
	Sent   bool `dynamodbav:",omitempty"`
	Log    *change.Log
	Figure any
}

func encodeRow(team int64, r change.Row) (item, error) {
	it, err := marshal(rowItem{r.Source, r.At, r.Sent, r.Log, r.Figure})
	if err != nil {
		return nil, err
	}
	return merge(it, keyItem(rowKey(team, r))), nil
}

func rowKey(team int64, r change.Row) schema.Key {
	switch r.Shelf {
	case change.OpenDeals:
		return schema.OpenDeal.Key(team, r.On, r.Source.ID())
	case change.Files:
		return schema.FileRow.Key(team, r.On, lastID-r.Source.ID())
	case change.Followers:
		return schema.Follower.Key(team, r.On, r.Source.ID())
	case change.FollowerLog:
		return schema.FollowerLog.Key(team, r.On, r.Log.ID)
	case change.Relations:
		return schema.Relation.Key(team, r.On, r.Source.ID())
	case change.NamedBy:
		return schema.Named.Key(team, r.On, r.Source)
	}
	return shelves[r.Shelf].Key(team, r.On, value.SortTime(r.At), r.Source)
}

var shelves = map[change.Shelf]schema.Pattern{
	change.Flow: schema.Flow, change.Planned: schema.Planned, change.Threads: schema.Mail, change.Strangers: schema.Mail, change.Messages: schema.Message,
	change.OpenDeals: schema.OpenDeal, change.Files: schema.FileRow, change.Relations: schema.Relation,
	change.Figures: schema.Figures, change.Followers: schema.Follower, change.FollowerLog: schema.FollowerLog, change.NamedBy: schema.Named,
}

// Where tells in which collections a row lies that shows on a record, strongly consistent.
func (db *DB) Where(ctx context.Context, team int64, row change.Row) (lies []change.Ref, err error) {
	redirects, err := db.Redirects(ctx, team)
	if err != nil {
		return nil, err
	}
	of := redirects.Collections(row.On)
	keys := make([]schema.Key, len(of))
	for i, on := range of {
		row.On = on
		keys[i] = rowKey(team, row)
	}
	found, err := db.batch(ctx, keys)
	for i, on := range of {
		if found[keys[i]] != nil {
			lies = append(lies, on)
		}
	}
	return lies, err
}

// Rows reads a part of a shelf; more tells that rows follow the last. What was absorbed into the record and is still moving shows
// on it too.
func (db *DB) Rows(ctx context.Context, team int64, on change.Ref, r change.Range) (rows []change.Row, more bool, err error) {
	redirects, err := db.Redirects(ctx, team)
	if err != nil {
		return nil, false, err
	}
	return db.rowsIn(ctx, team, redirects.Collections(on), r)
}

// rowsIn reads a part of a shelf in the first of some collections, and in the others as if what is there lay in the first.
func (db *DB) rowsIn(ctx context.Context, team int64, collections []change.Ref, r change.Range) (rows []change.Row, more bool, err error) {
	p := shelves[r.Shelf]
	q := query{from: p.Prefix(), to: p.Prefix() + "~", desc: r.Desc, limit: r.Limit, once: r.Once}
	if r.After != nil {
		q.after = rowKey(team, *r.After).SK
	}
	items, more, err := db.queryAll(ctx, team, collections, q)
	if err != nil {
		return nil, false, fmt.Errorf("dynamo.Rows %s of %s: %w", r.Shelf, collections[0], err)
	}
	for _, it := range items {
		row, err := decodeRow(collections[0], r.Shelf, it)
		if err != nil {
			return nil, false, err
		}
		rows = append(rows, row)
	}
	return rows, more, nil
}

func decodeRow(on change.Ref, shelf change.Shelf, it item) (change.Row, error) {
	r, err := kindOf[rowItem]{}.decode(it)
	return change.Row{On: on, Shelf: shelf, At: r.At, Source: r.Source, Sent: r.Sent, Log: r.Log}, err
}

// queryAll is a query of several collections, answered as if all lay in the first: in the order of their keys, each key once.
// Records themselves and their change logs are only those of the first.
func (db *DB) queryAll(ctx context.Context, team int64, collections []change.Ref, q query) (items []item, more bool, err error) {
	if len(collections) == 1 {
		q.pk = schema.Record.Partition(team, collections[0])
		return db.query(ctx, q)
	}
	order := func(a, b string) int {
		if q.desc {
			a, b = b, a
		}
		return strings.Compare(a, b)
	}
	for {
		end := "" // beyond it not all collections were read
		more, items = false, nil
		for i, of := range collections {
			q.pk = schema.Record.Partition(team, of)
			part, rest, err := db.query(ctx, q)
			if err != nil {
				return nil, false, err
			}
			if rest && len(part) > 0 {
				if last := textOf(part[len(part)-1], schema.SK); !more || order(last, end) < 0 {
					more, end = true, last
				}
			}
			if i > 0 {
				part = slices.DeleteFunc(part, func(it item) bool { return it["Log"] != nil || textOf(it, schema.SK) == "#" })
			}
			items = append(items, part...)
		}
		sk := func(it item) string { return textOf(it, schema.SK) }
		if more {
			items = slices.DeleteFunc(items, func(it item) bool { return order(sk(it), end) > 0 })
		}
		slices.SortStableFunc(items, func(a, b item) int { return order(sk(a), sk(b)) })
		items = slices.CompactFunc(items, func(a, b item) bool { return sk(a) == sk(b) })
		if q.limit > 0 && len(items) > q.limit {
			return items[:q.limit], true, nil
		}
		if len(items) > 0 || !more {
			return items, more, nil
		}
		q.after = end // all that was read does not count
	}
}
