package mailbox

import (
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

const (
	maxParties    = 300     // of one list that are kept; the raw message has all
	maxPartyBytes = 150_000 // of all lists together: a record holds 400 kB
	partyOverhead = 60      // what a party takes beside its text
)

// message is an item as a record, still without ids and links.
func (r run) message(it Item, at time.Time, c cast) Message {
	p := it.Parsed
	room := maxPartyBytes
	from, to, cc, bcc := r.parties(c, p.From, &room), r.parties(c, p.To, &room), r.parties(c, p.Cc, &room), r.parties(c, p.Bcc, &room)
	m := Message{
		RawID: r.RawID, RawKey: r.RawKey, MessageID: p.MessageID, Print: p.ContentPrint, InnerCopy: it.Inner == InnerHTML || it.Inner == InnerText,
		Subject: cut(p.Subject, maxSubject), BaseSubject: cut(p.BaseSubject, maxSubject), Snippet: p.Snippet, Sent: it.Sent, Auto: it.Auto, Time: at, AddTime: r.now, UpdateTime: r.now,
		Recipients: r.Recipients, Read: it.Sent, Why: r.judged.Why,
		From: from, To: to, Cc: cc, Bcc: bcc,
	}
	if m.Label = labelOf(p); m.Label == "" && it.Auto {
		m.Label = LabelAutoReply
	}
	if r.Ours != nil {
		m.Outgoing = &Outgoing{State: Sending, Until: r.Ours.Until}
	}
	if len(p.InReplyTo) > 0 {
		m.InReplyTo = p.InReplyTo[0]
	}
	return m
}

// parties are as many of a list as there is room for.
func (r run) parties(c cast, list []Address, room *int) (out []Party) {
	for _, a := range list[:min(len(list), maxParties)] {
		p := Party{
			Email: a.Email, Name: cut(a.Name, 200), PersonID: c.by[change.NormalAddress(a.Email)], Outside: r.roles.external(a.Email) && !robot(a.Email),
		}
		if *room -= len(p.Email) + len(p.Name) + partyOverhead; *room < 0 {
			break
		}
		out = append(out, p)
	}
	return out
}

// linked gives the thread its persons and its deal, and tells why where that is new. Where an existing thread gets other ones,
// its messages follow by a job; where a rule only takes the deal into question, what was filed under it stays there until
// somebody decides.
func (t Thread) linked(before *Thread, persons []int64, organization int64, c choice, why Why) Thread {
	t.PersonIDs, t.DealID, t.Undecided = persons, c.deal, c.undecided
	if organization != 0 {
		t.OrganizationID = &organization
	}
	if c.tagged != 0 {
		t.TaggedDealID = c.tagged
	}
	if before == nil {
		t.Why = why
		return t
	}
	if !slices.Equal(before.PersonIDs, persons) || !value.Equal(before.OrganizationID, t.OrganizationID) || c.deal != nil && !value.Equal(before.DealID, c.deal) {
		t.Links++
	}
	if t.Links != before.Links || before.Undecided != t.Undecided || !value.Equal(before.DealID, t.DealID) {
		t.Why = why
	}
	if !value.Equal(before.DealID, t.DealID) {
		t.DealChosenTime = nil // a rule has overruled the user's choice
	}
	return t.answered()
}

// with counts a message in.
func (t Thread) with(m Message, related []int64) Thread {
	first := t.MessageCount == 0
	t.MessageCount++
	t.RelatedThreadIDs = union(t.RelatedThreadIDs, related...)
	t.RelatedThreadIDs = t.RelatedThreadIDs[:min(len(t.RelatedThreadIDs), maxParties)]
	if first {
		t.FirstMessageToUser = !m.Sent
	}
	if first || m.Time.Before(t.FirstMessageTime) {
		t.FirstMessageTime = m.Time
	}
	newest := first || !m.Time.Before(t.LastMessageTime)
	if newest {
		t.LastMessageTime, t.Snippet = m.Time, m.Snippet
	}
	last := &t.LastReceivedTime
	if m.Sent {
		last = &t.LastSentTime
	}
	if *last == nil || !m.Time.Before(**last) {
		at := m.Time
		*last = &at
		if m.Sent {
			t.SnippetSent = m.Snippet
		}
	}
	if !m.Sent {
		t.Read, t.Archived = false, false
	}
	t.From, t.To = enrol(t.From, m.From, m.Time, newest), enrol(t.To, slices.Concat(m.To, m.Cc), m.Time, false)
	return t.attached(m)
}

// recounted is the thread as it would be had these messages alone come, oldest first; what users did with it stays.
func (t Thread) recounted(messages []Message) Thread {
	before := t
	t.MessageCount, t.From, t.To, t.Snippet, t.SnippetSent, t.LastReceivedTime, t.LastSentTime = 0, nil, nil, "", "", nil, nil
	t.InlineAttachments, t.RealAttachments = false, false
	if len(messages) == 0 {
		t.Deleted = true
		return t
	}
	for _, m := range messages {
		t = t.with(m, nil)
	}
	if t.Read, t.Archived = before.Read, before.Archived; len(messages) == 1 {
		t.Subject, t.BaseSubject = messages[0].Subject, messages[0].BaseSubject
	}
	return t
}

// attached takes note of a message's attachments.
func (t Thread) attached(m Message) Thread {
	t.InlineAttachments = t.InlineAttachments || m.InlineAttachments
	t.RealAttachments = t.RealAttachments || m.RealAttachments
	t.Attachments = t.InlineAttachments || t.RealAttachments
	return t
}

const maxThreadParties = 60

// enrol adds parties of a message to those of the thread; latest marks them as the writers of its newest message.
func enrol(had []ThreadParty, parties []Party, at time.Time, latest bool) []ThreadParty {
	out := slices.Clone(had)
	if latest {
		for i := range out {
			out[i].LatestSent = false
		}
	}
	for _, p := range parties {
		i := slices.IndexFunc(out, func(o ThreadParty) bool { return o.Email == p.Email })
		if i < 0 {
			if len(out) == maxThreadParties {
				continue
			}
			i, out = len(out), append(out, ThreadParty{Email: p.Email})
		}
		o := &out[i]
		if o.Name == "" || p.Name != "" {
			o.Name = p.Name
		}
		if p.PersonID != 0 {
			o.PersonID = p.PersonID
		}
		o.Outside = o.Outside || p.Outside
		if at.After(o.MessageTime) {
			o.MessageTime = at
		}
		o.LatestSent = o.LatestSent || latest
	}
	return out
}
