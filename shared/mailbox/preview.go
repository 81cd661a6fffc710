package mailbox

import (
	"context"
	"regexp"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
)

// Preview is what would become of a mail. What would be new has an id below zero.
type Preview struct {
	Entry    Entry
	Messages []Foreseen
}

// Foreseen is one message that a mail would be, or would bring.
type Foreseen struct {
	Message    Message
	Thread     Thread
	Persons    []Person // that its thread would be linked to
	Candidates []Deal   // that a user could choose from
	Files      []File
	Note       string // what the forwarder typed
}

// Preview decides about a mail and writes nothing: it takes the same way as any other, over a store that keeps to itself what is
// written.
func (l Linker) Preview(ctx context.Context, d Delivery) (p Preview, err error) {
	dry := &dryStore{Store: l.Store, records: map[change.Ref]any{}, members: map[change.Ref][]int64{}}
	people := dryPeople{l.People, map[int64]Person{}}
	annexes := &dryAnnexes{l.Annexes, map[int64]File{}, map[int64]string{}}
	l.Store, l.People, l.Annexes, l.Objects = dry, people, annexes, dryObjects{l.Objects}
	l.Choose = func(context.Context, auth.Actor, Thread, *int64, string) error { return nil }
	if p.Entry, err = l.Link(ctx, d); err != nil {
		return p, err
	}
	if !d.Parsed.AuthResults.Present {
		p.Entry.Evidence = append([]string{"the message bears no verdicts of the receiving server, and counts as one that passed"}, p.Entry.Evidence...)
	}
	p.Entry.Evidence = readable(p.Entry.Evidence)
	found, err := dry.Mail(ctx, d.Team, p.Entry.ThreadIDs, p.Entry.MessageIDs)
	if err != nil {
		return p, err
	}
	for _, id := range p.Entry.MessageIDs {
		m := found.Messages[id]
		m.Evidence = readable(m.Evidence)
		f := Foreseen{Message: m, Thread: found.Threads[m.ThreadID]}
		known, err := people.Persons(ctx, d.Team, f.Thread.PersonIDs)
		if err != nil {
			return p, err
		}
		for _, id := range f.Thread.PersonIDs {
			f.Persons = append(f.Persons, known[id])
		}
		deals, err := Box{People: people, Deals: l.Deals}.Candidates(ctx, auth.Actor{Team: d.Team}, f.Thread)
		if err != nil {
			return p, err
		}
		f.Candidates = deals[f.Thread.ID]
		for _, id := range m.FileIDs {
			if file, ok := annexes.files[id]; ok {
				f.Files = append(f.Files, file)
			}
		}
		for _, id := range m.NoteIDs {
			f.Note += annexes.notes[id]
		}
		p.Messages = append(p.Messages, f)
	}
	return p, nil
}

var newOnes = regexp.MustCompile(`\b(person|thread|message) -\d+`)

// readable names what has no id yet.
func readable(evidence []string) []string {
	list := make([]string, len(evidence))
	for i, e := range evidence {
		list[i] = newOnes.ReplaceAllString(e, "a new $1")
	}
	return list
}

// dryStore reads from the store, with what was written here on top.
type dryStore struct {
	Store
	records map[change.Ref]any
	members map[change.Ref][]int64
	last    int64
}

func (s *dryStore) Commit(_ context.Context, sets ...change.Set) error {
	for _, set := range sets {
		for _, r := range set.Records {
			s.records[r.Ref] = r.Value
		}
		for _, m := range set.Members {
			s.members[m.Of] = append(s.members[m.Of], m.ID)
		}
	}
	return nil
}

func (s *dryStore) NextIDs(_ context.Context, _ int64, _ string, n int) (int64, error) {
	s.last -= int64(n)
	return s.last, nil
}

func (s *dryStore) Look(ctx context.Context, team int64, rawID string, aliases, addresses []change.Ref) (Seen, error) {
	seen, err := s.Store.Look(ctx, team, rawID, aliases, addresses)
	if err != nil {
		return seen, err
	}
	for _, ref := range aliases {
		if a, ok := s.records[ref].(Alias); ok {
			seen.Aliases[ref] = a
		}
	}
	for _, ref := range addresses {
		seen.Persons[ref] = union(seen.Persons[ref], s.members[ref]...)
	}
	return seen, nil
}

func (s *dryStore) Mail(ctx context.Context, team int64, threads, messages []int64) (Stored, error) {
	old := func(ids []int64) []int64 { return filter(ids, func(id int64) bool { return id > 0 }) }
	found, err := s.Store.Mail(ctx, team, old(threads), old(messages))
	if err != nil {
		return found, err
	}
	for _, id := range threads {
		if t, ok := s.records[change.Of(change.MailThread, id)].(Thread); ok {
			found.Threads[id] = t
		}
	}
	for _, id := range messages {
		if m, ok := s.records[change.Of(change.MailMessage, id)].(Message); ok {
			found.Messages[id] = m
		}
	}
	return found, nil
}

func (s *dryStore) ThreadsOn(ctx context.Context, team int64, on change.Ref, limit int) (list []Thread, err error) {
	for _, record := range s.records {
		if t, ok := record.(Thread); ok && t.ID < 0 {
			for _, id := range t.PersonIDs {
				if change.Of(change.Person, id) == on {
					list = append(list, t)
				}
			}
		}
	}
	if on.ID() < 0 {
		return list, nil
	}
	more, err := s.Store.ThreadsOn(ctx, team, on, limit)
	return append(list, more...), err
}

// Targets of what does not exist yet are of no interest.
func (s *dryStore) Targets(ctx context.Context, team int64, links change.Links) (change.Targets, error) {
	links.Persons = filter(links.Persons, func(id int64) bool { return id > 0 })
	return s.Store.Targets(ctx, team, links)
}

// dryPeople knows the persons that would be created.
type dryPeople struct {
	People
	made map[int64]Person
}

func (d dryPeople) NewPerson(a auth.Actor, in NewPerson, now time.Time) (Person, change.Set, error) {
	p, set, err := d.People.NewPerson(a, in, now)
	if err == nil && in.ID != 0 {
		d.made[in.ID] = p
	}
	return p, set, err
}

func (d dryPeople) Persons(ctx context.Context, team int64, ids []int64) (map[int64]Person, error) {
	found, err := d.People.Persons(ctx, team, filter(ids, func(id int64) bool { return id > 0 }))
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if p, ok := d.made[id]; ok {
			found[id] = p
		}
	}
	return found, nil
}

func (d dryPeople) Bounced(context.Context, int64, map[int64][]Undelivered, time.Time) ([]change.Set, error) {
	return nil, nil
}

// dryAnnexes remembers files and notes as they are asked for.
type dryAnnexes struct {
	Annexes
	files map[int64]File
	notes map[int64]string
}

func (d *dryAnnexes) File(f File) change.Placed {
	d.files[f.ID] = f
	return d.Annexes.File(f)
}

func (d *dryAnnexes) Note(n Note) change.Placed {
	d.notes[n.ID] = n.Text
	return d.Annexes.Note(n)
}

type dryObjects struct{ Objects }

func (dryObjects) Put(context.Context, string, string, []byte) error { return nil }
