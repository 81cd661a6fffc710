package imports

import (
	"context"
	"fmt"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Store is where imports are kept, and what became of their rows.
type Store interface {
	Get(ctx context.Context, team, id int64) (Import, error)
	List(ctx context.Context, team int64, l value.List) (value.Page[Import], error)
	NextID(ctx context.Context, team int64) (int64, error)
	// Members are the ids that guards hold.
	Members(ctx context.Context, team int64, of ...change.Ref) (map[change.Ref][]int64, error)
	// Tallies are what was counted of each import; nothing yet is absent.
	Tallies(ctx context.Context, team int64, of ...change.Ref) (map[change.Ref]map[string]int64, error)
	// Finished tells whether a chunk was finished; Outcomes are those of its rows that were written, by row.
	Finished(ctx context.Context, team, id, chunk int64) (bool, error)
	Outcomes(ctx context.Context, team, id, chunk int64) ([]Outcome, error)
	// Errors are the failed rows of finished chunks in the order of the file, from one chunk on; whole chunks, at least limit
	// rows when there are as many. next is the chunk to go on from, -1 when none follows.
	Errors(ctx context.Context, team, id, from int64, limit int) (list []RowError, next int64, err error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// RowError is a row that failed. Number is the row's as a spreadsheet program shows it.
type RowError struct {
	Number int
	Reason string
}

// Upload is a request that puts the file where it belongs.
type Upload struct {
	Method  string
	URL     string
	Headers map[string]string
}

// Uploads signs requests and tells the importer to go on.
type Uploads interface {
	Sign(ctx context.Context, key string) (Upload, error)
	// Signal puts an empty object.
	Signal(ctx context.Context, key string) error
}

// Service is what a user can do with imports.
type Service struct {
	Store   Store
	Uploads Uploads
	Now     func() time.Time
}

// Input is what a client says of a file.
type Input struct {
	FileName  string
	FileSize  int64
	AutoStart bool
}

// Progress is how far an import is.
type Progress struct {
	Rows         int64 // finished, good or failed
	Failed       int64
	Made, Merged Records
}

// Create announces a file and tells where to put it.
func (s Service) Create(ctx context.Context, a auth.Actor, in Input) (m Import, up Upload, err error) {
	if in.FileSize > MaxFile {
		return m, up, fault.BadField("file_size", "must be at most %d bytes (%d MB)", MaxFile, MaxFile>>20)
	}
	id, err := s.Store.NextID(ctx, a.Team)
	if err != nil {
		return m, up, fmt.Errorf("imports.Create: %w", err)
	}
	now := s.now()
	m = Import{
		ID: id, FileName: in.FileName, FileSize: in.FileSize, UserID: a.User, AutoStart: in.AutoStart, Status: WaitingForFile,
		Key: UploadKey(a.Team, id), AddTime: now, UpdateTime: now,
	}
	if up, err = s.Uploads.Sign(ctx, m.Key); err != nil {
		return m, up, fmt.Errorf("imports.Create %d: %w", id, err)
	}
	set := change.By(a)
	set.Put(m.Ref(), m, 0)
	if err := s.Store.Commit(ctx, set); err != nil {
		return m, up, fmt.Errorf("imports.Create %d: %w", id, err)
	}
	m.Version = 1
	return m, up, nil
}

// Start lets an import begin that does not start by itself; again it changes nothing. The importer is told by an object, whose
// event reaches it as that of a file does; should this end between the two writes, a second start tells it again.
func (s Service) Start(ctx context.Context, a auth.Actor, id int64) (m Import, err error) {
	err = change.Retry(ctx, func() error {
		if m, err = s.Store.Get(ctx, a.Team, id); err != nil || m.StartTime != nil {
			return err
		}
		now := s.now()
		m.StartTime, m.UpdateTime = &now, now
		set := change.By(a)
		set.Put(m.Ref(), m, m.Version)
		if err := s.Store.Commit(ctx, set); err != nil {
			return err
		}
		m.Version++
		return nil
	})
	if err == nil && m.Status == Analysing {
		err = s.Uploads.Signal(ctx, StartKey(a.Team, id))
	}
	if err != nil {
		return m, fmt.Errorf("imports.Start %d: %w", id, err)
	}
	return m, nil
}

// Get is one import.
func (s Service) Get(ctx context.Context, a auth.Actor, id int64) (Import, error) {
	return s.Store.Get(ctx, a.Team, id)
}

// List is one page of imports.
func (s Service) List(ctx context.Context, a auth.Actor, l value.List) (value.Page[Import], error) {
	return s.Store.List(ctx, a.Team, l)
}

// Progress tells how far these imports are.
func (s Service) Progress(ctx context.Context, a auth.Actor, of ...Import) (map[int64]Progress, error) {
	refs := make([]change.Ref, len(of))
	for i, m := range of {
		refs[i] = m.Ref()
	}
	counted, err := s.Store.Tallies(ctx, a.Team, refs...)
	if err != nil {
		return nil, err
	}
	all := make(map[int64]Progress, len(of))
	for _, m := range of {
		all[m.ID] = progress(counted[m.Ref()])
	}
	return all, nil
}

// Errors are rows that failed, from a chunk on (0 is the first).
func (s Service) Errors(ctx context.Context, a auth.Actor, id, from int64, limit int) ([]RowError, int64, error) {
	if _, err := s.Store.Get(ctx, a.Team, id); err != nil {
		return nil, -1, err
	}
	return s.Store.Errors(ctx, a.Team, id, from, limit)
}

func (s Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }
