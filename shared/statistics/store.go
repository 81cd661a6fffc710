package statistics

import (
	"context"
	"time"

	"github.com/lejek/lejek/shared/change"
)

// KindMark names the record of a mark.
const KindMark = "statistics"

// Mark is up to where a team's facts are folded: those of the days before At, and on At's day those up to Key.
type Mark struct {
	Version int64
	At      time.Time
	Key     string
}

// MarkRef names a team's mark.
func MarkRef() change.Ref { return change.Named(KindMark, "mark") }

// Store is where facts and figures are kept. All reads are strongly consistent.
type Store interface {
	// LastTeam is the last team id given; ids count from 1.
	LastTeam(ctx context.Context) (int64, error)
	Mark(ctx context.Context, team int64) (Mark, error)
	// Facts are those after the mark that were written before `until`, in the order of writing, each with the mark behind it;
	// at most limit of them, unless limit is 0.
	Facts(ctx context.Context, team int64, after Mark, until time.Time, limit int) ([]Noted, error)
	// Trails are those of these deals that are folded, by deal.
	Trails(ctx context.Context, team int64, deals []int64) (map[int64]Trail, error)
	// Log are the changes of a record since a time.
	Log(ctx context.Context, team int64, of change.Ref, since time.Time) ([]change.Row, error)
	// Filed are the trails on a shelf (see Shelf) that count at `since` or later.
	Filed(ctx context.Context, team int64, shelf change.Ref, since time.Time) ([]Trail, error)
	Totals(ctx context.Context, team int64) ([]Totals, error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// Noted is a fact and its key.
type Noted struct {
	change.Fact
	Key string
}

func (n Noted) mark() Mark { return Mark{At: n.At, Key: n.Key} }

// Company is what figures need to know of a team.
type Company struct {
	Zone  *time.Location
	Since time.Time // no fact is older
}

// Companies knows the teams; NotFound for others.
type Companies interface {
	Company(ctx context.Context, team int64) (Company, error)
}

// Board knows the stages of pipelines.
type Board interface {
	// StagesOf are the stages of a pipeline in order; NotFound when the team has no such pipeline.
	StagesOf(ctx context.Context, team, pipeline int64) ([]Stage, error)
	// Probabilities are those of all stages, deleted ones included.
	Probabilities(ctx context.Context, team int64) (map[int64]int64, error)
}

// Service folds facts and answers questions.
type Service struct {
	Store     Store
	Companies Companies
	Board     Board
	Now       func() time.Time
}
