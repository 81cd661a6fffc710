package mailbox

import (
	"context"
	"slices"

	"github.com/lejek/lejek/shared/change"
)

// parts are the attachments of an item: its own, and for the first item of a forward what the user sent along with it.
func (r run) parts(it Item, n int) []Part {
	switch it.Inner {
	case "":
		return it.Parsed.Parts
	case InnerAttached:
		parts := it.Parsed.Parts
		if n == 0 {
			for i, p := range r.Parsed.Parts {
				if !r.isItem(i) {
					parts = append(parts[:len(parts):len(parts)], p)
				}
			}
		}
		return parts
	}
	return r.Parsed.Parts
}

// isItem reports that a part of the raw message is stored as a message. One that could not be read as mail is a file.
func (r run) isItem(part int) bool {
	return slices.ContainsFunc(r.judged.Items, func(it Item) bool { return it.Inner == InnerAttached && it.Parsed.CarrierPart == part })
}

// around are the steps after the message itself, without its attachments: what the forwarder typed, as the note of that number,
// and ids that the message mentions. Each is whole by itself and is left out when it was done before.
func (r run) around(ctx context.Context, it Item, n int, f facts, m Message, t change.Targets, created []Person, note int64) (steps []change.Set, err error) {
	outer, carried := r.outer(it)
	set := change.Set{Team: r.Team}
	if a := f.Aliases[outer]; carried && n == 0 && a.MessageID == 0 {
		set.Put(outer, Alias{ThreadID: m.ThreadID, MessageID: m.ID}, a.Version)
	}
	if note != 0 {
		typed := r.Annexes.Note(Note{ID: note, Text: it.Note, UserID: r.judged.User.ID, ThreadID: m.ThreadID, Links: m.HangsOn(), Time: r.now})
		where, err := r.targets(ctx, typed.HangsOn(), created) // a note is about one person
		if err != nil {
			return nil, err
		}
		set.PutPlaced(nil, typed, where)
	}
	if len(set.Records) > 0 {
		steps = append(steps, set)
	}
	for i, id := range it.mentioned() {
		guard := idGuard(id)
		if f.Aliases[guard].ThreadID != 0 || guard == outer || id == it.Parsed.MessageID || i > maxAliases {
			continue
		}
		set := change.Set{Team: r.Team}
		set.Put(guard, Alias{ThreadID: m.ThreadID}, f.Aliases[guard].Version)
		steps = append(steps, set)
	}
	return steps, nil
}

// file records the attachments that this delivery brings to a message, as far as that is not done yet.
func (r run) file(ctx context.Context, it Item, n int, m Message, t change.Targets, done map[change.Ref]bool) (steps []change.Set, err error) {
	parts, ids := r.parts(it, n), m.broughtBy(r.RawID)
	var missing []Part
	var numbers []int64
	for i, id := range ids[:min(len(ids), len(parts))] {
		if !done[change.Of(change.File, id)] {
			missing, numbers = append(missing, parts[i]), append(numbers, id)
		}
	}
	kept, err := r.keepParts(ctx, missing)
	if err != nil {
		return nil, err
	}
	claimed := map[string]bool{}
	for i, f := range kept {
		set := change.Set{Team: r.Team}
		set.PutPlaced(nil, r.Annexes.File(r.fileOf(f, numbers[i], m)), t)
		f.claim(&set, claimed)
		steps = append(steps, set)
	}
	return steps, nil
}

// fileOf is an attachment of a message as a file. What a virus scan found in the mail stays locked, though a user lets the mail
// itself out of quarantine.
func (r run) fileOf(f filed, id int64, m Message) File {
	return File{
		ID: id, Name: f.Name, Key: f.content.Key, Hash: f.hash, MediaType: f.MediaType, Size: int64(len(f.Content)), UserID: m.UserID,
		MessageID: m.ID, ThreadID: m.ThreadID, ContentID: f.ContentID, Inline: f.Inline, Locked: failed(r.Virus), Links: m.HangsOn(), Time: r.now,
	}
}

const maxLocked = 20 // files of an infected mail that are recorded; the raw message has all

// lock records the files of an infected mail, so that the team sees what it was; nobody can fetch them.
func (r run) lock(ctx context.Context, set *change.Set) (ids []int64, err error) {
	parts := r.Parsed.Parts[:min(len(r.Parsed.Parts), maxLocked)]
	kept, err := r.keepParts(ctx, parts)
	if err != nil || len(kept) == 0 {
		return nil, err
	}
	first, err := r.Store.NextIDs(ctx, r.Team, change.File, len(parts))
	claimed := map[string]bool{}
	for i, f := range kept {
		set.PutPlaced(nil, r.Annexes.File(r.fileOf(f, first+int64(i), Message{UserID: r.actor.User})), change.Targets{})
		f.claim(set, claimed)
		ids = append(ids, first+int64(i))
	}
	return ids, err
}
