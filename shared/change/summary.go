package change

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// What is derived for a record is kept beside it, in its summary, so that reading it costs one item, however much there is: how
// many notes, files, mails and activities show on it, and which activity and which mail is its first or last. All of that
// follows from the rows that a change shows and hides on it, and from nothing else. So whoever places rows, be it a user's
// write, mail, an import or a job, has the summaries right in the same transaction without knowing of them.

// Summary is what is derived for a record. Version counts the writes of its ends; numbers are added to without it.
type Summary struct {
	Version int64
	Closed  bool // the record was absorbed: nothing new shows on it
	Ends
	Numbers map[Number]int64
}

// With is a summary together with that of another record: what it would be if all that shows there showed here.
func (s Summary) With(o Summary) Summary {
	all := Summary{Version: s.Version, Ends: s.Ends, Numbers: map[Number]int64{}}
	for _, part := range []Summary{s, o} {
		for n, count := range part.Numbers {
			all.Numbers[n] += count
		}
	}
	for _, e := range ends {
		if r := e.kept(&o.Ends, ""); r != nil {
			if had := e.kept(&all.Ends, ""); had == nil || e.before(*r, *had) {
				e.keep(&all.Ends, r)
			}
		}
	}
	return all
}

// Ends are rows that come first or last on a record. A time is nil for a planned activity without one.
type Ends struct {
	NextActivityID   *int64 // the first of the planned ones
	NextActivityTime *time.Time
	LastActivityID   *int64 // the newest done one
	LastActivityTime *time.Time
	LastReceivedID   *int64 // the newest mail that came in
	LastReceivedTime *time.Time
	LastSentID       *int64 // and the newest that a user sent
	LastSentTime     *time.Time
}

// Number names what is counted on a record.
type Number string

const (
	NotesCount     Number = "notes"
	FilesCount     Number = "files"
	MailsCount     Number = "mails"
	ThreadsCount   Number = "threads"
	DoneCount      Number = "done" // activities
	UndoneCount    Number = "undone"
	FollowersCount Number = "followers"
	PeopleCount    Number = "people" // of an organization
)

// Statuses are those by which deals are counted.
var Statuses = []string{"open", "won", "lost"}

// DealsCount is how many deals of a status a person or an organization has; deleted ones do not count.
func DealsCount(status string) Number { return Number(status) }

// ParticipantCount is how many deals of a status a person takes part in without being the deal's own person.
func ParticipantCount(status string) Number { return Number("participant " + status) }

// Linked are the numbers of records that name a person or an organization by a link of their own.
var Linked = []Number{DealsCount("open"), DealsCount("won"), DealsCount("lost"), PeopleCount}

// RelatedCount is how many deals an organization's persons have elsewhere: with no organization or another one.
func RelatedCount(status string) Number { return Number("related " + status) }

// Within is the part of a person's summary that counts the person's deals with one organization.
func (r Ref) Within(organization int64) Ref { return r + Ref("@"+strconv.FormatInt(organization, 10)) }

// Count is the number; none is ever less than zero.
func (s Summary) Count(n Number) int64 { return max(s.Numbers[n], 0) }

// Count adds to numbers of a record without reading them. In one transaction with what can be written only once, each thing is
// counted once, however often the work is repeated. With Seen, these numbers must be as they were read.
type Count struct {
	Of   Ref
	Add  map[Number]int64
	Seen map[Number]int64
}

// number is what a row counts for on the record that it shows on; "" for nothing.
func (r Row) number() Number {
	switch kind := r.Source.Kind(); {
	case r.Shelf == Flow && kind == Note:
		return NotesCount
	case r.Shelf == Files && kind == File:
		return FilesCount
	case r.Shelf == Flow && kind == MailMessage:
		return MailsCount
	case r.Shelf == Threads:
		return ThreadsCount
	case r.Shelf == Flow && kind == Activity:
		return DoneCount
	case r.Shelf == Planned && kind == Activity:
		return UndoneCount
	}
	return ""
}

// Sum is all that sets do to the summary of one record. Shown and Hidden are the rows that its ends may depend on. Close is that the
// record is absorbed by another one; from then on nothing can be shown on it.
type Sum struct {
	Team          int64
	Count         // without what comes to nothing
	Shown, Hidden []Row
	Close         bool
}

