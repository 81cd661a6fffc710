package notes

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// KindComment is the kind of a comment's record, which lies beside its note.
const KindComment = "comment"

// Comment on a note, as stored (contract §3.1). Content is HTML.
type Comment struct {
	UUID       string
	NoteID     int64
	Version    int64
	Content    string
	UserID     int64
	UpdaterID  int64
	AddTime    time.Time
	UpdateTime time.Time
	Deleted    bool
}

// Ref names the comment by its note and its UUID.
func (c Comment) Ref() change.Ref { return CommentRef(c.NoteID, c.UUID) }

// CommentRef is the Ref of a comment.
func CommentRef(note int64, uuid string) change.Ref {
	return change.Named(KindComment, fmt.Sprintf("%d#%s", note, uuid))
}

// newUUID is of version 7 (RFC 9562): it begins with the time, so that comments lie in the order in which they were made.
func newUUID(now time.Time) string {
	var b [16]byte
	rand.Read(b[:]) // never fails since Go 1.24
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(now.UnixMilli()))
	copy(b[:6], ms[2:])
	b[6], b[8] = b[6]&0x0f|0x70, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// CommentStore is where comments are kept.
type CommentStore interface {
	Comment(ctx context.Context, team, note int64, uuid string) (Comment, error)
	// Comments are those of a note from the oldest on, deleted ones left out; more tells that others follow.
	Comments(ctx context.Context, team, note int64, start, limit int) (page []Comment, more bool, err error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// Comments is what can be done with comments. They belong to their note: a comment on a deleted one is as gone as the note.
type Comments struct {
	Store    CommentStore
	Notes    Service
	Sanitize func(html string) string
}

// List is a page of a note's comments, oldest first.
func (s Comments) List(ctx context.Context, a auth.Actor, note int64, start, limit int) ([]Comment, bool, error) {
	if _, err := s.Notes.alive(ctx, a, note); err != nil {
		return nil, false, err
	}
	return s.Store.Comments(ctx, a.Team, note, start, limit)
}

// Get is one comment.
func (s Comments) Get(ctx context.Context, a auth.Actor, note int64, uuid string) (Comment, error) {
	if _, err := s.Notes.alive(ctx, a, note); err != nil {
		return Comment{}, err
	}
	c, err := s.Store.Comment(ctx, a.Team, note, uuid)
	if err == nil && c.Deleted {
		err = fault.Missing("Comment")
	}
	return c, err
}

// Create adds a comment.
func (s Comments) Create(ctx context.Context, a auth.Actor, note int64, content string) (c Comment, err error) {
	err = change.Retry(ctx, func() error {
		n, err := s.Notes.alive(ctx, a, note)
		if err != nil {
			return err
		}
		now := s.Notes.now()
		c = Comment{
			UUID: newUUID(now), NoteID: note, Content: s.Sanitize(content), UserID: a.User, UpdaterID: a.User, AddTime: now, UpdateTime: now,
		}
		set := change.By(a)
		set.Put(c.Ref(), c, 0)
		set.Checks = append(set.Checks, change.Check{Ref: n.Ref(), Alive: true})
		return s.Store.Commit(ctx, set)
	})
	return c, err
}

// Update gives a comment another content.
func (s Comments) Update(ctx context.Context, a auth.Actor, note int64, uuid, content string) (Comment, error) {
	return s.change(ctx, a, note, uuid, func(c Comment) Comment {
		c.Content = s.Sanitize(content)
		return c
	})
}

// Delete marks a comment.
func (s Comments) Delete(ctx context.Context, a auth.Actor, note int64, uuid string) error {
	_, err := s.change(ctx, a, note, uuid, func(c Comment) Comment {
		c.Deleted = true
		return c
	})
	return err
}

func (s Comments) change(ctx context.Context, a auth.Actor, note int64, uuid string, apply func(Comment) Comment) (c Comment, err error) {
	err = change.Retry(ctx, func() error {
		before, err := s.Get(ctx, a, note, uuid)
		if err != nil {
			return err
		}
		c = apply(before)
		c.UpdaterID, c.UpdateTime = a.User, s.Notes.now()
		set := change.By(a)
		set.Put(c.Ref(), c, before.Version)
		return s.Store.Commit(ctx, set)
	})
	return c, err
}
