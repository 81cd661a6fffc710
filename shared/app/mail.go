package app

import (
	"context"
	"html"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/signed"
	"github.com/lejek/lejek/shared/value"
)

// Mailbox is what users do with mail.
func (c Core) Mailbox() mailbox.Box {
	return mailbox.Box{
		Store: dynamo.Mail{DB: c.DB}, People: MailPeople{Core: c}, Deals: mailDeals{c}, Annexes: annexes{}, Objects: objects{c.S3, c.DataBucket}, Now: c.Now,
	}
}

// Linker stores inbound mail; its Read is still to be set, since what can read mail must not reach an API function.
func (c Core) Linker(domainOf func(string) string) mailbox.Linker {
	return mailbox.Linker{
		Store: dynamo.Mail{DB: c.DB}, People: MailPeople{c, domainOf}, Deals: mailDeals{c}, Annexes: annexes{}, Objects: objects{c.S3, c.DataBucket},
		Users: c.mailUsers, Keys: c.addressKeys, Choose: c.Mailbox().ByAnswer, Domain: c.MailDomain, Now: c.Now,
	}
}

func (c Core) mailUsers(ctx context.Context, team int64) (list []mailbox.User, err error) {
	users, err := dynamo.Teams{DB: c.DB}.Users(ctx, team)
	for _, u := range users {
		if !u.Active {
			continue
		}
		list = append(list, mailbox.User{ID: u.ID, Email: change.NormalAddress(u.Email), Name: u.Name, Zone: u.TimeZone, Quiet: u.Quiet})
		for _, o := range u.Addresses {
			if o.ConfirmTime != nil {
				list = append(list, mailbox.User{ID: u.ID, Email: change.NormalAddress(o.Email), Name: u.Name, Zone: u.TimeZone, Other: true, Quiet: u.Quiet})
			}
		}
	}
	return list, err
}

// addressKeys is one read.
func (c Core) addressKeys(ctx context.Context, team int64) (func(local string) signed.AddressKey, error) {
	t, err := dynamo.Teams{DB: c.DB}.Team(ctx, team)
	return t.KeyOf, err
}

// MailPeople are persons as mail knows them.
type MailPeople struct {
	Core
	DomainOf func(address string) string // the registrable domain
}

func (p MailPeople) Persons(ctx context.Context, team int64, ids []int64) (map[int64]mailbox.Person, error) {
	found, err := dynamo.NewPersons(p.DB).GetMany(ctx, team, ids)
	all := make(map[int64]mailbox.Person, len(found))
	for id, person := range found {
		if !person.Deleted {
			all[id] = mailPerson(person)
		}
	}
	return all, err
}

// Living is a batch read, and another one or two where something is gone.
func (p MailPeople) Living(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]int64, error) {
	alive, err := p.DB.Existing(ctx, team, refs)
	if err != nil {
		return nil, err
	}
	all := map[change.Ref]int64{}
	var gone, heirs []change.Ref
	for _, ref := range refs {
		if all[ref] = ref.ID(); !alive[ref] {
			delete(all, ref)
			gone = append(gone, ref)
		}
	}
	moved, err := p.DB.Moved(ctx, team, gone)
	if err != nil {
		return nil, err
	}
	for _, to := range moved {
		heirs = append(heirs, to)
	}
	if alive, err = p.DB.Existing(ctx, team, heirs); err != nil {
		return nil, err
	}
	for from, to := range moved {
		if alive[to] {
			all[from] = to.ID()
		}
	}
	return all, nil
}

func mailPerson(p persons.Person) mailbox.Person {
	m := mailbox.Person{ID: p.ID, Name: p.Name, OwnerID: p.OwnerID, OrganizationID: value.Deref(p.OrganizationID), UpdateTime: p.UpdateTime}
	for _, e := range p.Emails {
		m.Emails = append(m.Emails, change.NormalAddress(e.Value))
	}
	return m
}

func (p MailPeople) NewPerson(a auth.Actor, in mailbox.NewPerson, now time.Time) (mailbox.Person, change.Set, error) {
	input := persons.Input{Name: value.Some(in.Name), Emails: value.Some([]persons.Detail{{Value: in.Email, Primary: true, Label: "work"}})}
	if in.OrganizationID != 0 {
		input.OrganizationID = value.Some(in.OrganizationID)
	}
	person, err := persons.New(a, input, in.ID, now)
	person.FromMail = true
	return mailPerson(person), persons.Created(a, person, map[change.Ref][]int64{in.Of: in.Seen}), err
}

func (p MailPeople) Bounced(ctx context.Context, team int64, of map[int64][]mailbox.Undelivered, at time.Time) (sets []change.Set, err error) {
	ids := slices.Sorted(maps.Keys(of))
	found, err := dynamo.NewPersons(p.DB).GetMany(ctx, team, ids)
	for _, id := range ids {
		before, ok := found[id]
		now, news := before, false
		for _, u := range of[id] {
			var fresh bool
			now, fresh = now.Bounced(u.Email, u.Status, at)
			news = news || fresh
		}
		if ok && !before.Deleted && news {
			sets = append(sets, persons.Noted(auth.Actor{Team: team}, before, now))
		}
	}
	return sets, err
}

const colleagues = 100 // looked at to find the organization of a domain

