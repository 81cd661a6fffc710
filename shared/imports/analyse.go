package imports

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/lejek/lejek/shared/fault"
)

// A file is read twice: once whole, so that nothing goes in of a file that breaks off in the middle, and once more to split it.

// analyse reads the file and, once the import is started, splits it. It goes on from whatever state the import is in.
func (w Worker) analyse(ctx context.Context, team int64, m Import) error {
	if m.Status == Failed || m.Status == Done || m.Split {
		return nil
	}
	file, size, etag, err := w.Objects.Fetch(ctx, m.Key)
	if fault.Is(err, fault.NotFound) {
		return w.failed(ctx, team, m, "the file was deleted before it was read")
	}
	if err != nil {
		return err
	}
	defer file.Close()
	if etag != m.ETag {
		if m.Status != Analysing || m.Key != UploadKey(team, m.ID) {
			return w.failed(ctx, team, m, "the file was replaced while it was read")
		}
		// Of a file that was put twice, the last counts; the event of the first may be the one that came.
		m.ETag, m.FileSize = etag, size
	}
	if m.Status == Analysing {
		read, err := w.survey(file, size, m)
		var wrong *Unreadable
		if errors.As(err, &wrong) {
			return w.failed(ctx, team, m, wrong.Reason)
		}
		if err != nil {
			return err
		}
		if read.StartTime != nil {
			read = read.run(w.now())
		} else if m.Columns != nil {
			return nil // read already, and still waiting
		}
		read.UpdateTime = w.now()
		if m, err = w.save(ctx, team, m, read); err != nil {
			return busy(err)
		}
		if m.Status != Running {
			return nil
		}
	}
	return w.split(ctx, team, m, file, size)
}

// busy turns a lost race into a reason to be called again: whoever won has moved the import on.
func busy(err error) error {
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Unavailable, "the import was changed meanwhile").Because(err)
	}
	return err
}

func (w Worker) failed(ctx context.Context, team int64, m Import, reason string) error {
	_, err := w.save(ctx, team, m, m.fail(reason, w.now()))
	return busy(err)
}

// survey reads the whole file: its columns, its rows, its decimal mark, how many chunks it makes.
func (w Worker) survey(file io.ReaderAt, size int64, m Import) (Import, error) {
	lines, err := w.Open(file, size)
	if err != nil {
		return m, err
	}
	defer lines.Close()
	m.Format = lines.Format()
	head, err := lines.Next()
	if err == io.EOF {
		return m, CannotRead("the file is empty")
	}
	if err != nil {
		return m, err
	}
	headers := make([]string, len(head.Cells))
	for i, c := range head.Cells {
		headers[i] = c.Text
	}
	m.Columns = Match(headers)
	columns := used(m.Columns)
	if len(columns) == 0 {
		return m, CannotRead("no column is known: the first row holds %s, but must name columns such as Organization name, Person name, "+
			"Person email, Deal title, Deal value, Activity subject, Note", listed(headers))
	}
	m.RowsTotal = 0
	var marks evidence
	chunks := chunker{columns: columns, full: func(int64, Chunk) error { return nil }}
	for {
		line, err := lines.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return m, err
		}
		if m.RowsTotal++; m.RowsTotal > MaxRows {
			return m, CannotRead("the file has more than %d rows: split it", MaxRows)
		}
		for i, cell := range pick(columns, line).Cells {
			if columns[i].Field.numeric() && cell.Kind == Text {
				marks.see(cell.Text)
			}
		}
		if err := chunks.add(line); err != nil {
			return m, err
		}
	}
	if err := chunks.flush(); err != nil {
		return m, err
	}
	m.Chunks, m.Comma = chunks.n, marks.decides(m.Format)
	return m, nil
}

// listed are the headers as a person may read them in a reason.
func listed(headers []string) string {
	var all []string
	for i, h := range headers {
		if i == 10 {
			all = append(all, "…")
			break
		}
		all = append(all, fmt.Sprintf("%q", short(h)))
	}
	return strings.Join(all, ", ")
}

// split writes the chunks. Done again it writes the same ones, whose rows know that they went in.
func (w Worker) split(ctx context.Context, team int64, m Import, file io.ReaderAt, size int64) error {
	lines, err := w.Open(file, size)
	if err != nil {
		return err
	}
	defer lines.Close()
	var out writes
	chunks := chunker{columns: used(m.Columns), full: func(n int64, c Chunk) error {
		content, err := c.encode()
		if err != nil {
			return err
		}
		return out.begin(func() error { return w.Objects.Write(ctx, ChunkKey(team, m.ID, n), content) })
	}}
	if err = each(lines, chunks.add); err == nil {
		err = chunks.flush()
	}
	if err := errors.Join(err, out.wait()); err != nil {
		return err
	}
	return w.update(ctx, team, m.ID, func(m Import) (Import, bool) {
		had := m.Split
		m.Split = true
		return m, !had
	})
}

// writes are under way at the same time, a few of them, so that what they hold is bounded too.
type writes struct {
	places chan struct{}
	wg     sync.WaitGroup
	mu     sync.Mutex
	err    error
}

// begin waits for a place and starts; once one has failed it starts no more.
func (p *writes) begin(write func() error) error {
	if p.places == nil {
		p.places = make(chan struct{}, 8)
	}
	p.places <- struct{}{}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		<-p.places
		return p.err
	}
	p.wg.Go(func() {
		err := write()
		p.mu.Lock()
		p.err = cmp.Or(p.err, err)
		p.mu.Unlock()
		<-p.places
	})
	return nil
}

func (p *writes) wait() error {
	p.wg.Wait()
	return p.err
}

// each hands on every line below the headers.
func each(lines Lines, do func(Line) error) error {
	for first := true; ; first = false {
		line, err := lines.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if !first {
			if err := do(line); err != nil {
				return err
			}
		}
	}
}
