package dynamo

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/statistics"
	"github.com/lejek/lejek/shared/value"
)

var (
	factKind   = kindOf[change.Fact]{name: "fact"}
	markKind   = kindOf[statistics.Mark]{name: statistics.KindMark}
	totalsKind = kindOf[statistics.Totals]{name: statistics.KindTotals}
	trailKind  = kindOf[statistics.Trail]{name: statistics.KindTrail, extra: func(_ int64, t statistics.Trail, it item) {
		if t.Last.Deleted { // it goes when the deal goes
			it[schema.Expires] = number(t.Last.UpdateTime.Add(keepDeleted).Unix())
		}
	}}
)

// Statistics keeps facts and figures.
type Statistics struct{ *DB }

var _ statistics.Store = Statistics{}

// fact is written once: its key holds the deal's version, whose own condition lets only one writer have it.
func (o *operations) fact(team int64, f change.Fact) error {
	it, err := marshal(f)
	if err != nil {
		return err
	}
	key := factKey(team, f)
	o.set(key, types.TransactWriteItem{Put: &types.Put{TableName: &o.db.table, Item: merge(it, keyItem(key))}})
	return nil
}

func factKey(team int64, f change.Fact) schema.Key {
	return schema.Fact.Key(team, dayOf(f.At), value.SortTime(f.At), f.Deal, f.Version)
}

func dayOf(t time.Time) value.Date { return value.DateOf(t, time.UTC) }

// LastTeam reads the counter of teams.
func (s Statistics) LastTeam(ctx context.Context) (int64, error) {
	it, err := s.get(ctx, schema.TeamSequence.Key())
	return numberOf(it, "lastId"), err
}

// Mark is the zero Mark before the first folding.
func (s Statistics) Mark(ctx context.Context, team int64) (statistics.Mark, error) {
	it, err := s.get(ctx, keyOf(team, statistics.MarkRef()))
	if err != nil || it == nil {
		return statistics.Mark{}, err
	}
	return markKind.decode(it)
}

// Facts reads day by day, one query each.
func (s Statistics) Facts(ctx context.Context, team int64, after statistics.Mark, until time.Time, limit int) (facts []statistics.Noted, err error) {
	key := after.Key
	for day := dayOf(after.At); day <= dayOf(until); day = day.AddDays(1) {
		q := query{pk: schema.Fact.Partition(team, day), from: "0", to: value.SortTime(until), after: key}
		if q.after >= q.to {
			break // asked for a time before the mark
		}
		if key = ""; limit > 0 {
			q.limit = limit - len(facts)
		}
		items, _, err := s.query(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("dynamo.Facts: %w", err)
		}
		for _, it := range items {
			f, err := factKind.decode(it)
			if err != nil {
				return nil, err
			}
			facts = append(facts, statistics.Noted{Fact: f, Key: textOf(it, schema.SK)})
		}
		if limit > 0 && len(facts) >= limit {
			break
		}
	}
	return facts, nil
}

// Trails reads by deal.
func (s Statistics) Trails(ctx context.Context, team int64, deals []int64) (map[int64]statistics.Trail, error) {
	return records[statistics.Trail]{s.DB, trailKind, "Trail"}.GetMany(ctx, team, deals)
}

// Log reads the end of a record's flow.
func (s Statistics) Log(ctx context.Context, team int64, of change.Ref, since time.Time) ([]change.Row, error) {
	return s.changes(ctx, team, of, since, func(item) {})
}

// changes are the rows of the change log in the end of a record's flow, oldest first; each row that is read is shown.
func (db *DB) changes(ctx context.Context, team int64, of change.Ref, since time.Time, show func(item)) ([]change.Row, error) {
	p := schema.Flow
	items, _, err := db.query(ctx, query{
		pk: p.Partition(team, of), from: p.Prefix() + value.SortTime(since), to: p.Prefix() + "~",
	})
	if err != nil {
		return nil, fmt.Errorf("the change log of %s: %w", of, err)
	}
	log := []change.Row{}
	for _, it := range items {
		show(it)
		row, err := decodeRow(of, change.Flow, it)
		if err != nil {
			return nil, err
		}
		if row.Log != nil {
			log = append(log, row)
		}
	}
	return log, nil
}

// Filed reads the end of a shelf.
func (s Statistics) Filed(ctx context.Context, team int64, shelf change.Ref, since time.Time) (trails []statistics.Trail, err error) {
	items, _, err := s.query(ctx, query{pk: schema.Figures.Partition(team, shelf), from: schema.Figures.Prefix() + value.SortTime(since), to: schema.Figures.Prefix() + "~"})
	if err != nil {
		return nil, fmt.Errorf("dynamo.Filed: %w", err)
	}
	for _, it := range items {
		row, err := kindOf[struct{ Figure statistics.Trail }]{}.decode(it)
		if err != nil {
			return nil, err
		}
		trails = append(trails, row.Figure)
	}
	return trails, nil
}

// Totals reads them with one query.
func (s Statistics) Totals(ctx context.Context, team int64) ([]statistics.Totals, error) {
	items, _, err := s.query(ctx, query{pk: schema.Totals.Partition(team), from: "0", to: "~"})
	if err != nil {
		return nil, fmt.Errorf("dynamo.Totals: %w", err)
	}
	return decodeAll(totalsKind, items)
}
