package dynamo

import (
	"context"
	"fmt"
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
	}
	return shelves[r.Shelf].Key(team, r.On, value.SortTime(r.At), r.Source)
}

var shelves = map[change.Shelf]schema.Pattern{
	change.Flow: schema.Flow, change.Planned: schema.Planned, change.Threads: schema.Mail, change.Messages: schema.Message,
	change.OpenDeals: schema.OpenDeal, change.Files: schema.FileRow, change.Relations: schema.Relation,
	change.Figures: schema.Figures, change.Followers: schema.Follower, change.FollowerLog: schema.FollowerLog,
}

// HasRow tells whether a row is there, strongly consistent.
func (db *DB) HasRow(ctx context.Context, team int64, row change.Row) (bool, error) {
	it, err := db.get(ctx, rowKey(team, row))
	return it != nil, err
}

// Rows reads a part of a shelf; more tells that rows follow the last.
func (db *DB) Rows(ctx context.Context, team int64, on change.Ref, r change.Range) (rows []change.Row, more bool, err error) {
	p := shelves[r.Shelf]
	q := query{pk: p.Partition(team, on), from: p.Prefix(), to: p.Prefix() + "~", desc: r.Desc, limit: r.Limit, once: r.Once}
	if r.After != nil {
		q.after = rowKey(team, *r.After).SK
	}
	items, more, err := db.query(ctx, q)
	if err != nil {
		return nil, false, fmt.Errorf("dynamo.Rows %s of %s: %w", r.Shelf, on, err)
	}
	for _, it := range items {
		row, err := decodeRow(on, r.Shelf, it)
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
