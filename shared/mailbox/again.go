package mailbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// Again is the delivery of a mail that is in the ledger, to be decided anew as what is stored and what the rules are now; its raw
// message is still to be read. What users chose stays, and where nothing comes out differently, nothing is written.
func (e Entry) Again(team int64) Delivery {
	return Delivery{
		Team: team, RawID: e.ID, RawKey: e.RawKey, Recipients: e.Recipients, Received: e.Time, Spam: e.Check.Spam, Virus: e.Check.Virus,
		Checks:   Checks{SPF: e.Check.SPF, DKIM: e.Check.DKIM, DMARC: e.Check.DMARC, MailFrom: e.Check.MailFrom},
		Released: e.ReleasedBy, FormerUntil: e.FormerUntil, Again: true,
	}
}

// Release is the same by a user who lets the mail out of quarantine; ok is false when there is nothing to do, since somebody did.
func (e Entry) Release(team, user int64) (d Delivery, ok bool, err error) {
	switch {
	case e.ReleasedBy != 0:
		return d, false, nil
	case e.State != Quarantined:
		return d, false, fault.New(fault.Invalid, "This mail is not in quarantine: it is %s", e.State)
	}
	d = e.Again(team)
	d.Released = user
	return d, true, nil
}

// recall reads what became of the mail before: its entry, and which of its messages each item is. A message that is none of its
// items any more, such as the carrier of a forward that was not recognised, is taken away first.
func (r run) recall(ctx context.Context) (run, error) {
	seen, err := r.Store.Look(ctx, r.Team, r.RawID, nil, nil)
	if err != nil || seen.Entry == nil {
		return r, err
	}
	r.prior = seen.Entry
	found, err := r.Store.Mail(ctx, r.Team, nil, r.prior.MessageIDs)
	if err != nil {
		return r, err
	}
	var own []Message
	for _, id := range r.prior.MessageIDs {
		if m, ok := found.Messages[id]; ok && !m.Deleted && m.RawID == r.RawID {
			own = append(own, m)
		}
	}
	r.had = map[int]Message{}
	same := func(is func(i int, m Message) bool) {
		for i := range r.judged.Items {
			at := slices.IndexFunc(own, func(m Message) bool { return is(i, m) })
			if _, taken := r.had[i]; !taken && at >= 0 {
				r.had[i] = own[at]
				own = slices.Delete(own, at, at+1)
			}
		}
	}
	carried := func(i int) bool { return r.judged.Items[i].Inner == InnerHTML || r.judged.Items[i].Inner == InnerText }
	same(func(i int, m Message) bool {
		id := r.judged.Items[i].Parsed.MessageID
		return id != "" && id == m.MessageID && carried(i) == m.InnerCopy
	})
	same(func(i int, m Message) bool {
		return r.judged.Items[i].Parsed.ContentPrint == m.Print && carried(i) == m.InnerCopy
	})
	if len(r.judged.Items) == len(r.had)+len(own) { // the same number as before: each in its place
		same(func(i int, m Message) bool { return carried(i) == m.InnerCopy })
	}
	for _, m := range own {
		if err := r.withdraw(ctx, m); err != nil {
			return r, err
		}
	}
	if len(own) > 0 {
		return r, errAgain
	}
	return r, nil
}

// remover is a record that can be marked deleted.
type remover interface {
	change.Placed
	Remove(now time.Time) change.Placed
}

// withdraw takes a message away that the mail turns out not to be, with its files and the notes that nobody has touched.
func (r run) withdraw(ctx context.Context, m Message) error {
	found, err := r.Store.Mail(ctx, r.Team, []int64{m.ThreadID}, nil)
	if err != nil {
		return err
	}
	list, err := r.Store.MessagesIn(ctx, r.Team, m.ThreadID)
	if err != nil {
		return err
	}
	gone := m
	gone.Deleted, gone.UpdateTime = true, r.now
	for i := range r.judged.Items {
		if _, taken := r.had[i]; !taken && r.bodyKey(i) == m.BodyKey {
			gone.BodyKey = "" // the message that takes its place has it
		}
	}
	core := change.Set{Team: r.Team}
	core.PutPlaced(m, gone, change.Targets{})
	if t, ok := found.Threads[m.ThreadID]; ok {
		now := t.recounted(slices.DeleteFunc(list, func(o Message) bool { return o.ID == m.ID }))
		now.UpdateTime = r.now
		core.PutPlaced(t, now, change.Targets{Refs: t.Shown})
	}
	steps, err := r.remove(ctx, m.Carries())
	if err != nil {
		return err
	}
	return r.write(ctx, append([]change.Set{core}, steps...))
}

// remove marks records deleted that came with a mail. A note that somebody has changed since is that user's.
func (r run) remove(ctx context.Context, refs []change.Ref) (steps []change.Set, err error) {
	found, err := r.Store.GetAny(ctx, r.Team, refs)
	if err != nil {
		return nil, err
	}
	for _, ref := range refs {
		record, ok := found[ref].(remover)
		if !ok || len(record.Rows()) == 0 || ref.Kind() == change.Note && !r.Annexes.Untouched(record) {
			continue
		}
		set := change.Set{Team: r.Team}
		set.PutPlaced(record, record.Remove(r.now), change.Targets{})
		steps = append(steps, set)
	}
	return steps, nil
}

