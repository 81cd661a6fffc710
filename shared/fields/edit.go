package fields

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// edit is one change of an entity's fields and their options, all of it or nothing: the definitions, whose version holds off
// every other change of the entity's fields, and the chunks of options that it touches.
type edit struct {
	service Service
	actor   auth.Actor
	now     time.Time
	defs    Definitions
	chunks  map[change.Ref]*Chunk
}

func (s Service) edit(ctx context.Context, a auth.Actor, entity string) (*edit, error) {
	found, err := s.Store.Definitions(ctx, a.Team, entity)
	if err != nil {
		return nil, fmt.Errorf("fields.edit: %w", err)
	}
	return &edit{service: s, actor: a, now: s.now(), defs: found[entity], chunks: map[change.Ref]*Chunk{}}, nil
}

// find is the field, built in or the team's own.
func (e *edit) find(which Which) (Field, error) {
	f, ok := which(NewSheet(e.defs.Entity, e.defs))
	if !ok {
		return f, fault.Missing("Field")
	}
	return f, nil
}

// own is the field, which must be one that the team made.
func (e *edit) own(which Which) (Field, error) {
	f, err := e.find(which)
	if err == nil && !f.Custom() {
		err = fault.New(fault.Forbidden, "The field %q is built in: only its options, where it has any, can be changed", f.Name)
	}
	return f, err
}

// put replaces a field that the team made.
func (e *edit) put(o Own) Field {
	o.UpdateTime, o.UpdatedBy = e.now, e.actor.User
	i := slices.IndexFunc(e.defs.Own, func(had *Own) bool { return had.ID == o.ID })
	e.defs.Own = slices.Clone(e.defs.Own)
	e.defs.Own[i] = &o
	return o.field()
}

// count writes what became of a field's options.
func (e *edit) count(f Field, o Options) {
	if f.Custom() {
		own := *f.Own
		own.Options = &o
		e.put(own)
		return
	}
	e.defs.BuiltIn = maps.Clone(e.defs.BuiltIn)
	if e.defs.BuiltIn == nil {
		e.defs.BuiltIn = map[int64]*Options{}
	}
	e.defs.BuiltIn[f.ID] = &o
}

// load reads the chunks in which options lie, so that they can be changed.
func (e *edit) load(ctx context.Context, f Field, options []int64) error {
	var of []Chunk
	for _, id := range options {
		c := Chunk{Entity: e.defs.Entity, Field: f.ID, Number: ChunkOf(id)}
		if e.chunks[c.Ref()] == nil {
			e.chunks[c.Ref()] = &Chunk{}
			of = append(of, c)
		}
	}
	if len(of) == 0 {
		return nil
	}
	found, err := e.service.chunks(ctx, e.actor.Team, of)
	for _, c := range found {
		e.chunks[c.Ref()] = &c
	}
	return err
}

func (e *edit) chunk(f Field, option int64) *Chunk {
	return e.chunks[Chunk{Entity: e.defs.Entity, Field: f.ID, Number: ChunkOf(option)}.Ref()]
}

// save commits all of it in one transaction, and with it what was done to which fields, at least one.
func (e *edit) save(ctx context.Context, act string, to ...Field) error {
	set := change.By(e.actor)
	var codes, names []string
	for _, f := range to {
		codes, names = append(codes, f.Code), append(names, f.Name)
	}
	set.Audit(e.actor, e.now, act, change.Named("field", codes[0]), map[string]string{
		"entity": e.defs.Entity, "field_code": strings.Join(codes, ", "), "field_name": strings.Join(names, ", "),
	})
	set.Put(e.defs.Ref(), e.defs, e.defs.Version)
	for _, ref := range slices.Sorted(maps.Keys(e.chunks)) {
		c := e.chunks[ref]
		set.Put(ref, *c, c.Version)
	}
	if len(set.Records)+len(set.Audits) > change.MaxOperations {
		return fault.New(fault.Invalid, "The options lie too far apart to be changed at once: send fewer of them")
	}
	if err := e.service.Store.Commit(ctx, set); err != nil {
		return fmt.Errorf("fields.save: %w", err)
	}
	return nil
}

// forget lets the names of a deleted field's options go, as far as one transaction does it; nobody reads the rest.
func (e *edit) forget(ctx context.Context, f Field) error {
	if f.Options == nil {
		return nil
	}
	chunks, err := e.service.allChunks(ctx, e.actor.Team, e.defs.Entity, f.ID, f.ID)
	if err != nil {
		return err
	}
	for _, c := range chunks {
		if len(e.chunks) < change.MaxOperations-2 {
			c.Options, c.Spent = nil, &e.now
			e.chunks[c.Ref()] = &c
		}
	}
	return nil
}
