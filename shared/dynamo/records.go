package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

// records reads one kind. Each entity's store embeds it and adds what only that entity needs.
type records[T any] struct {
	*DB
	kind kindOf[T]
	name string // as the client reads it in "… not found"
}

// Get is the record of that id; NotFound when the team has none.
func (r records[T]) Get(ctx context.Context, team, id int64) (T, error) {
	var zero T
	key := keyOf(team, change.Of(r.kind.name, id))
	found, redirects, err := r.batchRead(ctx, team, []schema.Key{key}, r.kind)
	if err != nil {
		return zero, err
	}
	if found[key] == nil {
		return zero, fault.Missing(r.name)
	}
	return r.kind.read(found[key], redirects)
}

// GetMany are the records of these ids that exist, by id.
func (r records[T]) GetMany(ctx context.Context, team int64, ids []int64) (map[int64]T, error) {
	keys := make([]schema.Key, len(ids))
	for i, id := range ids {
		keys[i] = keyOf(team, change.Of(r.kind.name, id))
	}
	found, redirects, err := r.batchRead(ctx, team, keys, r.kind)
	if err != nil {
		return nil, err
	}
	all := make(map[int64]T, len(found))
	for i, id := range ids {
		if it, ok := found[keys[i]]; ok {
			if all[id], err = r.kind.read(it, redirects); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// NextID is the next id of this kind.
func (r records[T]) NextID(ctx context.Context, team int64) (int64, error) {
	return r.DB.NextID(ctx, team, r.kind.name)
}

// List answers a list from an index, which may lag behind the last writes.
func (r records[T]) List(ctx context.Context, team int64, l value.List) (value.Page[T], error) {
	if l.IDs != nil {
		return r.listIDs(ctx, team, l)
	}
	page, err := listPage(ctx, r.DB, team, r.kind, l)
	if err != nil {
		return page, fmt.Errorf("dynamo.List %s: %w", r.kind.name, err)
	}
	return page, nil
}

// listIDs reads the named records themselves, which is right at once, and pages through them like any list.
func (r records[T]) listIDs(ctx context.Context, team int64, l value.List) (page value.Page[T], err error) {
	found, err := r.GetMany(ctx, team, l.IDs)
	if err != nil {
		return page, err
	}
	var all []T
	for _, v := range found {
		if l.Matches(r.kind.facets(v)) {
			all = append(all, v)
		}
	}
	page, err = value.PageOf(all, r.kind.facets, l)
	if err != nil {
		return page, fault.Cursor(err)
	}
	n, err := r.fit(team, page.Items, l.Beside)
	if err == nil && n < len(page.Items) {
		l.Limit = n
		page, err = value.PageOf(all, r.kind.facets, l)
	}
	return page, err
}

// fit is how many of the records fit into an answer, each with some bytes beside it, at least one.
func (r records[T]) fit(team int64, list []T, beside int) (int, error) {
	size := 0
	for i, v := range list {
		it, err := r.kind.encode(team, v)
		if err != nil {
			return 0, err
		}
		if size += wireSize(it) + beside; size > maxPage && i > 0 {
			return i, nil
		}
	}
	return len(list), nil
}

// GetAny reads records of several kinds at once, each as its own type; what does not exist is absent.
func (db *DB) GetAny(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]any, error) {
	keys, of := make([]schema.Key, len(refs)), make([]kind, len(refs))
	for i, ref := range refs {
		keys[i], of[i] = keyOf(team, ref), kinds[ref.Kind()]
	}
	found, redirects, err := db.batchRead(ctx, team, keys, of...)
	if err != nil {
		return nil, err
	}
	all := make(map[change.Ref]any, len(found))
	for i, ref := range refs {
		if it, ok := found[keys[i]]; ok {
			if all[ref], err = of[i].readAny(it, redirects); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// Existing tells which records exist and are not deleted.
func (db *DB) Existing(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]bool, error) {
	keys := make([]schema.Key, len(refs))
	for i, ref := range refs {
		keys[i] = keyOf(team, ref)
	}
	found, err := db.batch(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("dynamo.Existing: %w", err)
	}
	all := make(map[change.Ref]bool, len(refs))
	for i, ref := range refs {
		deleted, _ := found[keys[i]]["Deleted"].(*types.AttributeValueMemberBOOL)
		all[ref] = found[keys[i]] != nil && (deleted == nil || !deleted.Value)
	}
	return all, nil
}
