package files

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/manifest"
)

// A file that is too large for a request is put into the bucket by the client itself. It is announced first: the announcement
// keeps what is known of the file, and the bucket's event of the new object makes a file of it.

// MaxIncoming is the largest file that can be announced, in bytes.
const MaxIncoming = 100 << 20

// KindIncoming is the kind of an announcement's record; it has the number of the file that it becomes.
const KindIncoming = "incomingFile"

// States of an announcement.
const (
	WaitingForFile = "waiting_for_file"
	Done           = "done"
	Failed         = "failed"
)

// Incoming is an announced file, as stored for a week.
type Incoming struct {
	File    File // without version; as it will be
	Version int64
	Status  string
	Reason  string // of failure
}

// Ref names the announcement.
func (n Incoming) Ref() change.Ref { return change.Of(KindIncoming, n.File.ID) }

// Expiry is when the announcement is forgotten; the file it became stays.
func (n Incoming) Expiry() time.Time { return n.File.AddTime.Add(7 * 24 * time.Hour) }

// Upload is a request that puts the file where it belongs.
type Upload struct {
	Method  string
	URL     string
	Headers map[string]string
}

// Signer signs requests that put an object of just this size.
type Signer interface {
	SignPut(ctx context.Context, key, mediaType string, size int64) (Upload, error)
}

// Announce tells where to put a file of a size.
func (s Service) Announce(ctx context.Context, a auth.Actor, in Input, size int64) (n Incoming, up Upload, err error) {
	if size > MaxIncoming {
		return n, up, fault.BadField("file_size", "must be at most %d bytes (%d MB)", MaxIncoming, MaxIncoming>>20)
	}
	f, err := s.begin(ctx, a, in)
	if err != nil {
		return n, up, err
	}
	f.Size, f.Key = size, manifest.IncomingPrefix+strconv.FormatInt(a.Team, 10)+"/"+strconv.FormatInt(f.ID, 10)
	n = Incoming{File: f, Status: WaitingForFile}
	if up, err = s.Signer.SignPut(ctx, f.Key, f.ServedType(), size); err != nil {
		return n, up, fmt.Errorf("files.Announce %d: %w", f.ID, err)
	}
	set := change.By(a)
	set.Put(n.Ref(), n, 0)
	return n, up, s.Store.Commit(ctx, set)
}

// Announced is what became of an announced file.
func (s Service) Announced(ctx context.Context, a auth.Actor, id int64) (Incoming, error) {
	return s.Store.Incoming(ctx, a.Team, id)
}

// Arrived makes a file of an announced one whose object is there. It may be told again: then it changes nothing. An object that
// nobody announced belongs to nobody and is left alone.
func (s Service) Arrived(ctx context.Context, key string, size int64) error {
	team, id, ok := parseIncoming(key)
	if !ok {
		return nil
	}
	return change.Retry(ctx, func() error {
		n, err := s.Store.Incoming(ctx, team, id)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil || n.Status != WaitingForFile {
			return err
		}
		before := n.Version
		if size > MaxIncoming || size != n.File.Size {
			n.Status, n.Reason = Failed, fmt.Sprintf("the file has %d bytes, %d were announced", size, n.File.Size)
			set := change.Set{Team: team}
			set.Put(n.Ref(), n, before)
			return s.Store.Commit(ctx, set)
		}
		n.Status = Done
		t, err := s.Store.Targets(ctx, team, n.File.HangsOn())
		if err != nil {
			return err
		}
		set := change.Set{Team: team}
		set.Put(n.Ref(), n, before)
		set.PutPlaced(nil, n.File, t)
		return s.Store.Commit(ctx, set)
	})
}

func parseIncoming(key string) (team, id int64, ok bool) {
	rest, ok := strings.CutPrefix(key, manifest.IncomingPrefix)
	a, b, cut := strings.Cut(rest, "/")
	team, errA := strconv.ParseInt(a, 10, 64)
	id, errB := strconv.ParseInt(b, 10, 64)
	return team, id, ok && cut && errA == nil && errB == nil && team > 0 && id > 0
}
