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
		keys, of := make([]schema.Key, len(part)), make([]kind, len(part))
		for i, ref := range part {
			keys[i], of[i] = keyOf(team, ref), kinds[ref.Kind()]
		}
		found, redirects, err := f.batchRead(ctx, team, keys, of...)
		if err != nil {
			return nil, 0, fmt.Errorf("dynamo.Flow.GetSome: %w", err)
		}
		for i, ref := range part {
			if size > maxPage {
				return all, n, nil
			}
			if it, ok := found[keys[i]]; ok {
				size += wireSize(it)
				if all[ref], err = of[i].readAny(it, redirects); err != nil {
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
	redirects, err := f.Redirects(ctx, team)
	if err != nil {
		return h, err
	}
	q := query{from: "#", to: schema.FileRow.Prefix() + "~", limit: 1 + flow.MaxRelations + files, once: true}
	items, more, err := f.queryAll(ctx, team, redirects.Collections(of), q)
	if err != nil {
		return h, fmt.Errorf("dynamo.Flow.Head %s: %w", of, err)
	}
	h.FilesMore = more
	for _, it := range items {
		switch sk := textOf(it, schema.SK); {
		case sk == "#":
			if h.Record, err = kinds[of.Kind()].readAny(it, redirects); err != nil {
				return h, err
			}
			if l, ok := h.Record.(interface{ LeadsTo() change.Links }); ok {
				h.Links = l.LeadsTo()
			}
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

// PersonsOf is one query of the index, and one more for each organization that is being absorbed.
func (f Flow) PersonsOf(ctx context.Context, team, organization int64, limit int) (persons []any, more bool, err error) {
	redirects, err := f.Redirects(ctx, team)
	if err != nil {
		return nil, false, err
	}
	for _, of := range redirects.Collections(change.Of(change.Organization, organization)) {
		some, rest, err := f.personsOf(ctx, team, of.ID(), limit-len(persons), redirects)
		if err != nil {
			return nil, false, err
		}
		persons, more = append(persons, some...), more || rest
	}
	return persons, more, nil
}

// personsOf asks for a few more: deleted persons stay in the index until they are purged.
func (f Flow) personsOf(ctx context.Context, team, organization int64, limit int, redirects change.Redirects) (persons []any, more bool, err error) {
	index := schema.ByOrganization
	out, err := f.client.Query(ctx, &dynamodb.QueryInput{
		TableName: &f.table, IndexName: &index.Name, Limit: aws.Int32(int32(limit + limit/2 + 1)),
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
		p, err := personKind.read(it, redirects)
		if err != nil {
			return nil, false, err
		}
		persons = append(persons, p)
	}
	return persons, more, nil
}

// Walk reads a collection in the order of its sort keys, which are its cursors, from the relations on.
func (f Flow) Walk(ctx context.Context, team int64, on change.Ref, cursor string, limit int) (found []flow.Placement, more bool, err error) {
	q := query{pk: schema.Record.Partition(team, on), from: schema.Relation.Prefix(), to: "~", after: cursor, limit: limit, once: true}
	items, more, err := f.query(ctx, q)
	if err != nil {
		return nil, false, fmt.Errorf("dynamo.Flow.Walk %s: %w", on, err)
	}
	for _, it := range items {
		p := flow.Placement{Source: change.Ref(textOf(it, "Source")), Cursor: textOf(it, schema.SK)}
		p.Names = strings.HasPrefix(p.Cursor, schema.Named.Prefix())
		if strings.HasPrefix(p.Cursor, schema.Follower.Prefix()) {
			p.Follower = p.Source.ID()
		}
		if k := p.Source.Kind(); k == change.Changes || k == kindUser || strings.HasPrefix(p.Cursor, schema.OpenDeal.Prefix()) {
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

// Stored reads records as they are stored.
func (f Flow) Stored(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]any, error) {
	keys := make([]schema.Key, len(refs))
	for i, ref := range refs {
		keys[i] = keyOf(team, ref)
	}
	found, err := f.batch(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("dynamo.Flow.Stored: %w", err)
	}
	all := make(map[change.Ref]any, len(refs))
	for i, ref := range refs {
		if it, ok := found[keys[i]]; ok {
			if all[ref], err = kinds[ref.Kind()].decodeAny(it); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// OwnSummaries reads them one by one, as they are stored.
func (db *DB) OwnSummaries(ctx context.Context, team int64, of []change.Ref) (map[change.Ref]change.Summary, error) {
	return db.summaries(ctx, team, of)
}

// Linked is one query of an index. Where a record's own key is is all that a place in the index needs, so what has left it
// meanwhile still tells where to go on.
func (f Flow) Linked(ctx context.Context, team int64, list string, of, after change.Ref, limit int) (refs []change.Ref, more bool, err error) {
	index, link := schema.ByPerson, value.ByPerson
	if of.Kind() == change.Organization {
		index, link = schema.ByOrganization, value.ByOrganization
	}
	partition := schema.ListPartition(team, list, link, of.ID())
	in := &dynamodb.QueryInput{
		TableName: &f.table, IndexName: &index.Name, Limit: aws.Int32(int32(limit)),
		KeyConditionExpression: aws.String("#p = :p"), ProjectionExpression: aws.String("pk"),
		ExpressionAttributeNames: map[string]string{"#p": index.PK}, ExpressionAttributeValues: item{":p": text(partition)},
	}
	if after != "" {
		in.ExclusiveStartKey = merge(keyItem(keyOf(team, after)), item{index.PK: text(partition), index.SK: text(padded(after.ID()))})
	}
	out, err := f.client.Query(ctx, in)
	if err != nil {
		return nil, false, unavailable(fmt.Errorf("dynamo.Flow.Linked %s: %w", of, err))
	}
	for _, it := range out.Items {
		refs = append(refs, change.Ref(strings.TrimPrefix(textOf(it, schema.PK), schema.Record.Partition(team, change.Ref("")))))
	}
	return refs, out.LastEvaluatedKey != nil, nil
}
