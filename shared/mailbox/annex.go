package mailbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"sync"

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

var plainID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)

// objectKey is made of the raw message's id and the part's place in it, so that doing it again replaces the same object.
func (r run) objectKey(n int, what any) string {
	id := r.RawID
	if !plainID.MatchString(id) {
		sum := sha256.Sum256([]byte(id))
		id = hex.EncodeToString(sum[:])
	}
	return fmt.Sprintf("files/%d/%s-%d-%v", r.Team, id, n, what)
}

// keepBody puts what people see of the message into S3.
func (r run) keepBody(ctx context.Context, it Item, n int, m *Message) error {
	body, mediaType := r.shown(it.Parsed)
	if body == "" {
		return nil
	}
	m.BodyType, m.BodyKey = mediaType, r.objectKey(n, "body")
	return r.put(ctx, m.BodyKey, mediaType+"; charset=utf-8", []byte(body))
}

const putAtOnce = 8

// keepParts puts the attachments into S3, a few at once: a message may have a thousand.
func (r run) keepParts(ctx context.Context, parts []Part, n int) error {
	var group sync.WaitGroup
	failed := make(chan error, len(parts))
	slots := make(chan struct{}, putAtOnce)
	for i, p := range parts {
		key := r.objectKey(n, i)
		if r.kept[key] {
			continue
		}
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			if err := r.Objects.Put(ctx, key, p.MediaType, p.Content); err != nil {
				failed <- err
			}
		})
	}
	group.Wait()
	close(failed)
	for err := range failed {
		return fmt.Errorf("attachment of %s: %w", r.RawID, err)
	}
	for i := range parts {
		r.kept[r.objectKey(n, i)] = true
	}
	return nil
}

func (r run) put(ctx context.Context, key, mediaType string, content []byte) error {
	if r.kept[key] {
		return nil
	}
	if err := r.Objects.Put(ctx, key, mediaType, content); err != nil {
		return fmt.Errorf("body of %s: %w", r.RawID, err)
	}
	r.kept[key] = true
	return nil
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
		set.Put(guard, Alias{ThreadID: m.ThreadID}, 0)
		steps = append(steps, set)
	}
	parts := r.parts(it, n)
	ids := m.FileIDs[max(0, len(m.FileIDs)-len(parts)):]
	for i, id := range ids {
		file := File{
			ID: id, Name: parts[i].Name, Key: r.objectKey(n, i), MediaType: parts[i].MediaType, Size: int64(len(parts[i].Content)), UserID: m.UserID,
			MessageID: m.ID, ThreadID: m.ThreadID, ContentID: parts[i].ContentID, Inline: parts[i].Inline, Links: m.HangsOn(), Time: r.now,
		}
		if placed := r.Annexes.File(file); !done[placed.Ref()] {
			set := change.Set{Team: r.Team}
			set.PutPlaced(nil, placed, t)
			steps = append(steps, set)
		}
	}
	return steps, nil
}

const maxLocked = 60 // files of an infected mail that are recorded; the raw message has all

// lock records the files of an infected mail, so that the team sees what it was; nobody can fetch them.
func (r run) lock(ctx context.Context, set *change.Set) (ids []int64, err error) {
	parts := r.Parsed.Parts[:min(len(r.Parsed.Parts), maxLocked)]
	if len(parts) == 0 {
		return nil, nil
	}
	if err := r.keepParts(ctx, parts, 0); err != nil {
		return nil, err
	}
	first, err := r.Store.NextIDs(ctx, r.Team, change.File, len(parts))
	for i, p := range parts {
		id := first + int64(i)
		file := File{
			ID: id, Name: p.Name, Key: r.objectKey(0, i), MediaType: p.MediaType, Size: int64(len(p.Content)), UserID: r.actor.User,
			ContentID: p.ContentID, Inline: p.Inline, Locked: true, Time: r.now,
		}
		set.PutPlaced(nil, r.Annexes.File(file), change.Targets{})
		ids = append(ids, id)
	}
	return ids, err
}
