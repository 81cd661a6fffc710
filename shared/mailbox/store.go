package mailbox

import (
	"context"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Store is where mail is kept.
type Store interface {
	// Look reads, at once, the ledger's entry of a raw message (nil: none), aliases and who has an address.
	Look(ctx context.Context, team int64, rawID string, aliases, addresses []change.Ref) (Seen, error)
	// Mail reads threads and messages by id; what does not exist is absent.
	Mail(ctx context.Context, team int64, threads, messages []int64) (Stored, error)
	// ThreadsOn are the threads that show on a record, newest first.
	ThreadsOn(ctx context.Context, team int64, on change.Ref, limit int) ([]Thread, error)
	// ThreadPage lists a user's threads, newest message first, from an offset among the wanted ones; it may lag.
	ThreadPage(ctx context.Context, team, user int64, archived bool, wanted func(Thread) bool, start, limit int) ([]Thread, bool, error)
	// Counted is how far a counter is.
	Counted(ctx context.Context, team int64, of change.Ref) (int64, error)
	// Contents tells where bytes are that the team has, by their names.
	Contents(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]change.Content, error)
	// MessagesIn are the messages of a thread, oldest first.
	MessagesIn(ctx context.Context, team, thread int64) ([]Message, error)
	// NewestIn are its last messages, newest first.
	NewestIn(ctx context.Context, team, thread int64, n int) ([]Message, error)
	// GetAny reads records, each as its own type; what does not exist is absent.
	GetAny(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]any, error)
	// Known tells which of these records exist.
	Known(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]bool, error)
	NextIDs(ctx context.Context, team int64, kind string, n int) (int64, error)
	Targets(ctx context.Context, team int64, links change.Links) (change.Targets, error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// Seen is the answer of Look: what is absent is not there.
type Seen struct {
	Entry   *Entry
	Aliases map[change.Ref]Alias
	Persons map[change.Ref][]int64
}

// Stored is the answer of Mail.
type Stored struct {
	Threads  map[int64]Thread
	Messages map[int64]Message
}

// Person is what mail needs to know of a person.
type Person struct {
	ID             int64
	Name           string
	OwnerID        int64
	OrganizationID int64 // 0: none
	UpdateTime     time.Time
	Emails         []string // as addresses are compared
}

// NewPerson is a person made from an address in a mail. Of is the guard of that address, Seen what it was read to hold.
type NewPerson struct {
	ID             int64
	Name, Email    string
	OrganizationID int64
	Of             change.Ref
	Seen           []int64
}

// People knows and makes persons.
type People interface {
	// Persons are those of these ids that exist and are not deleted.
	Persons(ctx context.Context, team int64, ids []int64) (map[int64]Person, error)
	// Living are those of these persons and organizations that are not deleted, or those that have absorbed them.
	Living(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]int64, error)
	// NewPerson is a person as a change; Invalid when nobody can have that name or address.
	NewPerson(a auth.Actor, in NewPerson, now time.Time) (Person, change.Set, error)
	// Bounced notes on persons, by id, that mail to these addresses of theirs comes back; nothing where that is noted already.
	Bounced(ctx context.Context, team int64, of map[int64][]Undelivered, at time.Time) ([]change.Set, error)
	// OrganizationsAt are the organizations of persons whose addresses are in a domain; two are enough to know that it is
	// not exactly one.
	OrganizationsAt(ctx context.Context, team int64, domain string) ([]int64, error)
}

// Deal is what mail needs to know of a deal.
type Deal struct {
	ID             int64
	Title          string
	Value          value.Decimal
	Currency       string
	PipelineID     int64
	StageID        int64
	Status         string
	PersonID       int64
	OrganizationID int64
	CloseTime      *time.Time
	LastActivity   time.Time
}

// Deals knows deals.
type Deals interface {
	// Deal is one deal, or the one that has absorbed it; NotFound when there is none or it is deleted.
	Deal(ctx context.Context, team, id int64) (Deal, error)
	// OpenDeals are the open deals of these persons and organizations, newest activity first.
	OpenDeals(ctx context.Context, team int64, of []change.Ref) ([]Deal, error)
}

// File is an attachment to be recorded.
type File struct {
	ID             int64
	Name           string
	Key            string
	Hash           string
	MediaType      string
	Size           int64
	UserID         int64
	MessageID      int64 // 0: of mail that is kept apart
	ThreadID       int64
	ContentID      string
	Inline, Locked bool
	Links          change.Links
	Time           time.Time
}

// Note is what a user typed above a forwarded mail.
type Note struct {
	ID       int64
	Text     string
	UserID   int64
	ThreadID int64 // whose links it follows
	Links    change.Links
	Time     time.Time
}

// Annexes are records of other entities that come with a mail.
type Annexes interface {
	File(f File) change.Placed
	// IsFile tells whether a record is a file of that name and with those bytes.
	IsFile(record any, name, hash string, inline bool) bool
	Note(n Note) change.Placed
	// Untouched tells that a record is as it came with the mail, wherever it was moved to since.
	Untouched(record any) bool
}

// Objects keeps bytes in the data bucket. Putting the same key again replaces the same bytes.
type Objects interface {
	Put(ctx context.Context, key, mediaType string, content []byte) error
	Get(ctx context.Context, key string) ([]byte, error)
}