func (p MailPeople) OrganizationsAt(ctx context.Context, team int64, domain string) (ids []int64, err error) {
	near, err := p.DB.PersonsAtSite(ctx, team, domain, colleagues)
	for _, person := range near {
		id := value.Deref(person.OrganizationID)
		if p.DomainOf(person.PrimaryEmail()) == domain && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if err != nil || len(ids) != 1 {
		return ids, err
	}
	o, err := dynamo.NewOrganizations(p.DB).Get(ctx, team, ids[0])
	if fault.Is(err, fault.NotFound) || err == nil && o.Deleted {
		return nil, nil
	}
	return ids, err
}

// mailDeals are deals as mail knows them.
type mailDeals struct{ Core }

// Deal follows merges: whoever has the address of a deal writes to it for years.
func (m mailDeals) Deal(ctx context.Context, team, id int64) (mailbox.Deal, error) {
	d, err := dynamo.NewDeals(m.DB).Get(ctx, team, id)
	if fault.Is(err, fault.NotFound) || err == nil && d.Deleted {
		ref := change.Of(change.Deal, id)
		moved, failed := m.DB.Moved(ctx, team, []change.Ref{ref})
		if failed != nil {
			return mailbox.Deal{}, failed
		}
		if to, ok := moved[ref]; ok {
			d, err = dynamo.NewDeals(m.DB).Get(ctx, team, to.ID())
		}
	}
	if err == nil && d.Deleted {
		err = fault.Missing("Deal")
	}
	return mailDeal(d, change.Summary{}), err
}

const maxOpen = 50 // open deals of one person or organization that are looked at

// OpenDeals is a query for each record and two batch reads.
func (m mailDeals) OpenDeals(ctx context.Context, team int64, of []change.Ref) (list []mailbox.Deal, err error) {
	var refs []change.Ref
	for _, on := range of {
		rows, _, err := m.DB.Rows(ctx, team, on, change.Range{Shelf: change.OpenDeals, Desc: true, Limit: maxOpen})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if !slices.Contains(refs, row.Source) {
				refs = append(refs, row.Source)
			}
		}
	}
	if len(refs) == 0 {
		return nil, nil
	}
	found, err := m.DB.GetAny(ctx, team, refs)
	if err != nil {
		return nil, err
	}
	sums := map[change.Ref]change.Summary{}
	if len(refs) > 1 { // only several are put in order
		if sums, err = m.DB.Summaries(ctx, team, refs); err != nil {
			return nil, err
		}
	}
	for _, ref := range refs {
		if d, ok := found[ref].(deals.Deal); ok && !d.Deleted && !d.Archived && d.Status == deals.Open {
			list = append(list, mailDeal(d, sums[ref]))
		}
	}
	slices.SortStableFunc(list, func(a, b mailbox.Deal) int {
		if n := b.LastActivity.Compare(a.LastActivity); n != 0 {
			return n
		}
		return int(b.ID - a.ID)
	})
	return list, nil
}

// mailDeal counts as activity what was done and any change of the deal itself.
func mailDeal(d deals.Deal, s change.Summary) mailbox.Deal {
	last := d.UpdateTime
	if s.LastActivityTime != nil && s.LastActivityTime.After(last) {
		last = *s.LastActivityTime
	}
	return mailbox.Deal{
		ID: d.ID, Title: d.Title, Value: d.Value, Currency: d.Currency, PipelineID: d.PipelineID, StageID: d.StageID, Status: d.Status,
		PersonID: value.Deref(d.PersonID), OrganizationID: value.Deref(d.OrganizationID), CloseTime: d.CloseTime, LastActivity: last,
	}
}

// annexes make the records of other entities that come with a mail.
type annexes struct{}

func (annexes) File(f mailbox.File) change.Placed {
	file := files.File{
		ID: f.ID, Name: f.Name, Key: f.Key, Hash: f.Hash, MediaType: f.MediaType, Size: f.Size, UserID: f.UserID, ContentID: f.ContentID, Inline: f.Inline,
		Locked: f.Locked, AddTime: f.Time, UpdateTime: f.Time,
	}
	if f.MessageID != 0 {
		file.MailMessageID, file.MailThreadID = &f.MessageID, &f.ThreadID
	}
	return file.LinkTo(f.Links)
}

func (annexes) IsFile(record any, name, hash string, inline bool) bool {
	f, ok := record.(files.File)
	return ok && f.Name == name && f.Hash == hash && f.Inline == inline
}

func (annexes) Note(n mailbox.Note) change.Placed {
	note := notes.Note{
		ID: n.ID, Content: noteContent(n.Text), UserID: n.UserID, MailThreadID: &n.ThreadID, AddTime: n.Time, UpdateTime: n.Time,
	}
	return note.LinkTo(n.Links)
}

// restOfNote ends a note whose text was cut; the raw message is kept as it came.
const restOfNote = "<br>[…] The rest is in the mail as it was received."

// noteContent is text as the HTML of a note. What does not fit is cut, between characters: a forward may carry any amount.
func noteContent(text string) string {
	var out strings.Builder
	fits := 0 // bytes that leave room to say that the rest is missing
	for _, r := range text {
		piece := html.EscapeString(string(r))
		if r == '\n' {
			piece = "<br>"
		}
		if out.Len()+len(piece) > notes.MaxContent {
			return out.String()[:fits] + restOfNote
		}
		out.WriteString(piece)
		if out.Len()+len(restOfNote) <= notes.MaxContent {
			fits = out.Len()
		}
	}
	return out.String()
}

func (annexes) Untouched(record any) bool {
	note, ok := record.(notes.Note)
	return ok && note.Follows() && note.UpdateTime.Equal(note.AddTime)
}
