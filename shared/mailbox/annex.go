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

// around are the steps after the message itself: what the forwarder typed, ids that the message mentions, its attachments.
// Each is whole by itself and is left out when it was done before.
func (r run) around(ctx context.Context, it Item, n int, f facts, m Message, t change.Targets, created []Person, done map[change.Ref]bool) (steps []change.Set, err error) {
	outer, carried := r.outer(it)
	if a := f.Aliases[outer]; carried && n == 0 && a.MessageID == 0 {
		set := change.Set{Team: r.Team}
		set.Put(outer, Alias{ThreadID: m.ThreadID, MessageID: m.ID}, a.Version)
		if it.Note != "" && len(m.NoteIDs) > 0 {
			note := r.Annexes.Note(Note{ID: m.NoteIDs[len(m.NoteIDs)-1], Text: it.Note, UserID: r.judged.User.ID, Links: m.HangsOn(), Time: r.now})
			where, err := r.targets(ctx, note.HangsOn(), created) // a note is about one person
			if err != nil {
				return nil, err
			}
			set.PutPlaced(nil, note, where)
		}
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
	files, err := r.file(ctx, it, n, m, t, done)
	return append(steps, files...), err
}

// file records the attachments of an item: those of a message's files that are the last, and not done yet.
func (r run) file(ctx context.Context, it Item, n int, m Message, t change.Targets, done map[change.Ref]bool) (steps []change.Set, err error) {
	parts := r.parts(it, n)
	ids := m.FileIDs[max(0, len(m.FileIDs)-len(parts)):]
	var missing []Part
	var numbers []int64
	for i, id := range ids {
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
		set.PutPlaced(nil, r.Annexes.File(File{
			ID: numbers[i], Name: f.Name, Key: f.content.Key, Hash: f.hash, MediaType: f.MediaType, Size: int64(len(f.Content)), UserID: m.UserID,
			MessageID: m.ID, ThreadID: m.ThreadID, ContentID: f.ContentID, Inline: f.Inline, Locked: failed(r.Virus), Links: m.HangsOn(), Time: r.now,
		}), t)
		f.claim(&set, claimed)
		steps = append(steps, set)
	}
	return steps, nil
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
		set.PutPlaced(nil, r.Annexes.File(File{
			ID: first + int64(i), Name: f.Name, Key: f.content.Key, Hash: f.hash, MediaType: f.MediaType, Size: int64(len(f.Content)),
			UserID: r.actor.User, ContentID: f.ContentID, Inline: f.Inline, Locked: true, Time: r.now,
		}), change.Targets{})
		f.claim(set, claimed)
		ids = append(ids, first+int64(i))
	}
	return ids, err
}
