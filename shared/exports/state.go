package exports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// state is what one step leaves to the next: where the walk stands, and what of the archive is not in a part yet.
type state struct {
	Began   time.Time
	Upload  string   // of S3; "" before the archive is begun
	Parts   []string // their ETags
	Offset  int64
	Entries int64
	Tail    int // bytes behind the JSON, followed by those of the directory
	Walk    int
	Next    int64  // number
	Last    int64  // number of the walk; below zero before it is known
	After   string // where a walk without numbers stands
	Counts  map[string]int64
	Files   int64
	Missing []string // objects that were not there, the first of them
	Lost    int64    // and how many these are
	Passed  int64    // numbers
	Numbers int64    // there were at the beginning
	tail    []byte
	listing []byte
}

// fresh is the state before the first step.
func fresh(now time.Time) state {
	return state{Began: now, Next: 1, Last: -1, Counts: map[string]int64{}}
}

func (s state) encode() ([]byte, error) {
	s.Tail = len(s.tail)
	head, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return bytes.Join([][]byte{head, {'\n'}, s.tail, s.listing}, nil), nil
}

func decode(b []byte) (s state, err error) {
	head, rest, ok := bytes.Cut(b, []byte{'\n'})
	if err = json.Unmarshal(head, &s); err != nil || !ok || len(rest) < s.Tail {
		return s, fmt.Errorf("exports: a state that cannot be read: %w", err)
	}
	s.tail, s.listing = bytes.Clone(rest[:s.Tail]), bytes.Clone(rest[s.Tail:])
	return s, nil
}

// Manifest is the file manifest.json of an archive.
type Manifest struct {
	Format  string           `json:"format"`
	Version int              `json:"version"`
	Team    int64            `json:"team"`
	Export  int64            `json:"export"`
	Began   time.Time        `json:"began"`
	Ended   time.Time        `json:"ended"`
	Numbers map[string]int64 `json:"numbers"` // the last number given of each kind
	Lines   map[string]int64 `json:"lines"`   // by kind
	Objects int64            `json:"objects"`
	Missing []string         `json:"missing,omitempty"` // objects that records speak of and that were not there: at most the first 1,000
	Lost    int64            `json:"lost,omitempty"`    // how many these are
}

// Format and FormatVersion name the form of an archive. The version is raised when an older reader could not read it any more.
const (
	Format        = "lejek-export"
	FormatVersion = 1
	ManifestName  = "manifest.json"
)
