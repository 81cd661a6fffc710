package fields

import (
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Options tells, of the options of a field, which exist; what they are called lies in chunks. A value that is no option any more
// is hidden when it is read, as a deleted field is.
type Options struct {
	Last  int64   `dynamodbav:"last"`           // the highest number ever given
	Count int     `dynamodbav:"n"`              // how many there are
	Size  int     `dynamodbav:"size"`           // bytes of their labels in an answer
	Gone  []int64 `dynamodbav:"gone,omitempty"` // numbers of deleted ones, as pairs of the first and the last of a row of them
}

// Option is one option of a field. Number by number they lie in chunks; Order is how they are listed.
type Option struct {
	ID         int64
	Label      string
	Color      string `dynamodbav:",omitempty"`
	Order      int64
	AddTime    *time.Time `dynamodbav:",omitempty"`
	UpdateTime *time.Time `dynamodbav:",omitempty"`
}

// Has reports whether there is an option of that number.
func (o *Options) Has(id int64) bool {
	if o == nil || id < 1 || id > o.Last {
		return false
	}
	for i := 0; i+1 < len(o.Gone); i += 2 {
		if o.Gone[i] <= id && id <= o.Gone[i+1] {
			return false
		}
	}
	return true
}

// without marks options as deleted.
func (o Options) without(ids []int64) Options {
	ids = slices.Clone(ids)
	for i := 0; i+1 < len(o.Gone); i += 2 {
		for id := o.Gone[i]; id <= o.Gone[i+1]; id++ {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	o.Gone = nil
	for _, id := range slices.Compact(ids) {
		if n := len(o.Gone); n > 0 && o.Gone[n-1] == id-1 {
			o.Gone[n-1] = id
		} else {
			o.Gone = append(o.Gone, id, id)
		}
	}
	return o
}

// chunkSize is how many numbers a chunk of options holds: as many as fit into an item with the longest labels.
const chunkSize = 200

// Chunk is a part of a field's options, in the order of their numbers.
type Chunk struct {
	Entity  string
	Field   int64
	Number  int64
	Version int64
	Options []Option
	Spent   *time.Time `dynamodbav:",omitempty"` // since when it has no options and gets no more: it need not be kept
}

// Ref names the chunk.
func (c Chunk) Ref() change.Ref {
	return change.Named(KindOptions, fmt.Sprintf("%s#%d#%d", c.Entity, c.Field, c.Number))
}

// ChunkOf is the number of the chunk in which an option lies.
func ChunkOf(option int64) int64 { return option / chunkSize }

// optionSize is about what an option takes in an answer.
func optionSize(label string) int { return value.WireSize(label) + 150 }