// Sums are what the sets of one transaction do to summaries.
func Sums(sets ...Set) (sums []Sum) {
	of := func(team int64, ref Ref) *Sum {
		i := slices.IndexFunc(sums, func(s Sum) bool { return s.Team == team && s.Of == ref })
		if i < 0 {
			i = len(sums)
			sums = append(sums, Sum{Team: team, Count: Count{Of: ref, Add: map[Number]int64{}, Seen: map[Number]int64{}}})
		}
		return &sums[i]
	}
	for _, set := range sets {
		for _, r := range set.Show {
			if n := r.number(); n != "" {
				s := of(set.Team, r.On)
				s.Add[n]++
				s.Shown = append(s.Shown, r)
			}
		}
		for _, r := range set.Hide {
			if n := r.number(); n != "" {
				s := of(set.Team, r.On)
				s.Add[n]--
				s.Hidden = append(s.Hidden, r)
			}
		}
		for _, c := range set.Counts {
			s := of(set.Team, c.Of)
			for n, add := range c.Add {
				s.Add[n] += add
			}
			for n, seen := range c.Seen {
				s.Seen[n] = seen
			}
		}
		for _, m := range set.Merges {
			if !m.Done {
				of(set.Team, m.Absorbed).Close = true
			}
		}
	}
	return slices.DeleteFunc(sums, func(s Sum) bool {
		for n, add := range s.Add {
			if add == 0 {
				delete(s.Add, n)
			}
		}
		return len(s.Add)+len(s.Seen) == 0 && !s.Close && !s.MovesEnds()
	})
}

// MovesEnds tells that the ends have to be looked at.
func (s Sum) MovesEnds() bool {
	return slices.ContainsFunc(ends, func(e End) bool {
		return slices.ContainsFunc(s.Shown, e.Holds) || slices.ContainsFunc(s.Hidden, e.Holds)
	})
}

// Move brings the ends of the record up to date. beyond finds, on the shelf as it is stored, the row of an end's sort that
// comes next after one that goes.
func (s Sum) Move(to *Ends, beyond func(End, Row) (*Row, error)) error {
	for _, e := range ends {
		kept := e.kept(to, s.Of)
		came := e.best(s.Shown)
		if kept != nil && s.Hides(kept.Source, e) {
			if came != nil && !e.before(*kept, *came) {
				kept = nil // what takes its place comes no later
			} else {
				var err error
				if kept, err = beyond(e, *kept); err != nil {
					return err
				}
			}
		}
		if came != nil && (kept == nil || e.before(*came, *kept)) {
			kept = came
		}
		e.keep(to, kept)
	}
	return nil
}

// Hides tells that a source's row of the end's sort goes.
func (s Sum) Hides(source Ref, e End) bool {
	return slices.ContainsFunc(s.Hidden, func(r Row) bool { return r.Source == source && e.Holds(r) })
}

// End is one of the Ends: which row is kept.
type End struct {
	Shelf Shelf
	First bool // of its shelf, else the last
	kind  string
	sort  func(Row) bool // of that kind; nil for all
	field func(*Ends) (id **int64, at **time.Time)
}

var ends = []End{
	{Planned, true, Activity, nil, func(s *Ends) (**int64, **time.Time) { return &s.NextActivityID, &s.NextActivityTime }},
	{Flow, false, Activity, nil, func(s *Ends) (**int64, **time.Time) { return &s.LastActivityID, &s.LastActivityTime }},
	{Flow, false, MailMessage, received, func(s *Ends) (**int64, **time.Time) { return &s.LastReceivedID, &s.LastReceivedTime }},
	{Flow, false, MailMessage, sent, func(s *Ends) (**int64, **time.Time) { return &s.LastSentID, &s.LastSentTime }},
}

func received(r Row) bool { return !r.Sent }
func sent(r Row) bool     { return r.Sent }

// Holds tells that the row is one of which the end keeps the first or last.
func (e End) Holds(r Row) bool {
	return r.Shelf == e.Shelf && r.Source.Kind() == e.kind && (e.sort == nil || e.sort(r))
}

// Far is the time of a planned row without one: after all others.
var Far = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

func (e End) kept(s *Ends, on Ref) *Row {
	id, at := e.field(s)
	if *id == nil {
		return nil
	}
	row := Row{On: on, Shelf: e.Shelf, At: Far, Source: Of(e.kind, **id)}
	if *at != nil {
		row.At = **at
	}
	return &row
}

func (e End) keep(s *Ends, row *Row) {
	id, at := e.field(s)
	*id, *at = nil, nil
	if row != nil {
		n := row.Source.ID()
		if *id = &n; row.At.Before(Far) {
			*at = &row.At
		}
	}
}

// before is whether the end would rather keep a than b.
func (e End) before(a, b Row) bool {
	order := cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Source, b.Source))
	if e.First {
		return order < 0
	}
	return order > 0
}

func (e End) best(rows []Row) (best *Row) {
	for _, r := range rows {
		if e.Holds(r) && (best == nil || e.before(r, *best)) {
			best = &r
		}
	}
	return best
}

// Weight is how many items the sets of one transaction write or check.
func Weight(sets ...Set) int {
	items, n := map[string]bool{}, len(Sums(sets...))
	for _, s := range sets {
		for _, r := range s.Records {
			items[string(r.Ref)] = true
		}
		for _, c := range s.Checks {
			items[string(c.Ref)] = true
		}
		for _, r := range slices.Concat(s.Show, s.Hide) {
			items[r.place()] = true
		}
		n += len(s.Members) + min(len(s.Merges), 1) + len(s.Jobs) + len(s.Entries) + len(s.Facts) + len(s.Dues) + len(s.Tallies)
	}
	return n + len(items)
}
