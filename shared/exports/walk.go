package exports

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/lejek/lejek/shared/change"
)

// Everything of a team is found by its number: whoever makes a record takes the next number of its kind, so all records of a kind
// are those from one to the last number given. No list, no index and no scan is needed, reads are strongly consistent, and where an
// export stands is two numbers.
//
// The records are as they were when they were read, each for itself: a team goes on working meanwhile. But what refers to others is
// read before what it refers to, and how far the numbers of a kind go is asked when its turn comes. So nothing in an archive
// refers to what was made too late to be in it.

// walk is one kind's turn.
type walk struct {
	kind string
	next func(w Worker, ctx context.Context, team int64, kind string, s *state) ([][]Line, error)
}

var walks = []walk{
	{"fact", Worker.facts}, // before the trails that they are folded into
	{change.InboundMail, Worker.ledger},
	{change.MailMessage, Worker.numbered},
	{change.MailThread, Worker.numbered},
	{change.File, Worker.numbered},
	{change.Note, Worker.numbered},
	{change.Activity, Worker.numbered},
	{change.Relation, Worker.numbered},
	{change.Deal, Worker.numbered},
	{change.Person, Worker.numbered},
	{change.Organization, Worker.numbered},
	{"filter", Worker.numbered},
	{"team", Worker.small},
}

// small are collections that are read whole with one query.
var small = []change.Ref{"fields#deal", "fields#person", "fields#organization", "activityTypes", "pipelines", "webhooks", "users", "team"}

// Line is one line of an archive's file: a record, or a row that is more than a reference. Record is the stored form, whose
// names are those of the entity's own type.
type Line struct {
	Kind   string     `json:"-"` // its file's folder
	Ref    change.Ref `json:"ref"`
	Record any        `json:"record"`
}

// Kinds of lines that are no records; Ref is the record on which they are.
const (
	LogLine      = "change"        // one write, in the change log
	FollowerLine = "follower"      // a user who follows the record
	EventLine    = "followerEvent" // that somebody began or ceased to
	FactLine     = "fact"          // of a deal, not yet folded into its trail
)

// Row is the record of such a line.
type Row struct {
	Shelf  change.Shelf
	At     time.Time
	Source change.Ref
	Log    *change.Log `json:",omitempty"`
}

// Records are all that a team has.
type Records interface {
	// Numbers are the last numbers given, by kind.
	Numbers(ctx context.Context, team int64) (map[string]int64, error)
	// Collection is a record with what lies beside it, but nothing that is derived; empty when there is no such record.
	Collection(ctx context.Context, team int64, of change.Ref) ([]Line, error)
	// GetAny reads records; what does not exist is absent.
	GetAny(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]any, error)
	// Ledger is the next part of what became of raw mail, and Facts of the facts that are not folded yet; next is where to go on, "" at the end.
	Ledger(ctx context.Context, team int64, after string, limit int) (lines []Line, next string, err error)
	Facts(ctx context.Context, team int64, after string, limit int) (lines []Line, next string, err error)
}

// Object is an object of a bucket that belongs to a record; the last part of its key may name a version of it.
type Object struct {
	Mail bool   // in the bucket of raw mail, otherwise in that of data
	Key  string // there
	Name string // in the archive
	Text bool   // worth to be compressed
}

// readers is how many collections are read at once.
const readers = 16

// numbered are the next numbers of a kind, a group of lines each.
func (w Worker) numbered(ctx context.Context, team int64, kind string, s *state) (groups [][]Line, err error) {
	if s.Last < 0 {
		numbers, err := w.Records.Numbers(ctx, team)
		if err != nil {
			return nil, err
		}
		s.Last = numbers[kind]
	}
	var refs []change.Ref
	for id := s.Next; id <= s.Last && len(refs) < w.Limits.Chunk; id++ {
		refs = append(refs, change.Of(kind, id))
	}
	return w.collections(ctx, team, refs)
}

func (w Worker) small(ctx context.Context, team int64, _ string, s *state) ([][]Line, error) {
	return w.collections(ctx, team, small[min(s.Next-1, int64(len(small))):])
}

func (w Worker) ledger(ctx context.Context, team int64, _ string, s *state) ([][]Line, error) {
	return w.paged(ctx, team, s, w.Records.Ledger)
}

func (w Worker) facts(ctx context.Context, team int64, _ string, s *state) ([][]Line, error) {
	return w.paged(ctx, team, s, w.Records.Facts)
}

// paged are lines that have no numbers: one group, since where to go on is told for all of them.
func (w Worker) paged(ctx context.Context, team int64, s *state, read func(context.Context, int64, string, int) ([]Line, string, error)) ([][]Line, error) {
	if s.Next > 1 && s.After == "" {
		return nil, nil
	}
	lines, next, err := read(ctx, team, s.After, w.Limits.Chunk)
	s.After = next
	return [][]Line{lines}, err
}

// collections reads many at once, and what belongs to their records.
func (w Worker) collections(ctx context.Context, team int64, refs []change.Ref) ([][]Line, error) {
	groups, errs := make([][]Line, len(refs)), make([]error, len(refs))
	var all sync.WaitGroup
	places := make(chan struct{}, readers)
	for i, ref := range refs {
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			groups[i], errs[i] = w.Records.Collection(ctx, team, ref)
		})
	}
	all.Wait()
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		return nil, fmt.Errorf("%s: %w", refs[i], errs[i])
	}
	var beside []change.Ref
	of := map[change.Ref]int{}
	for i, ref := range refs {
		for _, b := range append(besides(ref), w.besides(groups[i])...) {
			if _, asked := of[b]; !asked {
				of[b] = i
				beside = append(beside, b)
			}
		}
	}
	found, err := w.Records.GetAny(ctx, team, beside)
	for _, b := range beside {
		if record, ok := found[b]; ok {
			groups[of[b]] = append(groups[of[b]], Line{b.Kind(), b, record})
		}
	}
	return groups, err
}

// besides are records that have the number of another one: the way of a deal, and where a deleted record led.
func besides(ref change.Ref) []change.Ref {
	switch ref.Kind() {
	case change.Deal:
		return []change.Ref{change.Named("trail", ref.Name()), change.SignpostOf(ref)}
	case change.Person, change.Organization:
		return []change.Ref{change.SignpostOf(ref)}
	}
	return nil
}

func (w Worker) besides(lines []Line) (refs []change.Ref) {
	for _, l := range lines {
		more, _ := w.Belongs(l.Record)
		refs = append(refs, more...)
	}
	return refs
}

// fileName is that of a file of lines: the folder is their kind.
func fileName(kind, walked string, first int64) string {
	return kind + "/" + walked + "-" + fmt.Sprintf("%09s", strconv.FormatInt(first, 10)) + ".ndjson"
}
