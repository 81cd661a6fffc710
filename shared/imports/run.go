package imports

import (
	"context"
	"fmt"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// chunk lets the rows of one chunk in, those that are not in yet, and counts the chunk once.
func (w Worker) chunk(ctx context.Context, team, id, n int64) error {
	m, err := w.Store.Get(ctx, team, id)
	if fault.Is(err, fault.NotFound) || err == nil && (m.Status != Running || n >= m.Chunks) {
		w.Log.InfoContext(ctx, "a chunk that is not to be done", "team", team, "import", id, "chunk", n)
		return nil
	}
	if err != nil {
		return err
	}
	done, err := w.Store.Finished(ctx, team, id, n)
	if err != nil {
		return err
	}
	if !done {
		if err := w.rows(ctx, team, m, n); err != nil {
			return err
		}
	}
	return w.finish(ctx, team, m)
}

// rows does what is left of a chunk and counts all of it.
func (w Worker) rows(ctx context.Context, team int64, m Import, n int64) error {
	content, err := w.Objects.Read(ctx, ChunkKey(team, m.ID, n))
	if err != nil {
		return err
	}
	chunk, err := decodeChunk(content)
	if err != nil {
		return err
	}
	outcomes, err := w.Store.Outcomes(ctx, team, m.ID, n)
	if err != nil {
		return err
	}
	in := make(map[int]bool, len(outcomes))
	for _, o := range outcomes {
		in[o.Row] = true
	}
	a := auth.Actor{Team: team, User: m.UserID, Source: "app", Agent: fmt.Sprintf("import %d", m.ID)}
	if len(in) == len(chunk.Lines) {
		return w.count(ctx, team, m.ID, n, outcomes)
	}
	makers, err := w.Team.Makers(ctx, a, len(chunk.Lines)-len(in))
	if err != nil {
		return err
	}
	for _, line := range chunk.Lines {
		if in[line.Number] {
			continue
		}
		if err := w.row(ctx, a, makers, m, n, line); err != nil {
			return fmt.Errorf("row %d: %w", line.Number, err)
		}
	}
	if outcomes, err = w.Store.Outcomes(ctx, team, m.ID, n); err != nil {
		return err
	}
	if len(outcomes) != len(chunk.Lines) {
		return fmt.Errorf("import %d, chunk %d: %d of %d rows are marked", m.ID, n, len(outcomes), len(chunk.Lines))
	}
	return w.count(ctx, team, m.ID, n, outcomes)
}

// row lets one row in, or writes down why not, once: its mark is part of the same transaction.
func (w Worker) row(ctx context.Context, a auth.Actor, makers Makers, m Import, n int64, line Line) error {
	columns := used(m.Columns)
	read, wrong := Read(columns, line, m.Comma)
	attempt := func() error {
		out, sets, err := Outcome{Row: line.Number}, []change.Set(nil), wrong
		if err == nil {
			out, sets, err = assemble(ctx, makers, a, read)
		}
		if fault.Is(err, fault.Invalid) {
			out, sets, err = Outcome{Row: line.Number, Reason: reason(err, columns)}, nil, nil
		}
		if err != nil {
			return err
		}
		out.Time = w.now()
		mark := change.By(a)
		mark.Put(rowRef(m.ID, n, line.Number), out, 0)
		err = w.Store.Commit(ctx, append(sets, mark)...)
		if fault.Is(err, fault.Conflict) {
			if in, lookErr := w.in(ctx, a.Team, m.ID, n, line.Number); in || lookErr != nil {
				return lookErr
			}
		}
		return err
	}
	// Rows that speak of the same organization stand in each other's way. To wait for a turn here takes less than to come again
	// with the whole chunk, which the queue holds back for minutes.
	var err error
	for range 5 {
		if err = change.Retry(ctx, attempt); !fault.Is(err, fault.Unavailable) || ctx.Err() != nil {
			break
		}
	}
	return err
}

// in tells whether somebody else let the row in.
func (w Worker) in(ctx context.Context, team, id, n int64, row int) (bool, error) {
	outcomes, err := w.Store.Outcomes(ctx, team, id, n)
	for _, o := range outcomes {
		if o.Row == row {
			return true, nil
		}
	}
	return false, err
}

// count marks the chunk as finished, keeps its failures and adds it to the import's numbers.
func (w Worker) count(ctx context.Context, team, id, n int64, outcomes []Outcome) error {
	add, failed := sum(outcomes)
	set := change.Set{Team: team, Tallies: []change.Tally{{Of: change.Of(KindImport, id), Add: add}}}
	set.Put(chunkRef(KindChunk, id, n), Mark{Rows: int64(len(outcomes)), Time: w.now()}, 0)
	if len(failed) > 0 {
		set.Put(chunkRef(KindErrors, id, n), Failures{failed}, 0)
	}
	err := w.Store.Commit(ctx, set)
	if fault.Is(err, fault.Conflict) {
		return nil // somebody else counted it
	}
	return err
}

// finish closes the import when this was its last chunk.
func (w Worker) finish(ctx context.Context, team int64, m Import) error {
	counted, err := w.Store.Tallies(ctx, team, m.Ref())
	if err != nil || counted[m.Ref()][chunksCounted] < m.Chunks {
		return err
	}
	return w.update(ctx, team, m.ID, func(m Import) (Import, bool) {
		if m.Status != Running {
			return m, false
		}
		return m.finish(w.now()), true
	})
}

// update moves an import on from whatever state it is in; nothing is written when there is nothing to do.
func (w Worker) update(ctx context.Context, team, id int64, apply func(Import) (Import, bool)) error {
	return change.Retry(ctx, func() error {
		m, err := w.Store.Get(ctx, team, id)
		if err != nil {
			return err
		}
		if now, ok := apply(m); ok {
			_, err = w.save(ctx, team, m, now)
		}
		return err
	})
}
