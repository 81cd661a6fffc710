package flow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

const (
	perStep = 300              // rows that one step of a job looks at
	reserve = 10 * time.Second // left before the deadline to save how far the step came
)

// Placement is a row in a record's collection with the cursor that continues after it. Rows of the change log and open deals
// have no Source here: they belong to their record and never move by themselves. Names tells that the source does not show there but
// names the record by a link of its own; Follower is the user whose row it is.
type Placement struct {
	Source   change.Ref
	Names    bool
	Follower int64
	Cursor   string
}

// Step carries a job on: what the next rows refer to is placed by its links as they are now, then the cursor is saved, which
// the table's stream reports, and so the next step begins. A step that was killed is done again from the same cursor; what
// it had moved is then right already and costs reads only.
//
// Nothing is missed while rows move. Whoever writes a row during the walk checks the links that it followed (change.Check),
// so a row that appears behind the cursor is right. A row moves only between collections, never within the one walked, and
// if its source itself is changed, that write places it by the same rule.
func (s Service) Step(ctx context.Context, team int64, seen change.Job) error {
	job, found, err := s.Store.Job(ctx, team, seen.Name)
	if err != nil {
		return fmt.Errorf("flow.Step %s: %w", seen.Name, err)
	}
	if !found || job.Version != seen.Version {
		return nil // done, or a later event carries it on
	}
	if job.Into != "" {
		if job, err = s.merge(ctx, team, job); err != nil {
			return fmt.Errorf("flow.Step %s: %w", seen.Name, err)
		}
		return s.finish(ctx, team, job)
	}
	rows, more, err := s.Store.Walk(ctx, team, job.Of, job.Cursor, perStep)
	if err != nil {
		return fmt.Errorf("flow.Step %s: %w", job.Name, err)
	}
	m := mover{Service: s, team: team, targets: map[string]change.Targets{}, actor: auth.Actor{Team: team, Source: "app"}}
	if job.Purge {
		if m.gone, err = s.gone(ctx, team, job.Of); err != nil {
			return fmt.Errorf("flow.Step %s: %w", job.Name, err)
		}
	}
	if job.Of.Kind() == change.MailThread {
		thread, err := s.placed(ctx, team, job.Of)
		if err != nil {
			return fmt.Errorf("flow.Step %s: %w", job.Name, err)
		}
		m.thread, _ = thread.(Thread)
	}
	done, err := m.move(ctx, rows)
	if err != nil {
		return fmt.Errorf("flow.Step %s: %w", job.Name, err)
	}
	if m.thread != nil {
		if err := s.settle(ctx, team, job.Of, rows[:done]); err != nil {
			return fmt.Errorf("flow.Step %s: %w", job.Name, err)
		}
	}
	if done > 0 {
		job.Cursor = rows[done-1].Cursor
	}
	if job.Done = done == len(rows) && !more; job.Done && job.Purge {
		if err := s.clear(ctx, team, job.Of); err != nil {
			return fmt.Errorf("flow.Step %s: %w", job.Name, err)
		}
	}
	return s.finish(ctx, team, job)
}

// settle has the ledger follow a thread.
func (s Service) settle(ctx context.Context, team int64, thread change.Ref, rows []Placement) error {
	var messages []int64
	for _, row := range rows {
		if row.Source.Kind() == change.MailMessage {
			messages = append(messages, row.Source.ID())
		}
	}
	if len(messages) == 0 {
		return nil
	}
	return s.Ledger.Settle(ctx, team, thread.ID(), messages)
}

func (s Service) placed(ctx context.Context, team int64, ref change.Ref) (change.Placed, error) {
	found, err := s.Store.Stored(ctx, team, []change.Ref{ref})
	p, _ := found[ref].(change.Placed)
	return p, err
}

// mover places sources anew, as many in one transaction as it holds.
type mover struct {
	Service
	team    int64
	thread  Thread                    // whose links its messages and files take over; nil otherwise
	gone    *gone                     // what is being purged; nil otherwise
	merged  change.Ref                // what was absorbed: who follows it and what names it moves, too; "" otherwise
	actor   auth.Actor                // who merged it
	targets map[string]change.Targets // by links, within this step
	batch   []change.Set              // one per source
	refs    []change.Ref
}

// move places the sources of rows and tells how many rows it came through before time ran short.
func (m *mover) move(ctx context.Context, rows []Placement) (done int, err error) {
	sources, err := m.sources(ctx, rows)
	if err != nil {
		return 0, err
	}
	seen := map[change.Ref]bool{}
	for i, row := range rows {
		if short(ctx) {
			return i, m.flush(ctx)
		}
		if row.Follower != 0 && m.merged != "" {
			if err := m.Movers.Follower(ctx, m.actor, m.merged, row.Follower); err != nil {
				return 0, err
			}
		}
		if m.names(row) && !seen[row.Source] {
			seen[row.Source] = true
			if err := m.addLinked(ctx, row.Source); err != nil {
				return 0, err
			}
		}
		for _, ref := range sources.of(row.Source) {
			p, ok := sources.found[ref].(change.Placed)
			if !ok || seen[ref] {
				continue
			}
			seen[ref] = true
			if err := m.add(ctx, p); err != nil {
				return 0, err
			}
		}
	}
	return len(rows), m.flush(ctx)
}

