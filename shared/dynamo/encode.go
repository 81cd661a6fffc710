package dynamo

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/imports"
	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/reminders"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/statistics"
	"github.com/lejek/lejek/shared/value"
	"github.com/lejek/lejek/shared/webhooks"
)

// kind tells how records of one kind are stored: their type, and what lists sort and filter them by. facets is nil for
// kinds that are in no list.
type kind interface {
	encode(team int64, v any) (item, error)
	decodeAny(it item) (any, error)
	fromJSON(text []byte) (any, error) // what json.Marshal makes of a record
	readAny(it item, r change.Redirects) (any, error)
	follows() bool
}

type kindOf[T any] struct {
	name   string
	facets func(T) value.Facets
	extra  func(team int64, v T, it item) // index attributes beyond the facets
	follow func(T, change.Redirects) T    // the record as merges under way will leave it; nil where none of its links can move
}

func (k kindOf[T]) encode(team int64, v any) (item, error) {
	record, ok := v.(T)
	if !ok {
		return nil, fmt.Errorf("a %s is stored as %T, not %T", k.name, record, v)
	}
	it, err := marshal(record)
	if err != nil {
		return nil, err
	}
	if k.facets != nil {
		indexKeys(it, team, k.name, k.facets(record))
	}
	if k.extra != nil {
		k.extra(team, record, it)
	}
	return it, nil
}

func (k kindOf[T]) decode(it item) (v T, err error) {
	if err := attributevalue.UnmarshalMap(it, &v); err != nil {
		return v, fmt.Errorf("decode %s %s: %w", textOf(it, schema.PK), textOf(it, schema.SK), err)
	}
	return v, nil
}

func (k kindOf[T]) fromJSON(text []byte) (any, error) {
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, fmt.Errorf("a %s in an archive: %w", k.name, err)
	}
	return v, nil
}

func (k kindOf[T]) decodeAny(it item) (any, error) { return k.decode(it) }

// read decodes a record for those who are to see it as merges under way will leave it.
func (k kindOf[T]) read(it item, r change.Redirects) (T, error) {
	v, err := k.decode(it)
	if err == nil && k.follow != nil {
		v = k.follow(v, r)
	}
	return v, err
}

func (k kindOf[T]) follows() bool { return k.follow != nil }

func (k kindOf[T]) readAny(it item, r change.Redirects) (any, error) { return k.read(it, r) }

// followPlaced is follow of what shows on others.
func followPlaced[T change.Placed](v T, r change.Redirects) T { return v.Follow(r).(T) }

func encode(team int64, r change.Record) (item, error) {
	k, ok := kinds[r.Ref.Kind()]
	if !ok {
		return nil, fmt.Errorf("no kind %q", r.Ref.Kind())
	}
	it, err := k.encode(team, r.Value)
	if err != nil {
		return nil, err
	}
	return merge(it, keyItem(keyOf(team, r.Ref))), nil
}

// Attributes beside those of a record's struct, which say of the write that left it so who made it, how, and with what record it was merged.
const (
	writtenBy  = "by"
	writtenVia = "via"
	mergedWith = "merged"
)

// sign notes who writes a record.
func sign(it item, s change.Set, r change.Record) {
	if s.User != 0 {
		it[writtenBy], it[writtenVia] = number(s.User), text(s.Source)
	}
	if r.Merged != "" {
		it[mergedWith] = text(string(r.Merged))
	}
}

// marshal writes a struct attribute by attribute, leaving out what is null.
func marshal(v any) (item, error) {
	it, err := attributevalue.MarshalMap(v)
	if err != nil {
		return nil, fmt.Errorf("marshal %T: %w", v, err)
	}
	maps.DeleteFunc(it, func(_ string, a types.AttributeValue) bool {
		_, null := a.(*types.AttributeValueMemberNULL)
		return null
	})
	return it, nil
}

func merge(it, more item) item {
	maps.Copy(it, more)
	return it
}

const keepDeleted = 30 * 24 * time.Hour // contract §1.7

func padded(id int64) string { return fmt.Sprintf("%012d", id) }

// indexKeys puts a record into the indexes that its facets call for. A deleted record stays in them, so that it can be
// listed under status=deleted, until TTL takes it from everywhere.
func indexKeys(it item, team int64, kind string, f value.Facets) {
	id, kind := padded(f.ID), listKind(kind, f.Archived)
	it["list"] = text(schema.ListPartition(team, kind))
	it["sortId"] = text(id)
	it["sortAdded"] = text(value.SortTime(f.Added) + "#" + id)
	it["sortUpdated"] = text(value.SortTime(f.Updated) + "#" + id)
	for index, link := range map[schema.Index]string{
		schema.ByOwner: value.ByOwner, schema.ByPerson: value.ByPerson, schema.ByOrganization: value.ByOrganization,
		schema.ByDeal: value.ByDeal, schema.ByPipeline: value.ByPipeline, schema.ByStage: value.ByStage,
	} {
		if to := f.Link(link); to != 0 {
			it[index.PK] = text(schema.ListPartition(team, kind, link, to))
		}
	}
	if f.Status != "" {
		status := f.Status
		if f.Deleted {
			status = value.StatusDeleted
		}
		it[schema.ByStatus.PK] = text(schema.ListPartition(team, kind, "status", status))
	}
	if kind == change.Activity {
		it[schema.ByTime.PK] = text(schema.ListPartition(team, kind, "due"))
		it[schema.ByTime.SK] = text(dueKey(f))
	}
	expire(it, f.Deleted, f.Updated)
}

// listKind is the kind under which records are listed: archived ones lie in partitions of their own, so that neither list
// pays for the other.
func listKind(kind string, archived bool) string {
	if archived {
		return kind + "Archived"
	}
	return kind
}

// expire has TTL take what is deleted away, once nobody can restore it any more.
func expire(it item, deleted bool, at time.Time) {
	if deleted {
		it[schema.Expires] = number(at.Add(keepDeleted).Unix())
	}
}

// dueKey orders by due time, records without one last.
func dueKey(f value.Facets) string {
	if f.Due.IsZero() {
		return "9999#" + padded(f.ID)
	}
	return value.SortTime(f.Due) + "#" + padded(f.ID)
}

// keyOf is where a record or guard lies: by itself, or in a small collection that is read whole.
func keyOf(team int64, ref change.Ref) schema.Key {
	switch ref.Kind() {
	case kindUser:
		return schema.User.Key(team, ref.ID())
	case kindPipeline:
		return schema.Pipeline.Key(team, ref.ID())
	case kindStage:
		return schema.Stage.Key(team, ref.ID())
	case kindActivityType:
		return schema.ActivityType.Key(team, ref.ID())
	case fields.KindOptions:
		return optionsKey(team, ref)
	case reminders.Kind:
		return reminderKey(team, ref)
	case statistics.KindTotals:
		return schema.Totals.Key(team, ref.Name())
	case imports.KindChunk, imports.KindRow, imports.KindErrors:
		return importKey(team, ref.Kind(), ref.Name())
	case notes.KindComment:
		return commentKey(team, ref)
	case webhooks.Kind, webhooks.KindDelivery, webhooks.KindBody:
		return keyOfWebhook(team, ref)
	case kindTeam:
		return schema.Team.Key(team)
	}
	return schema.Record.Key(team, ref)
}
