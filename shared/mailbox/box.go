package mailbox

import (
	"context"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// BoxStore is where the mailbox reads.
type BoxStore interface {
	Mail(ctx context.Context, team int64, threads, messages []int64) (Stored, error)
	// ThreadPage lists a user's threads, newest message first, from an offset among the wanted ones.
	ThreadPage(ctx context.Context, team, user int64, archived bool, wanted func(Thread) bool, start, limit int) ([]Thread, bool, error)
	// ThreadRows are rows of threads that show on any of these records or addresses, newest message first, each thread once.
	ThreadRows(ctx context.Context, team int64, on []change.Ref, after *change.Row, limit int) (rows []change.Row, more bool, err error)
	// MessagesIn are the messages of a thread, oldest first.
	MessagesIn(ctx context.Context, team, thread int64) ([]Message, error)
	Entry(ctx context.Context, team int64, id string) (Entry, error)
	// EntriesOf are the entries of raw messages that are written already.
	EntriesOf(ctx context.Context, team int64, ids []string) ([]Entry, error)
	Entries(ctx context.Context, team int64, l value.List) (value.Page[Entry], error)
	// GetAny reads records, each as its own type; what does not exist is absent.
	GetAny(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]any, error)
	Targets(ctx context.Context, team int64, links change.Links) (change.Targets, error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// Box is what a user can do with mail.
type Box struct {
	Store   BoxStore
	People  People
	Deals   Deals
	Annexes Annexes
	Objects Objects
	Now     func() time.Time
}

// Threads is one page of the actor's threads in a folder.
func (b Box) Threads(ctx context.Context, a auth.Actor, folder string, start, limit int) ([]Thread, bool, error) {
	if folder == FolderDrafts {
		return nil, false, nil
	}
	in := func(t Thread) bool { return t.In(folder) }
	return b.Store.ThreadPage(ctx, a.Team, a.User, folder == FolderArchive, in, start, limit)
}

// Thread is one thread.
func (b Box) Thread(ctx context.Context, a auth.Actor, id int64) (Thread, error) {
	found, err := b.Store.Mail(ctx, a.Team, []int64{id}, nil)
	t, ok := found.Threads[id]
	if err == nil && (!ok || t.Deleted) {
		err = fault.Missing("Mail thread")
	}
	return t, err
}

// Messages are all messages of a thread, oldest first.
func (b Box) Messages(ctx context.Context, a auth.Actor, thread int64) ([]Message, error) {
	t, err := b.Thread(ctx, a, thread)
	if err != nil {
		return nil, err
	}
	list, err := b.Store.MessagesIn(ctx, a.Team, thread)
	for i := range list {
		list[i].Read = list[i].Read || t.Read
	}
	return list, err
}

// Message is one message.
func (b Box) Message(ctx context.Context, a auth.Actor, id int64) (Message, error) {
	found, err := b.Store.Mail(ctx, a.Team, nil, []int64{id})
	if err != nil {
		return Message{}, err
	}
	m, ok := found.Messages[id]
	if !ok || m.Deleted {
		return m, fault.Missing("Mail message")
	}
	if found, err = b.Store.Mail(ctx, a.Team, []int64{m.ThreadID}, nil); err != nil {
		return m, err
	}
	m.Read = m.Read || found.Threads[m.ThreadID].Read
	return m, nil
}

// Entry is the ledger's line of one raw message, Entries a page of them.
func (b Box) Entry(ctx context.Context, a auth.Actor, id string) (Entry, error) {
	return b.Store.Entry(ctx, a.Team, id)
}

// Entries lists the ledger, newest first; an empty state means all.
func (b Box) Entries(ctx context.Context, a auth.Actor, state, cursor string, limit int) (value.Page[Entry], error) {
	l := value.List{Sort: value.SortID, Desc: true, Cursor: cursor, Limit: limit}
	if state != "" {
		l.Statuses = []string{state}
	}
	return b.Store.Entries(ctx, a.Team, l)
}

// Candidates are the deals that each thread without a deal may belong to, newest activity first: the open deals of its
// persons, else those of their organizations, or of the thread's own (rows 18, 19). Threads that a user took off their deal have none.
func (b Box) Candidates(ctx context.Context, a auth.Actor, threads ...Thread) (map[int64][]Deal, error) {
	open := slices.DeleteFunc(slices.Clone(threads), func(t Thread) bool {
		return t.DealID != nil || t.DealChosenTime != nil || len(t.PersonIDs) == 0 && t.OrganizationID == nil
	})
	all := map[int64][]Deal{}
	if len(open) == 0 {
		return all, nil
	}
	var people []int64
	for _, t := range open {
		people = union(people, t.PersonIDs...)
	}
	list, err := b.Deals.OpenDeals(ctx, a.Team, refsOf(change.Person, people))
	if err != nil {
		return nil, err
	}
	var without []Thread
	for _, t := range open {
		all[t.ID] = filter(list, func(d Deal) bool { return slices.Contains(t.PersonIDs, d.PersonID) })
		if len(all[t.ID]) == 0 {
			without = append(without, t)
		}
	}
	return all, b.ofOrganizations(ctx, a, without, all)
}

func (b Box) ofOrganizations(ctx context.Context, a auth.Actor, threads []Thread, all map[int64][]Deal) error {
	var people, organizations []int64
	for _, t := range threads {
		people, organizations = union(people, t.PersonIDs...), union(organizations, value.Deref(t.OrganizationID))
	}
	known, err := b.People.Persons(ctx, a.Team, people)
	if err != nil {
		return err
	}
	for _, p := range known {
		organizations = union(organizations, p.OrganizationID)
	}
	if len(organizations) == 0 {
		return nil
	}
	slices.Sort(organizations)
	list, err := b.Deals.OpenDeals(ctx, a.Team, refsOf(change.Organization, organizations))
	for _, t := range threads {
		all[t.ID] = filter(list, func(d Deal) bool {
			return d.OrganizationID != 0 && d.OrganizationID == value.Deref(t.OrganizationID) || slices.ContainsFunc(t.PersonIDs, func(id int64) bool {
				p := known[id]
				return p.OrganizationID != 0 && p.OrganizationID == d.OrganizationID
			})
		})
	}
	return err
}

func refsOf(kind string, ids []int64) []change.Ref {
	refs := make([]change.Ref, len(ids))
	for i, id := range ids {
		refs[i] = change.Of(kind, id)
	}
	return refs
}

func filter[T any](list []T, keep func(T) bool) (out []T) {
	for _, v := range list {
		if keep(v) {
			out = append(out, v)
		}
	}
	return out
}