func short(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && time.Until(deadline) < reserve
}

// add puts a source into the batch, unless all its rows are where they belong.
func (m *mover) add(ctx context.Context, p change.Placed) error {
	set, err := m.replace(ctx, p)
	if err != nil {
		return err
	}
	return m.addSet(ctx, p.Ref(), set)
}

// addLinked puts a record into the batch that names an absorbed one.
func (m *mover) addLinked(ctx context.Context, ref change.Ref) error {
	set, err := m.link(ctx, ref)
	if err != nil {
		return err
	}
	return m.addSet(ctx, ref, set)
}

// names tells that a row's source names the record that is merged or gone, and is to be written anew.
func (m *mover) names(row Placement) bool {
	return m.merged != "" && (row.Names || row.Source.Kind() == change.Relation) || m.gone != nil && row.Names
}

func (m *mover) link(ctx context.Context, ref change.Ref) (change.Set, error) {
	if m.gone != nil {
		return m.Movers.Forget(ctx, m.actor, ref, m.gone.ref)
	}
	return m.Movers.Move(ctx, m.actor, ref)
}

func (m *mover) addSet(ctx context.Context, ref change.Ref, set change.Set) error {
	if len(set.Records) == 0 {
		return nil
	}
	if change.Weight(append(m.batch, set)...) > change.MaxOperations {
		if err := m.flush(ctx); err != nil {
			return err
		}
	}
	m.batch, m.refs = append(m.batch, set), append(m.refs, ref)
	return nil
}

// replace is the change that places a source by its links; empty when nothing moves.
func (m *mover) replace(ctx context.Context, before change.Placed) (set change.Set, err error) {
	now := before
	if m.thread != nil {
		now = m.thread.Pass(before)
	}
	if m.gone != nil {
		if now, err = m.leave(ctx, before); err != nil {
			return set, err
		}
	}
	t, err := m.reach(ctx, now.HangsOn())
	if err != nil {
		return set, err
	}
	// A link to what was absorbed becomes one to the survivor.
	if now = now.Follow(t.Moved); fmt.Sprint(before.HangsOn()) != fmt.Sprint(now.HangsOn()) && t.Moved.Any() {
		if u, ok := now.(Updated); ok {
			now = u.UpdatedAt(m.Now().UTC().Truncate(time.Millisecond))
		}
	}
	set.Team = m.team
	set.PutPlaced(before, now, t)
	if m.thread != nil {
		set.Checks = append(set.Checks, m.thread.Check())
	}
	if len(set.Show)+len(set.Hide) == 0 && fmt.Sprint(before.HangsOn()) == fmt.Sprint(now.HangsOn()) {
		return change.Set{}, nil
	}
	return set, nil
}

// Updated is a record of which clients ask what has changed since.
type Updated interface {
	UpdatedAt(now time.Time) change.Placed
}

// reach follows links, once within a step.
func (m *mover) reach(ctx context.Context, links change.Links) (t change.Targets, err error) {
	key := fmt.Sprint(links)
	t, ok := m.targets[key]
	if !ok {
		if t, err = m.Store.Targets(ctx, m.team, links); err == nil {
			m.targets[key] = t
		}
	}
	return t, err
}

// flush commits the batch. When that fails, each source is read again and placed by itself, so that one that others write
// to, or a batch too large, does not hold up the rest.
func (m *mover) flush(ctx context.Context) error {
	batch, refs := m.batch, m.refs
	m.batch, m.refs = nil, nil
	if len(batch) == 0 {
		return nil
	}
	err := m.Store.Commit(ctx, batch...)
	if err == nil || fault.Is(err, fault.Unavailable) || ctx.Err() != nil {
		return err
	}
	clear(m.targets)
	for _, ref := range refs {
		if err := change.Retry(ctx, func() error { return m.again(ctx, ref) }); err != nil {
			return err
		}
	}
	return nil
}

// again places one source by what is true now.
func (m *mover) again(ctx context.Context, ref change.Ref) error {
	if slices.Contains(moved, ref.Kind()) {
		set, err := m.link(ctx, ref)
		if err != nil || len(set.Records) == 0 {
			return err
		}
		return m.Store.Commit(ctx, set)
	}
	if m.thread != nil {
		thread, err := m.placed(ctx, m.team, m.thread.Ref())
		if err != nil {
			return err
		}
		m.thread, _ = thread.(Thread)
	}
	p, err := m.placed(ctx, m.team, ref)
	if err != nil || p == nil {
		return err
	}
	set, err := m.replace(ctx, p)
	if err != nil || len(set.Records) == 0 {
		return err
	}
	if err = m.Store.Commit(ctx, set); err != nil {
		clear(m.targets) // links that moved since they were read fail the commit, and are read anew
	}
	return err
}
