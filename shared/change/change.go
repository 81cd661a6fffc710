// Package change is a write as a value. A service decides what one user action changes and returns it as a Set: records with
// the version they were read at, members of guards, rows that show on other records. Sets of several
// entities become one transaction in dynamo.Commit, the only code that writes records. So rules stay free of storage, and
// nothing can be half written.
package change

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/auth"
)

// Ref names one item of a team: a record ("deal#7") or a guard ("mid#<id@host>").
type Ref string

// Kinds of records; the first part of a Ref.
const (
	Deal         = "deal"
	Person       = "person"
	Organization = "organization"
	Activity     = "activity"
	Note         = "note"
	File         = "file"
	Relation     = "relation" // between two organizations
	Pipeline     = "pipeline"
	Stage        = "stage"
	MailThread   = "mailThread"
	MailMessage  = "mailMessage"
	InboundMail  = "inboundMail" // ledger entry of one raw message, named by its SES messageId
	Changes      = "change"      // a row of the change log
	Signpost     = "signpost"    // where a deleted record led, named by its Ref
	Discarded    = "discarded"   // objects that no record has any more, named by the first of their keys

	Address     = "addr"        // e-mail address → ids of its persons
	MessageID   = "mid"         // Message-ID or alias → ids of its thread and, when stored, its message
	Fingerprint = "fp"          // of a message without Message-ID → ids of its thread and message
	RelationsOf = "relationsOf" // organization → ids of its relations
)

// Of is the Ref of a record; Named that of a guard or of a record without a number.
func Of(kind string, id int64) Ref       { return Ref(kind + "#" + strconv.FormatInt(id, 10)) }
func Named(kind string, name string) Ref { return Ref(kind + "#" + name) }

// Kind is the part before the first '#', Name the rest, ID the rest as a number (0 when it is none).
func (r Ref) Kind() string { k, _, _ := strings.Cut(string(r), "#"); return k }
func (r Ref) Name() string { _, n, _ := strings.Cut(string(r), "#"); return n }
func (r Ref) ID() int64    { n, _ := strconv.ParseInt(r.Name(), 10, 64); return n }

// MaxOperations is how many items one user action writes or checks: one less than what a transaction may ("TransactWriteItems":
// 100 actions), since the claim of an idempotency key has its place there too.
const MaxOperations = 99

// Set is everything that one user action changes within one team. Who acted is stored with each record that it writes, so that
// whoever follows the changes of the table knows.
type Set struct {
	Team    int64
	User    int64  // who acts; 0 where nobody does
	Source  string // as auth.Actor has it
	Records []Record
	Checks  []Check
	Members []Member
	Show    []Row   // rows written
	Hide    []Row   // rows removed
	Counts  []Count // beside what follows from rows; see Summary
	Merges  []Merge
	Jobs    []Job
	Entries []Entry
	Tallies []Tally
	Facts   []Fact
	Dues    []Due
	Audits  []Audit
}

// Record is the new state of one record. Value is the entity's own struct; its version becomes Expect+1.
type Record struct {
	Ref    Ref
	Value  any
	Expect int64 // the version it was read at; 0: must not exist yet
	// Merged names the other record of a merge: on the one that goes the one that stays, and the reverse. It is stored with this
	// write alone, for whoever follows the changes of the table.
	Merged Ref
	// Restored tells that the record comes from an archive and keeps the version that it has.
	Restored bool
}

// By is an empty set of what an actor changes.
func By(a auth.Actor) Set { return Set{Team: a.Team, User: a.User, Source: a.Source} }

// Check demands something of a record that is only referred to: that it still has the links it was read with (Links counts
// how often the record's own links changed), so that no row is placed by links that have just moved; or, with Alive, that it
// is not deleted, so that nothing new points at it; or, with Version, that nothing of it has changed.
type Check struct {
	Ref     Ref
	Links   int64
	Alive   bool
	Version int64 // when set: nothing of the record may have changed
}

// Due is a record's line in the bucket of the minute at which it is looked at, since a mail may be due; written again, it stays one.
type Due struct {
	Minute time.Time
	Of     Ref
	Remove bool
}

// Wait moves a record's line from one minute to another; nil is none.
func (s *Set) Wait(of Ref, before, now *time.Time) {
	if before != nil && (now == nil || !minute(*before).Equal(minute(*now))) {
		s.Dues = append(s.Dues, Due{Minute: minute(*before), Of: of, Remove: true})
	}
	if now != nil {
		s.Dues = append(s.Dues, Due{Minute: minute(*now), Of: of})
	}
}

func minute(t time.Time) time.Time { return t.UTC().Truncate(time.Minute) }

// Member adds an id to a guard's set, or removes it. With Seen, the set must be exactly as it was read (nil: no such item),
// so that two writers who both looked and found nobody cannot both create.
type Member struct {
	Of     Ref
	ID     int64
	Remove bool
	Seen   *[]int64
}

// Job is work that is too much for one transaction: a link of Of changed, so the rows that show on Of move. The indexer does
// it in steps; Cursor is where the next step begins. Name makes it unique.
type Job struct {
	Name    string
	Of      Ref
	Cursor  string
	Version int64
	Purge   bool  // Of is gone for good: what hangs on it leaves it, then its collection is removed
	Into    Ref   // Of was absorbed into this record: what hangs on it moves there
	User    int64 // who merged them
	Done    bool  // the job's item is removed
}

// Entry is one line of a directory that finds the team from outside. It must not exist yet, or is replaced or removed.
type Entry struct {
	Directory Directory
	Name      string // token hash, local part of a mail address, SES messageId
	User      int64  // of a token
	Scope     auth.Scope
	Called    string    // how a token's owner calls it
	Made      time.Time // when a token was made
	Fate      string    // of unroutable mail: its state and why
	Remove    bool
	Replace   bool      // the team has it already
	Expires   time.Time // zero: never
}

// Directory is one of the few kinds that lie outside every team.
type Directory string

const (
	Tokens     Directory = "token"
	Addresses  Directory = "address"
	Unroutable Directory = "unroutable" // mail that no team has an address for
)

// Put adds a record to the set.
func (s *Set) Put(ref Ref, value any, expect int64) {
	s.Records = append(s.Records, Record{Ref: ref, Value: value, Expect: expect})
}

// Place replaces the rows that a record showed before by the rows it shows now; rows in both are left alone.
func (s *Set) Place(before, now []Row) {
	had := make(map[string]bool, len(before))
	for _, r := range before {
		had[r.place()] = true
	}
	has := make(map[string]bool, len(now))
	for _, r := range now {
		if has[r.place()] {
			continue
		}
		has[r.place()] = true
		if !had[r.place()] {
			s.Show = append(s.Show, r)
		}
	}
	for _, r := range before {
		if !has[r.place()] {
			has[r.place()] = true // once, should it be listed twice
			s.Hide = append(s.Hide, r)
		}
	}
}

// Restore adds a record of an archive, which must not be there yet.
func (s *Set) Restore(ref Ref, value any) {
	s.Records = append(s.Records, Record{Ref: ref, Value: value, Restored: true})
}

// PurgeName is the job that clears up after a record; there is one, however often the record's removal is reported.
func PurgeName(ref Ref) string { return "purge-" + string(ref) }

// JobName is unique for each change of links of a record.
func JobName(ref Ref, links int64) string { return fmt.Sprintf("relink-%s-%d", ref, links) }
