package imports

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/lejek/lejek/shared/change"
)

// A chunk holds up to chunkRows rows, fewer when they are long: little enough that a function finishes it in a few seconds.
const (
	chunkRows  = 50
	chunkBytes = 2 << 20
)

// Chunk is a part of a file, an object of its own. It holds the cells of the columns that are imported and no others.
type Chunk struct {
	Lines []Line `json:"lines"`
}

// chunker gathers lines into chunks and hands each on when it is full.
type chunker struct {
	columns []Column // those that are imported
	chunk   Chunk
	bytes   int
	n       int64 // chunks handed on
	full    func(n int64, c Chunk) error
}

func (c *chunker) add(l Line) error {
	kept := pick(c.columns, l)
	size := 0
	for _, cell := range kept.Cells {
		size += len(cell.Text)
	}
	if len(c.chunk.Lines) > 0 && c.bytes+size > chunkBytes {
		if err := c.flush(); err != nil {
			return err
		}
	}
	c.chunk.Lines = append(c.chunk.Lines, kept)
	if c.bytes += size; len(c.chunk.Lines) == chunkRows {
		return c.flush()
	}
	return nil
}

func (c *chunker) flush() error {
	if len(c.chunk.Lines) == 0 {
		return nil
	}
	err := c.full(c.n, c.chunk)
	c.n++
	c.chunk, c.bytes = Chunk{}, 0
	return err
}

// encode and decodeChunk are the form in which a chunk lies in the bucket.
func (c Chunk) encode() ([]byte, error) { return json.Marshal(c) }

func decodeChunk(b []byte) (c Chunk, err error) {
	if err = json.Unmarshal(b, &c); err != nil {
		err = fmt.Errorf("imports: reading a chunk: %w", err)
	}
	return c, err
}

// Mark is that a chunk was finished.
type Mark struct {
	Rows int64
	Time time.Time
}

// Failures are the rows of a chunk that failed.
type Failures struct{ Rows []RowError }

// Refs of a chunk's items.
func chunkRef(kind string, id, n int64) change.Ref {
	return change.Named(kind, strconv.FormatInt(id, 10)+"-"+strconv.FormatInt(n, 10))
}

func rowRef(id, n int64, row int) change.Ref {
	return change.Named(KindRow, fmt.Sprintf("%d-%d-%d", id, n, row))
}
