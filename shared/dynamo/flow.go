package dynamo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/flow"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

// Flow reads and moves what shows on records.
type Flow struct{ *DB }

var _ flow.Store = Flow{}

// GetSome reads a hundred records at a time, one batch read each.
func (f Flow) GetSome(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]any, int, error) {
	all, n, size := make(map[change.Ref]any, len(refs)), 0, 0
	for part := range slices.Chunk(refs, batchSize) {
		keys := make([]schema.Key, len(part))
		for i, ref := range part {
			keys[i] = keyOf(team, ref)
		}
		found, err := f.batch(ctx, keys)
		if err != nil {
			return nil, 0, fmt.Errorf("dynamo.Flow.GetSome: %w", err)
		}
		for i, ref := range part {
			if size > maxPage {
				return all, n, nil
			}
			if it, ok := found[keys[i]]; ok {
				size += wireSize(it)
				if all[ref], err = kinds[ref.Kind()].decodeAny(it); err != nil {
					return nil, 0, err
				}
			}
			n++
		}
	}
	return all, n, nil
}

// Head is one query: record, relations and files lie next to each other.
func (f Flow) Head(ctx context.Context, team int64, of change.Ref, files int) (h flow.Head, err error) {
	q := query{pk: schema.Record.Partition(team, of), from: "#", to: schema.FileRow.Prefix() + "~", limit: 1 + flow.MaxRelations + files, once: true}
	items, more, err := f.query(ctx, q)
	if err != nil {
		return h, fmt.Errorf("dynamo.Flow.Head %s: %w", of, err)
	}
	h.FilesMore = more
	for _, it := range items {
		switch sk := textOf(it, schema.SK); {
		case sk == "#":
			if h.Record, err = kinds[of.Kind()].decodeAny(it); err != nil {
				return h, err
			}
			l, err := kindOf[linked]{}.decode(it)
			if err != nil {
				return h, err
			}
			h.Links = change.Links{Persons: []int64{value.Deref(l.PersonID)}, Organization: value.Deref(l.OrganizationID)}
		case strings.HasPrefix(sk, schema.Relation.Prefix()):
			h.Relations = append(h.Relations, change.Ref(textOf(it, "Source")))
		case len(h.Files) == files:
			h.FilesMore = true
		default:
			h.Files = append(h.Files, change.Ref(textOf(it, "Source")))
		}
	}
	return h, nil
}

// PersonsOf is one query of the index. Deleted persons stay in it until they are purged, so a few more are asked for.
func (f Flow) PersonsOf(ctx context.Context, team, organization int64, limit int) (persons []any, more bool, err error) {
	index := schema.ByOrganization
	out, err := f.client.Query(ctx, &dynamodb.QueryInput{
		TableName: &f.table, IndexName: &index.Name, Limit: aws.Int32(int32(limit + limit/2)),
		KeyConditionExpression:    aws.String("#pk = :pk"),
		ExpressionAttributeNames:  map[string]string{"#pk": index.PK},
		ExpressionAttributeValues: item{":pk": text(schema.ListPartition(team, change.Person, value.ByOrganization, organization))},
	})
	if err != nil {
		return nil, false, unavailable(fmt.Errorf("dynamo.Flow.PersonsOf %d: %w", organization, err))
	}
	more = out.LastEvaluatedKey != nil
	for _, it := range out.Items {
		l, err := kindOf[linked]{}.decode(it)
		if err != nil {
			return nil, false, err
		}
		if l.Deleted || !f.alive(it) {
			continue
		}
		if len(persons) == limit {
			return persons, true, nil
		}
		p, err := kinds[change.Person].decodeAny(it)
		if err != nil {
			return nil, false, err
		}
		persons = append(persons, p)
	}
	return persons, more, nil
}

// Walk reads a collection in the order of its sort keys, which are its cursors, from the files on.
func (f Flow) Walk(ctx context.Context, team int64, on change.Ref, cursor string, limit int) (found []flow.Placement, more bool, err error) {
	q := query{pk: schema.Record.Partition(team, on), from: schema.FileRow.Prefix(), to: "~", after: cursor, limit: limit, once: true}
	items, more, err := f.query(ctx, q)
	if err != nil {
		return nil, false, fmt.Errorf("dynamo.Flow.Walk %s: %w", on, err)
	}
	for _, it := range items {
		p := flow.Placement{Source: change.Ref(textOf(it, "Source")), Cursor: textOf(it, schema.SK)}
		if k := p.Source.Kind(); k == change.Changes || k == change.Deal || k == kindUser {
			p.Source = ""
		}
		found = append(found, p)
	}
	return found, more, nil
}

const maxActivityTypes = 50 // whose names a flow shows

// ActivityTypeRefs counts to the last id that was given.
func (f Flow) ActivityTypeRefs(ctx context.Context, team int64) (refs []change.Ref, err error) {
	it, err := f.get(ctx, schema.Sequence.Key(team, kindActivityType))
	if err != nil {
		return nil, fmt.Errorf("dynamo.Flow.ActivityTypeRefs: %w", err)
	}
	for id := range min(numberOf(it, "lastId"), maxActivityTypes) {
		refs = append(refs, change.Of(kindActivityType, id+1))
	}
	return refs, nil
}