// refresh decides anew about a message that is here: what it says is taken from the mail once more, whom and what it is linked to
// follows the rules of now. It stays in its thread.
func (r run) refresh(ctx context.Context, it Item, n int, f facts, had Message) (out outcome, err error) {
	found, err := r.Store.Mail(ctx, r.Team, []int64{had.ThreadID}, nil)
	if err != nil {
		return out, err
	}
	t, ok := found.Threads[had.ThreadID]
	if !ok || t.Deleted {
		return out, fmt.Errorf("message %d is in thread %d, which is not there", had.ID, had.ThreadID)
	}
	d, err := r.decide(ctx, it, f, place{thread: &t})
	if err != nil {
		return out, err
	}
	m := d.message
	m.ID, m.Version, m.ThreadID, m.UserID, m.AddTime, m.Read = had.ID, had.Version, had.ThreadID, had.UserID, had.AddTime, had.Read
	m.RepeatIDs, m.Recipients, m.NoteIDs, m.Shown = had.RepeatIDs, merged(had.Recipients, r.Recipients), had.NoteIDs, had.Shown
	m.FileIDs, m.Brought, m.InlineAttachments, m.RealAttachments = had.FileIDs, had.Brought, had.InlineAttachments, had.RealAttachments
	var dropped []change.Set
	if m, dropped, err = r.refile(ctx, it, n, m); err != nil {
		return out, err
	}
	note := int64(0)
	if it.Note != "" && len(had.NoteIDs) == 0 && n == 0 {
		if note, err = r.Store.NextIDs(ctx, r.Team, change.Note, 1); err != nil {
			return out, err
		}
		m.NoteIDs = []int64{note}
	}
	if err := r.keepBody(ctx, it, n, &m); err != nil {
		return out, err
	}
	if !same(had, m) {
		list, err := r.Store.MessagesIn(ctx, r.Team, t.ID)
		if err != nil {
			return out, err
		}
		if i := slices.IndexFunc(list, func(o Message) bool { return o.ID == m.ID }); i >= 0 {
			list[i] = m
		}
		d.thread = d.thread.recounted(list)
	}
	if same(t, d.thread) && same(had, m) && len(dropped) == 0 {
		d.thread, d.message, d.why = t, had, had.Evidence[min(len(r.judged.Evidence), len(had.Evidence)):]
		out = r.outcome(it, d)
		targets, err := r.Store.Targets(ctx, r.Team, had.HangsOn())
		if err != nil {
			return out, err
		}
		out.steps, err = r.resume(ctx, it, n, f, had, targets)
		return out, err
	}
	d.message = m
	targets, err := r.targets(ctx, m.HangsOn(), d.created)
	if err != nil {
		return out, err
	}
	core := r.core(d, &had, targets, targets.Refs)
	if change.Weight(append(d.sets, core)...) > change.MaxOperations {
		if len(d.sets) > 0 {
			if err := r.write(ctx, d.sets); err != nil {
				return out, err
			}
			return out, errAgain
		}
		core = r.core(d, &had, targets, nil)
	}
	out = r.outcome(it, d)
	around, err := r.around(ctx, it, n, f, m, targets, d.created, note)
	if err != nil {
		return out, err
	}
	done, err := r.Store.Known(ctx, r.Team, m.Attachments())
	if err != nil {
		return out, err
	}
	filed, err := r.file(ctx, it, n, m, targets, done)
	out.steps = slices.Concat([]change.Set{join(append(d.sets, core)...)}, dropped, around, filed, d.returned)
	return out, err
}

// refile gives a message its attachments anew when they are read otherwise than before.
func (r run) refile(ctx context.Context, it Item, n int, m Message) (Message, []change.Set, error) {
	own, parts := m.broughtBy(r.RawID), r.parts(it, n)
	found, err := r.Store.GetAny(ctx, r.Team, refsOf(change.File, own))
	if err != nil {
		return m, nil, err
	}
	equal := len(own) == len(parts)
	for i := 0; equal && i < len(own); i++ {
		record, ok := found[change.Of(change.File, own[i])]
		equal = !ok || r.Annexes.IsFile(record, parts[i].Name, change.HashOf(parts[i].Content), parts[i].Inline) // what is not there is still to be written, or was deleted by a user
	}
	if equal {
		return m, nil, nil
	}
	dropped, err := r.remove(ctx, refsOf(change.File, own))
	if err != nil {
		return m, nil, err
	}
	m.FileIDs = slices.DeleteFunc(slices.Clone(m.FileIDs), func(id int64) bool { return slices.Contains(own, id) })
	m.Brought = slices.DeleteFunc(slices.Clone(m.Brought), func(b Brought) bool { return b.RawID == r.RawID })
	m, err = r.attach(ctx, m, parts)
	return m, dropped, err
}

// same compares what was read with what would be written, but for when and why: "nothing" is stored in several forms.
func same[T any](a, b T) bool {
	plain := func(v T) any {
		text, err := json.Marshal(v)
		var fields map[string]any
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		if err != nil || dec.Decode(&fields) != nil {
			return nil
		}
		for name, v := range fields {
			list, _ := v.([]any)
			if v == nil || list != nil && len(list) == 0 || slices.Contains([]string{"Version", "UpdateTime", "Shown", "Rule", "Evidence", "Check", "Links"}, name) {
				delete(fields, name)
			}
		}
		return fields
	}
	return reflect.DeepEqual(plain(a), plain(b))
}
