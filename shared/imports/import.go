package imports

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Statuses of an import, in their order. One that does not start by itself stays at analysing until somebody starts it.
const (
	WaitingForFile = "waiting_for_file"
	Analysing      = "analysing" // the file is there; its rows are not going in yet
	Running        = "running"
	Done           = "done"
	Failed         = "failed" // the file cannot be read; Reason says why
)

// Kinds of the items of an import. All but the import itself are written once and never changed.
const (
	KindImport = "import"
	KindChunk  = "importChunk"  // that a chunk was finished
	KindRow    = "importRow"    // what became of a row, written in the row's own transaction
	KindErrors = "importErrors" // the rows of a chunk that failed
	KindUpload = "importUpload" // guard: an object that was dropped → the import that it became
)

// Import is one file on its way in. Times are UTC.
type Import struct {
	ID         int64
	Version    int64
	FileName   string
	FileSize   int64
	UserID     int64 // on whose behalf
	AutoStart  bool
	Status     string
	Key        string // of the file in the data bucket
	ETag       string // of the content that was taken; "" while the file is waited for
	Format     Format
	Columns    []Column
	Comma      bool // numbers written as text have a decimal comma
	RowsTotal  int64
	Chunks     int64
	Split      bool // all chunks were written
	Reason     string
	AddTime    time.Time
	UpdateTime time.Time
	StartTime  *time.Time // when it was told to start; at once with AutoStart
	DoneTime   *time.Time
}

// Ref names the import.
func (m Import) Ref() change.Ref { return change.Of(KindImport, m.ID) }

// Facets are what lists sort and filter by.
func (m Import) Facets() value.Facets {
	return value.Facets{ID: m.ID, Owner: m.UserID, Added: m.AddTime, Updated: m.UpdateTime}
}

// UploadKey is where the file of an import is put. The prefix is what the bucket tells the queue of.
func UploadKey(team, id int64) string { return fmt.Sprintf("uploads/%d/%d", team, id) }

// ChunkKey is where a chunk lies, and StartKey the object that tells the importer to go on.
func ChunkKey(team, id, n int64) string { return fmt.Sprintf("work/%d/%d/%d", team, id, n) }
func StartKey(team, id int64) string    { return fmt.Sprintf("work/%d/%d/start", team, id) }

// Object is a new object of the data bucket, as its event tells.
type Object struct {
	Key       string
	ETag      string
	Size      int64
	Sequencer string // tells two objects under one key apart
}

// Place is what the key of an object says: the team, the import, and the chunk of a piece of work.
type Place struct {
	Team   int64
	Import int64 // 0: the name is not one of ours
	Work   bool
	Start  bool
	Chunk  int64
}

// PlaceOf reads a key; false when it is none that an import has to do with, as the empty object is that S3's console makes for a
// folder.
func PlaceOf(key string) (p Place, ok bool) {
	parts := strings.Split(key, "/")
	if len(parts) < 3 || parts[len(parts)-1] == "" {
		return p, false
	}
	if p.Team = number(parts[1]); p.Team == 0 {
		return p, false
	}
	switch {
	case parts[0] == "uploads":
		if len(parts) == 3 {
			p.Import = number(parts[2])
		}
		return p, true
	case parts[0] == "work" && len(parts) == 4:
		p.Work, p.Import = true, number(parts[2])
		p.Start = parts[3] == "start"
		n, err := strconv.ParseInt(parts[3], 10, 64)
		p.Chunk = n
		return p, p.Import != 0 && (p.Start || err == nil && n >= 0)
	}
	return p, false
}

// number is the positive number that is written in plain digits, or 0.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || strconv.FormatInt(n, 10) != s {
		return 0
	}
	return n
}

// dropped is the guard of an object that no import waited for.
func (o Object) dropped() change.Ref {
	sum := sha256.Sum256([]byte(o.Key + "\x00" + o.Sequencer))
	return change.Named(KindUpload, base64.RawURLEncoding.EncodeToString(sum[:18]))
}

// claim takes the content of an object as the import's file.
func (m Import) claim(o Object, now time.Time) Import {
	m.Status, m.Key, m.ETag, m.FileSize, m.UpdateTime = Analysing, o.Key, o.ETag, o.Size, now
	if m.AutoStart && m.StartTime == nil {
		m.StartTime = &now
	}
	return m
}

// fail ends the import before any row went in.
func (m Import) fail(reason string, now time.Time) Import {
	m.Status, m.Reason, m.UpdateTime, m.DoneTime = Failed, reason, now, &now
	return m
}

// run lets the rows in; without any it is done.
func (m Import) run(now time.Time) Import {
	m.Status, m.UpdateTime = Running, now
	if m.Chunks == 0 {
		return m.finish(now)
	}
	return m
}

func (m Import) finish(now time.Time) Import {
	m.Status, m.UpdateTime, m.DoneTime = Done, now, &now
	return m
}
