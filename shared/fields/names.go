package fields

import (
	"context"
	"fmt"
	"slices"

	"github.com/lejek/lejek/shared/auth"
)

// Names are options by their field's number and their own.
type Names map[int64]map[int64]Option

// Names reads the options that are wanted of each field, by its number, in one batch of the chunks in which they lie.
func (s Service) Names(ctx context.Context, a auth.Actor, entity string, wanted map[int64][]int64) (Names, error) {
	var of []Chunk
	for field, options := range wanted {
		for _, id := range options {
			c := Chunk{Entity: entity, Field: field, Number: ChunkOf(id)}
			if !slices.ContainsFunc(of, func(had Chunk) bool { return had.Ref() == c.Ref() }) {
				of = append(of, c)
			}
		}
	}
	if len(of) == 0 {
		return nil, nil
	}
	chunks, err := s.chunks(ctx, a.Team, of)
	if err != nil {
		return nil, fmt.Errorf("fields.Names: %w", err)
	}
	names := Names{}
	for _, c := range chunks {
		if names[c.Field] == nil {
			names[c.Field] = map[int64]Option{}
		}
		for _, o := range c.Options {
			names[c.Field][o.ID] = o
		}
	}
	return names, nil
}

// chunks reads chunks. One of a built-in field that nobody has changed yet is not stored.
func (s Service) chunks(ctx context.Context, team int64, of []Chunk) ([]Chunk, error) {
	chunks, err := s.Store.Chunks(ctx, team, of)
	for i, c := range chunks {
		if c.Version == 0 && c.Number == 0 {
			chunks[i].Options = slices.Clone(defaults[c.Field])
		}
	}
	return chunks, err
}
