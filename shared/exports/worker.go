package exports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// Bucket is where archives are made, and where what they hold is read.
type Bucket interface {
	// Begin starts an archive, whose parts are then put in any order, and again. Complete makes one object of them. Both are NotFound
	// when the archive was given up meanwhile, or its parts are not those named.
	Begin(ctx context.Context, key string) (upload string, err error)
	Part(ctx context.Context, key, upload string, number int, content []byte) (etag string, err error)
	Complete(ctx context.Context, key, upload string, etags []string) error
	// Size is that of an object; NotFound when there is none.
	Size(ctx context.Context, key string) (int64, error)
	// Open reads an object of a record; NotFound when there is none.
	Open(ctx context.Context, o Object) (io.ReadCloser, error)
	Read(ctx context.Context, key string) ([]byte, error)
	Write(ctx context.Context, key string, content []byte) error
	Delete(ctx context.Context, key string) error
}

// Limits bound a step. S3 takes 10,000 parts of at least 5 MB, except for the last.
type Limits struct {
	Part    int           // bytes of a part
	Least   int           // of one at the end of a step
	Parts   int           // of an archive
	Chunk   int           // numbers looked at together, whose lines make a file
	Chunks  int           // in a step; 0: as many as there is time for
	Working time.Duration // in a step
}

// Production are the limits in use: an archive may have 160 GB.
var Production = Limits{Part: 16 << 20, Least: 5 << 20, Parts: 10000, Chunk: 200, Working: 45 * time.Second}

// Lease is how long a step has the archive to itself: longer than the function lives that makes it, so that nobody can still be
// writing parts when the next try begins.
const Lease = 3 * time.Minute

const maxRestarts = 3

// Worker makes archives, a step per event.
type Worker struct {
	Store   Store
	Records Records
	Bucket  Bucket
	// Belongs tells what belongs to a record elsewhere: other records and objects.
	Belongs func(record any) ([]change.Ref, []Object)
	Now     func() time.Time
	Log     *slog.Logger
	Limits  Limits
}

func (w Worker) now() time.Time { return w.Now().UTC().Truncate(time.Millisecond) }

// Signalled makes the step that the object stands for, if that is the next one.
func (w Worker) Signalled(ctx context.Context, p Place) error {
	e, err := w.claim(ctx, p)
	if err != nil || e.ID == 0 {
		return err
	}
	err = w.step(ctx, p, e)
	if err != nil {
		// Whoever comes next need not wait. Should this fail too, the lease ends by itself.
		free := w.save(context.WithoutCancel(ctx), p, func(e *Export) { e.Busy = nil })
		return errors.Join(fmt.Errorf("exports.Signalled %d, step %d: %w", p.Export, p.Step, err), free)
	}
	return nil
}

// claim takes the step; the zero Export when it is not to be made. The signal of the step before may have been lost with whoever
// made it: so it is sent again when that step is asked for again.
func (w Worker) claim(ctx context.Context, p Place) (e Export, err error) {
	err = change.Retry(ctx, func() error {
		e, err = w.Store.Get(ctx, p.Team, p.Export)
		switch {
		case fault.Is(err, fault.NotFound):
			e, err = Export{}, nil
			return nil
		case err != nil:
			return err
		case e.open() && p.Step == e.Step-1:
			err := w.Bucket.Write(ctx, SignalKey(p.Team, p.Export, e.Step), nil)
			e = Export{}
			return err
		case !e.open() || p.Step != e.Step:
			e = Export{}
			return nil
		case e.Busy != nil && w.now().Before(*e.Busy):
			return fault.New(fault.Unavailable, "Somebody is at this step of the export")
		}
		until := w.now().Add(Lease)
		e.Busy, e.Status, e.UpdateTime = &until, Running, w.now()
		return w.put(ctx, p, &e)
	})
	return e, err
}

// put writes the export as it is now.
func (w Worker) put(ctx context.Context, p Place, e *Export) error {
	set := change.Set{Team: p.Team}
	set.Put(e.Ref(), *e, e.Version)
	if err := w.Store.Commit(ctx, set); err != nil {
		return err
	}
	e.Version++
	return nil
}

// save changes the export if this step is still its next one.
func (w Worker) save(ctx context.Context, p Place, edit func(*Export)) error {
	return change.Retry(ctx, func() error {
		e, err := w.Store.Get(ctx, p.Team, p.Export)
		if err != nil || !e.open() || e.Step != p.Step {
			return err
		}
		edit(&e)
		e.UpdateTime = w.now()
		return w.put(ctx, p, &e)
	})
}

// step packs what there is time for and hands over to the next step, or finishes the archive.
func (w Worker) step(ctx context.Context, p Place, e Export) error {
	s := fresh(w.now())
	if p.Step > 0 {
		content, err := w.Bucket.Read(ctx, StateKey(p.Team, p.Export, p.Step))
		if err != nil {
			return err
		}
		if s, err = decode(content); err != nil {
			return err
		}
	}
	done, err := w.advance(ctx, p, &s)
	switch {
	case errors.Is(err, errTooLarge):
		return w.save(ctx, p, func(e *Export) { *e = e.fail("The archive would be larger than S3 takes", w.now()) })
	case fault.Is(err, fault.NotFound): // the archive that was begun is gone
		if e.Restarts >= maxRestarts {
			return w.save(ctx, p, func(e *Export) { *e = e.fail("The archive was lost several times while it was made", w.now()) })
		}
		w.Log.WarnContext(ctx, "an archive begins anew", "team", p.Team, "export", p.Export, "cause", err.Error())
		s, e.Restarts = fresh(w.now()), e.Restarts+1
	case err != nil:
		return err
	case done:
		return w.finished(ctx, p, s)
	}
	content, err := s.encode()
	if err == nil {
		err = w.Bucket.Write(ctx, StateKey(p.Team, p.Export, p.Step+1), content)
	}
	if err != nil {
		return err
	}
	err = w.save(ctx, p, func(now *Export) {
		now.Step, now.Busy, now.Restarts = p.Step+1, nil, e.Restarts
		now.Walked, now.Numbers, now.Records, now.Files = s.Passed, s.Numbers, s.lines(), s.Files
	})
	if err != nil {
		return err
	}
	if p.Step > 0 { // nobody asks for it any more
		if err := w.Bucket.Delete(ctx, StateKey(p.Team, p.Export, p.Step)); err != nil {
			return err
		}
	}
	return w.Bucket.Write(ctx, SignalKey(p.Team, p.Export, p.Step+1), nil)
}

// finished notes that the archive is there.
func (w Worker) finished(ctx context.Context, p Place, s state) error {
	if err := w.save(ctx, p, func(e *Export) {
		now := w.now()
		e.Status, e.Busy, e.DoneTime, e.Size, e.Records, e.Files = Done, nil, &now, s.Offset, s.lines(), s.Files
		e.Walked = e.Numbers
	}); err != nil {
		return err
	}
	if e, err := w.Store.Get(ctx, p.Team, p.Export); err != nil || e.Deleted {
		// It was deleted in the meantime, and so was no archive yet that could have been removed.
		return errors.Join(err, w.Bucket.Delete(ctx, Key(p.Team, p.Export)))
	}
	if p.Step > 0 {
		return w.Bucket.Delete(ctx, StateKey(p.Team, p.Export, p.Step))
	}
	return nil
}

func (e Export) fail(reason string, now time.Time) Export {
	e.Status, e.Reason, e.Busy, e.DoneTime = Failed, reason, nil, &now
	return e
}

func (s state) lines() (n int64) {
	for _, c := range s.Counts {
		n += c
	}
	return n
}
