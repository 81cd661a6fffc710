package dynamo

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/recents"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// Recents merges what each kind has by update time. Kinds that lie in the index are read in lots of a quarter of a page, when
// the merge comes to their end; small collections are read whole. So a page of all kinds takes eight queries of the index, up to
// five more, and four of small collections, and reads at most three rows for one that it shows, however much there is.
type Recents struct{ *DB }

var _ recents.Store = Recents{}

// indexed are the lists that a kind's records lie in; other kinds are small collections.
func indexed(kind string) []string {
	switch kind {
	case change.Deal:
		return []string{listKind(kind, false), listKind(kind, true)}
	case kindUser, kindPipeline, kindStage, kindActivityType:
		return nil
	}
	return []string{kind}
}

// lot is a part of one source of changes, in order.
type lot struct {
	changes []sized
	kind    string
	query   *dynamodb.QueryInput // for what follows; nil when nothing does
}

// sized is a change with its size in an answer. Without a record, it is one that TTL is about to remove.
type sized struct {
	recents.Change
	size int
}

// Changes ends a page early when it has looked at many records that are gone, or holds as much as an answer can.
func (r Recents) Changes(ctx context.Context, team int64, q recents.Question) (page value.Page[recents.Change], err error) {
	sources, err := r.sources(ctx, team, q)
	if err != nil {
		return page, err
	}
	last := q.After
	for examined := 0; ; examined++ {
		first, err := r.first(ctx, sources)
		if err != nil || first == nil {
			return page, err
		}
		next := first.changes[0]
		if len(page.Items) == q.Limit || examined == maxExamined || len(page.Items) > 0 && page.Size+next.size+q.Beside > maxPage {
			page.Next = last.String()
			return page, nil
		}
		first.changes, last = first.changes[1:], next.Place
		if next.Record != nil {
			page.Items = append(page.Items, next.Change)
			page.Size += next.size + q.Beside
		}
	}
}

// first is the source that has the next change; nil when none has any.
func (r Recents) first(ctx context.Context, sources []*lot) (first *lot, err error) {
	for _, s := range sources {
		for len(s.changes) == 0 && s.query != nil {
			if err := r.read(ctx, s); err != nil {
				return nil, err
			}
		}
		if len(s.changes) > 0 && (first == nil || s.changes[0].Place.Compare(first.changes[0].Place) < 0) {
			first = s
		}
	}
	return first, nil
}

func (r Recents) sources(ctx context.Context, team int64, q recents.Question) (sources []*lot, err error) {
	whole := &lot{}
	for _, kind := range q.Kinds {
		lists := indexed(kind)
		if lists == nil {
			if err = r.whole(ctx, team, kind, whole); err != nil {
				return nil, err
			}
		}
		for _, list := range lists {
			from, to := after(q.After, kind), value.SortTime(q.Before)
			if from >= to {
				continue
			}
			in := plan{index: schema.ByUpdateTime, partition: schema.ListPartition(team, list), from: from, to: to}.query(r.DB, value.List{})
			in.Limit = aws.Int32(int32(max(q.Limit/4, 10)))
			sources = append(sources, &lot{kind: kind, query: in})
		}
	}
	slices.SortFunc(whole.changes, func(x, y sized) int { return x.Place.Compare(y.Place) })
	before := value.SortTime(q.Before)
	whole.changes = slices.DeleteFunc(whole.changes, func(c sized) bool { return c.Place.Compare(q.After) <= 0 || c.Place.At >= before })
	return append(sources, whole), nil
}

// after is where the index of a kind goes on behind a place. Its keys end in "#" and the number.
func after(p recents.Place, kind string) string {
	switch {
	case kind < p.Kind:
		return p.At + "#~"
	case kind == p.Kind:
		return p.At + "#" + padded(p.ID) + "~"
	}
	return p.At
}

func (r Recents) read(ctx context.Context, s *lot) error {
	out, err := r.client.Query(ctx, s.query)
	if err != nil {
		return unavailable(fmt.Errorf("dynamo.Recents %s: %w", s.kind, err))
	}
	for _, it := range out.Items {
		at, number, _ := strings.Cut(textOf(it, schema.ByUpdateTime.SK), "#")
		id, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return fmt.Errorf("dynamo.Recents: %s is no number of a %s", number, s.kind)
		}
		c := sized{Change: recents.Change{Place: recents.Place{At: at, Kind: s.kind, ID: id}}, size: wireSize(it)}
		if r.alive(it) {
			if c.Record, err = kinds[s.kind].decodeAny(it); err != nil {
				return err
			}
		}
		s.changes = append(s.changes, c)
	}
	if s.query.ExclusiveStartKey = out.LastEvaluatedKey; out.LastEvaluatedKey == nil {
		s.query = nil
	}
	return nil
}

// whole adds a small collection, deleted records included.
func (r Recents) whole(ctx context.Context, team int64, kind string, to *lot) error {
	switch kind {
	case kindUser:
		all, err := Teams(r).Users(ctx, team)
		return put(to, kind, all, err, func(u teams.User) (int64, time.Time) { return u.ID, u.UpdateTime })
	case kindActivityType:
		all, err := r.ActivityTypes(ctx, team)
		return put(to, kind, all, err, func(t activities.Type) (int64, time.Time) { return t.ID, t.UpdateTime })
	case kindPipeline:
		b, err := Pipelines(r).Board(ctx, team)
		return put(to, kind, b.Pipelines, err, func(p pipelines.Pipeline) (int64, time.Time) { return p.ID, p.UpdateTime })
	default:
		b, err := Pipelines(r).Board(ctx, team)
		return put(to, kind, b.Stages, err, func(s pipelines.Stage) (int64, time.Time) { return s.ID, s.UpdateTime })
	}
}

func put[T any](to *lot, kind string, all []T, err error, of func(T) (int64, time.Time)) error {
	for _, v := range all {
		id, at := of(v)
		to.changes = append(to.changes, sized{Change: recents.Change{Place: recents.Place{At: value.SortTime(at), Kind: kind, ID: id}, Record: v}})
	}
	return err
}
