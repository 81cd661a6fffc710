package files

import (
	"context"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Store is where the records of files are kept.
type Store interface {
	Get(ctx context.Context, team, id int64) (File, error)
	List(ctx context.Context, team int64, l value.List) (value.Page[File], error)
	// OnRecord reads the files that show on a record by id, newest first or oldest first; NotFound when there is no record.
	OnRecord(ctx context.Context, team int64, of change.Ref, desc bool, limit int) ([]File, error)
	NextID(ctx context.Context, team int64) (int64, error)
	// Incoming is an announced file; NotFound when nothing was announced under that number.
	Incoming(ctx context.Context, team, id int64) (Incoming, error)
	// Targets follows links to all records that something with these links shows on.
	Targets(ctx context.Context, team int64, links change.Links) (change.Targets, error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// Objects is where the bytes are.
type Objects interface {
	// SignedURL is an address from which the object can be had for a few minutes, with these headers.
	SignedURL(ctx context.Context, key, disposition, mediaType string) (string, error)
	Put(ctx context.Context, key, mediaType string, content []byte) error
}

// Service is what can be done with files.
type Service struct {
	Store      Store
	Objects    Objects
	Signer     Signer
	Activities Activities
	Now        func() time.Time
}

// Offset is the question for a page of files in v1's way.
type Offset struct {
	Start, Limit int
	Sort         value.Sort // by id or by update time
	Desc         bool
}

// maxOnRecord is how many files of one record can be put in another order than that of their ids.
const maxOnRecord = 1000

// Get is one file; a deleted one is gone.
func (s Service) Get(ctx context.Context, a auth.Actor, id int64) (File, error) {
	f, err := s.Store.Get(ctx, a.Team, id)
	if err == nil && f.Deleted {
		err = fault.Missing("File")
	}
	return f, err
}

// List is a page of all files of the team; more tells that others follow.
func (s Service) List(ctx context.Context, a auth.Actor, o Offset) (page []File, more bool, err error) {
	l := value.List{Sort: o.Sort, Desc: o.Desc}
	var all []File
	for need := o.Start + o.Limit + 1; len(all) < need; {
		l.Limit = min(need-len(all), 500)
		p, err := s.Store.List(ctx, a.Team, l)
		if err != nil {
			return nil, false, err
		}
		all = append(all, p.Items...)
		if l.Cursor = p.Next; l.Cursor == "" {
			break
		}
	}
	page, more = o.cut(all)
	return page, more, nil
}

// OnRecord is a page of the files that show on a record.
func (s Service) OnRecord(ctx context.Context, a auth.Actor, of change.Ref, o Offset) (page []File, more bool, err error) {
	limit := o.Start + o.Limit + 1
	if o.Sort == value.SortUpdateTime {
		limit = maxOnRecord + 1
	}
	all, err := s.Store.OnRecord(ctx, a.Team, of, o.Desc, limit)
	if err != nil {
		return nil, false, err
	}
	if o.Sort == value.SortUpdateTime {
		if len(all) > maxOnRecord {
			return nil, false, fault.BadField("sort", "by update_time is possible for at most %d files of one record", maxOnRecord)
		}
		slices.SortStableFunc(all, func(x, y File) int {
			if o.Desc {
				x, y = y, x
			}
			return x.UpdateTime.Compare(y.UpdateTime)
		})
	}
	page, more = o.cut(all)
	return page, more, nil
}

func (o Offset) cut(all []File) ([]File, bool) {
	all = all[min(o.Start, len(all)):]
	return all[:min(o.Limit, len(all))], len(all) > o.Limit
}

// Download is an address for the file's bytes. One that may carry something harmful is not handed out.
func (s Service) Download(ctx context.Context, a auth.Actor, id int64) (string, error) {
	f, err := s.Get(ctx, a, id)
	if err != nil {
		return "", err
	}
	if f.Locked {
		return "", fault.New(fault.Forbidden, "This file came with a mail that failed the virus scan, and is not handed out")
	}
	return s.Objects.SignedURL(ctx, f.Key, f.Disposition(), f.ServedType())
}
