package imports

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// File is the content of an object while it is read.
type File interface {
	io.ReaderAt
	io.Closer
}

// Objects are the files and the pieces of work in the data bucket.
type Objects interface {
	// Fetch brings a whole object here; its ETag and size are those of what was read. NotFound when there is none.
	Fetch(ctx context.Context, key string) (f File, size int64, etag string, err error)
	// ETag is that of the object as it is now; NotFound when there is none.
	ETag(ctx context.Context, key string) (string, error)
	Read(ctx context.Context, key string) ([]byte, error)
	Write(ctx context.Context, key string, content []byte) error
}

// Team is what a worker needs to know of a team.
type Team interface {
	// FirstUser is on whose behalf files are taken that were dropped; NotFound when there is no such team.
	FirstUser(ctx context.Context, team int64) (int64, error)
	// Makers make records for an actor; the team's settings are read once for so many rows.
	Makers(ctx context.Context, a auth.Actor, rows int) (Makers, error)
}

// Worker does an import's work, one event at a time. Every step can be stopped anywhere, repeated, and done by two at once:
// an import's state moves by its version, a chunk is finished once, and a row is marked in its own transaction.
type Worker struct {
	Store   Store
	Objects Objects
	Team    Team
	Open    func(r io.ReaderAt, size int64) (Lines, error)
	Now     func() time.Time
	Log     *slog.Logger
}

func (w Worker) now() time.Time { return w.Now().UTC().Truncate(time.Millisecond) }

// Arrived takes up a new object.
func (w Worker) Arrived(ctx context.Context, o Object) error {
	p, ok := PlaceOf(o.Key)
	if !ok {
		w.Log.WarnContext(ctx, "an object that no import has to do with", "key", o.Key)
		return nil
	}
	var err error
	switch {
	case p.Work && p.Start:
		err = w.resume(ctx, p)
	case p.Work:
		err = w.chunk(ctx, p.Team, p.Import, p.Chunk)
	default:
		err = w.uploaded(ctx, p, o)
	}
	if err != nil {
		return fmt.Errorf("imports.Arrived %s: %w", o.Key, err)
	}
	return nil
}

// uploaded analyses a file that is an import's.
func (w Worker) uploaded(ctx context.Context, p Place, o Object) error {
	var m Import
	err := change.Retry(ctx, func() (err error) {
		m, err = w.taken(ctx, p, o)
		return err
	})
	if err != nil || m.ID == 0 {
		return err
	}
	return w.analyse(ctx, p.Team, m)
}

// taken is the import whose file the object is, or begins one for a file that none waited for; the zero Import when it is of no
// matter any more. Of two files that come at once one is taken; the other finds that it is not its turn.
func (w Worker) taken(ctx context.Context, p Place, o Object) (Import, error) {
	m, err := Import{}, error(fault.Missing("Import"))
	if p.Import != 0 {
		m, err = w.Store.Get(ctx, p.Team, p.Import)
	}
	switch {
	case err != nil && !fault.Is(err, fault.NotFound):
		return m, err
	case err == nil && m.ETag == o.ETag:
		return m, nil // again: go on where it stopped
	case err != nil || m.Status != WaitingForFile:
		if m, err = w.dropped(ctx, p.Team, m.UserID, o); err != nil || m.Status != WaitingForFile {
			return m, err
		}
	}
	return w.save(ctx, p.Team, m, m.claim(o, w.now()))
}

// dropped is the import of a file that nobody announced, or of one that came under the key of an import which has its file:
// made once, however often the event comes. Without a user it is the team's first.
func (w Worker) dropped(ctx context.Context, team, user int64, o Object) (m Import, err error) {
	guard := o.dropped()
	err = change.Retry(ctx, func() error {
		seen, err := w.Store.Members(ctx, team, guard)
		if err != nil {
			return err
		}
		if ids := seen[guard]; len(ids) > 0 {
			m, err = w.Store.Get(ctx, team, ids[0])
			return err
		}
		// A late event of what was replaced since: the event of what is there now does the work.
		if etag, err := w.Objects.ETag(ctx, o.Key); fault.Is(err, fault.NotFound) || err == nil && etag != o.ETag {
			return nil
		} else if err != nil {
			return err
		}
		if user == 0 {
			if user, err = w.Team.FirstUser(ctx, team); fault.Is(err, fault.NotFound) {
				w.Log.WarnContext(ctx, "a file for a team that does not exist", "key", o.Key)
				return nil
			} else if err != nil {
				return err
			}
		}
		id, err := w.Store.NextID(ctx, team)
		if err != nil {
			return err
		}
		now := w.now()
		m = Import{
			ID: id, FileName: nameOf(o.Key), FileSize: o.Size, UserID: user, AutoStart: true, Status: WaitingForFile, Key: o.Key, AddTime: now,
			UpdateTime: now,
		}
		none := []int64{}
		set := change.Set{Team: team, Members: []change.Member{{Of: guard, ID: id, Seen: &none}}}
		set.Put(m.Ref(), m, 0)
		m.Version = 1
		return w.Store.Commit(ctx, set)
	})
	return m, err
}

// resume goes on with an import that was started by hand.
func (w Worker) resume(ctx context.Context, p Place) error {
	m, err := w.Store.Get(ctx, p.Team, p.Import)
	if fault.Is(err, fault.NotFound) || err == nil && m.Status == WaitingForFile {
		return nil // started before its file came, which will find it so
	}
	if err != nil {
		return err
	}
	return w.analyse(ctx, p.Team, m)
}

// save writes the import's next state; it is returned as stored.
func (w Worker) save(ctx context.Context, team int64, before, now Import) (Import, error) {
	set := change.Set{Team: team}
	set.Put(now.Ref(), now, before.Version)
	if err := w.Store.Commit(ctx, set); err != nil {
		return before, err
	}
	now.Version = before.Version + 1
	return now, nil
}

// nameOf is the last part of a key: what a file that was dropped is called.
func nameOf(key string) string { return path.Base(key) }
