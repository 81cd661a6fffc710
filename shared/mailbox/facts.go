package mailbox

import (
	"context"
	"slices"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/signed"
)

const (
	maxLinked    = 10 // persons that one thread is linked to
	maxAddresses = 60 // looked up for one message, so that parties show their persons
	maxAliases   = 80 // ids that one message registers for its thread
)

// facts reads what is known about an item: two batches, however long its lists are.
func (r run) facts(ctx context.Context, it Item) (f facts, err error) {
	p := it.Parsed
	guards := []change.Ref{printGuard(p.Fingerprint), contentGuard(p.ContentPrint)}
	for _, id := range it.mentioned() {
		guards = append(guards, idGuard(id))
	}
	if outer, ok := r.outer(it); ok {
		guards = append(guards, outer)
	}
	if p.ThreadIndex != "" {
		guards = append(guards, outlookGuard(p.ThreadIndex))
	}
	f.Seen, err = r.Store.Look(ctx, r.Team, r.RawID, distinct(guards), r.addresses(it))
	if err != nil || f.Entry != nil && !r.Again {
		return f, err
	}
	var threads, messages []int64
	for _, a := range f.Aliases {
		threads, messages = union(threads, a.ThreadID), union(messages, a.MessageID)
	}
	threads = union(threads, r.heard.of(signed.TagThread))
	if r.Ours != nil {
		threads = union(threads, r.Ours.Thread)
	}
	if f.Stored, err = r.Store.Mail(ctx, r.Team, threads, messages); err != nil {
		return f, err
	}
	for guard, a := range f.Aliases { // what is gone leaves its aliases free
		if m, ok := f.Messages[a.MessageID]; !ok || m.Deleted {
			a.MessageID = 0
		}
		if t, ok := f.Threads[a.ThreadID]; !ok || t.Deleted {
			a.ThreadID, a.MessageID = 0, 0
		}
		f.Aliases[guard] = a
	}
	return f, nil
}

// outer is the guard of the message that carries the item; false when the item is the raw message itself.
func (r run) outer(it Item) (change.Ref, bool) {
	id, print := r.Parsed.MessageID, r.Parsed.Fingerprint
	switch {
	case it.Inner == "":
		return "", false
	case id != "" && id != it.Parsed.MessageID:
		return idGuard(id), true
	case print != it.Parsed.Fingerprint:
		return printGuard(print), true // also where the carrier bears the id of what it carries, which is the inner one's
	}
	return printGuard("carrier of " + print), true
}

// mentioned are all ids in an item, its own first, then the nearest.
func (it Item) mentioned() []string {
	ids := []string{}
	for _, id := range append([]string{it.Parsed.MessageID}, it.References...) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids[:min(len(ids), maxReferences)]
}

// addresses are the guards of the item's external parties, those that it is about first.
func (r run) addresses(it Item) (refs []change.Ref) {
	p := it.Parsed
	returned := make([]Address, len(p.Signals.Bounce.Recipients))
	for i, u := range p.Signals.Bounce.Recipients {
		returned[i].Email = u.Email
	}
	for _, a := range r.roles.externals(it.About, returned, p.From, p.To, p.Cc, p.Bcc) {
		if len(refs) < maxAddresses {
			refs = append(refs, change.AddressOf(a.Email))
		}
	}
	return distinct(refs)
}

func distinct(refs []change.Ref) (out []change.Ref) {
	for _, ref := range refs {
		if !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	return out
}
