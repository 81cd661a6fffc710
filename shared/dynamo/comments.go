package dynamo

import (
	"context"
	"fmt"
	"strings"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/schema"
)

var commentKind = kindOf[notes.Comment]{name: notes.KindComment, extra: func(_ int64, c notes.Comment, it item) {
	expire(it, c.Deleted, c.UpdateTime)
}}

// Comments keeps comments beside their notes.
type Comments struct{ *DB }

var _ notes.CommentStore = Comments{}

// Comment is one comment; NotFound when the note has none of that name.
func (s Comments) Comment(ctx context.Context, team, note int64, uuid string) (notes.Comment, error) {
	it, err := s.get(ctx, commentKey(team, notes.CommentRef(note, uuid)))
	if err == nil && it == nil {
		err = fault.Missing("Comment")
	}
	if err != nil {
		return notes.Comment{}, err
	}
	return commentKind.decode(it)
}

// Comments reads a note's comments from the first on: an offset has to pass those before it.
func (s Comments) Comments(ctx context.Context, team, note int64, start, limit int) (page []notes.Comment, more bool, err error) {
	on := change.Of(change.Note, note)
	q := query{pk: schema.Comment.Partition(team, on), from: schema.Comment.Prefix(), to: schema.Comment.Prefix() + "~", limit: 1000}
	for skip := start; ; {
		items, others, err := s.query(ctx, q)
		if err != nil {
			return nil, false, fmt.Errorf("dynamo.Comments: %w", err)
		}
		all, err := decodeAll(commentKind, items)
		if err != nil {
			return nil, false, err
		}
		for _, c := range all {
			switch {
			case c.Deleted:
			case skip > 0:
				skip--
			case len(page) == limit:
				return page, true, nil
			default:
				page = append(page, c)
			}
		}
		if !others {
			return page, false, nil
		}
		q.after = textOf(items[len(items)-1], schema.SK)
	}
}

// commentKey is beside the note.
func commentKey(team int64, ref change.Ref) schema.Key {
	note, uuid, _ := strings.Cut(ref.Name(), "#")
	return schema.Comment.Key(team, change.Named(change.Note, note), uuid)
}
