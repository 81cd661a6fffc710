package dynamo

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/schema"
)

var (
	definitionsKind = kindOf[fields.Definitions]{name: fields.KindDefinitions}
	optionsKind     = kindOf[fields.Chunk]{name: fields.KindOptions, extra: func(_ int64, c fields.Chunk, it item) {
		if c.Spent != nil {
			it[schema.Expires] = number(c.Spent.Unix())
		}
	}}
)

// Fields keeps what fields teams have made, and options.
type Fields struct{ *DB }

var _ fields.Store = Fields{}

// Definitions takes one call.
func (f Fields) Definitions(ctx context.Context, team int64, entities ...string) (map[string]fields.Definitions, error) {
	keys := make([]schema.Key, len(entities))
	for i, e := range entities {
		keys[i] = keyOf(team, fields.Definitions{Entity: e}.Ref())
	}
	// Whoever asks for fields is going to read records: what these need to know is read in the same call.
	found, _, err := f.batchFollowing(ctx, team, keys)
	if err != nil {
		return nil, fmt.Errorf("dynamo.Definitions: %w", err)
	}
	all := make(map[string]fields.Definitions, len(entities))
	for i, e := range entities {
		d := fields.Definitions{}
		if it := found[keys[i]]; it != nil {
			if d, err = definitionsKind.decode(it); err != nil {
				return nil, err
			}
		}
		d.Entity = e
		all[e] = d
	}
	return all, nil
}

// Chunks reads a batch.
func (f Fields) Chunks(ctx context.Context, team int64, of []fields.Chunk) ([]fields.Chunk, error) {
	keys := make([]schema.Key, len(of))
	for i, c := range of {
		keys[i] = keyOf(team, c.Ref())
	}
	found, err := f.batch(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("dynamo.Chunks: %w", err)
	}
	out := make([]fields.Chunk, len(of))
	for i := range of {
		out[i] = of[i]
		if it, ok := found[keys[i]]; ok {
			if out[i], err = optionsKind.decode(it); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// Options reads what lies between two fields' options.
func (f Fields) Options(ctx context.Context, team int64, entity string, from, to int64) ([]fields.Chunk, error) {
	first, last := schema.FieldOptions.Key(team, entity, from, 0), schema.FieldOptions.Key(team, entity, to+1, 0)
	items, _, err := f.query(ctx, query{pk: first.PK, from: first.SK, to: last.SK})
	if err != nil {
		return nil, fmt.Errorf("dynamo.Options: %w", err)
	}
	chunks, err := decodeAll(optionsKind, items)
	return slices.DeleteFunc(chunks, func(c fields.Chunk) bool { return c.Field > to }), err
}

// optionsKey is where a chunk lies, beside its entity's definitions; the name is <entity>#<field>#<number>.
func optionsKey(team int64, ref change.Ref) schema.Key {
	parts := append(strings.Split(ref.Name(), "#"), "", "")
	number := func(i int) int64 { n, _ := strconv.ParseInt(parts[i], 10, 64); return n }
	return schema.FieldOptions.Key(team, parts[0], number(1), number(2))
}
