package mailbox

import (
	"context"
	"fmt"
	"regexp"
	"sync"

	"github.com/lejek/lejek/shared/change"
)

// filed is an attachment whose bytes are in S3.
type filed struct {
	Part
	hash    string
	content change.Content
	known   bool // the bytes were there before
}

// claim has the file's transaction fail should the bytes go meanwhile, or register them where they are new. Of the same bytes
// twice in one mail only the first is new.
func (f filed) claim(set *change.Set, claimed map[string]bool) {
	ref := change.ContentRef(f.hash)
	switch {
	case f.known:
		set.Checks = append(set.Checks, change.Check{Ref: ref, Version: f.content.Version})
	case claimed[f.hash]:
		set.Checks = append(set.Checks, change.Check{Ref: ref, Version: f.content.Version + 1})
	default:
		set.Put(ref, f.content, f.content.Version)
		claimed[f.hash] = true
	}
}

const putAtOnce = 8

// keepParts puts into S3 what of the attachments the team does not have yet, a few at once: a message may have a thousand.
func (r run) keepParts(ctx context.Context, parts []Part) ([]filed, error) {
	if len(parts) == 0 {
		return nil, nil
	}
	list := make([]filed, len(parts))
	refs := make([]change.Ref, len(parts))
	for i, p := range parts {
		list[i] = filed{Part: p, hash: change.HashOf(p.Content)}
		refs[i] = change.ContentRef(list[i].hash)
	}
	known, err := r.Store.Contents(ctx, r.Team, distinct(refs))
	if err != nil {
		return nil, err
	}
	var group sync.WaitGroup
	failed := make(chan error, len(parts))
	slots := make(chan struct{}, putAtOnce)
	for i := range list {
		f := &list[i]
		if f.content = known[refs[i]]; f.content.Kept() {
			f.known = true
			continue
		}
		f.content = f.content.Next(r.Team, f.hash)
		if r.kept[f.content.Key] {
			continue
		}
		r.kept[f.content.Key] = true // on failure the whole mail is begun anew, with nothing kept
		slots <- struct{}{}
		group.Go(func() {
			defer func() { <-slots }()
			if err := r.Objects.Put(ctx, f.content.Key, f.MediaType, f.Content); err != nil {
				failed <- err
			}
		})
	}
	group.Wait()
	close(failed)
	for err := range failed {
		return nil, fmt.Errorf("attachment of %s: %w", r.RawID, err)
	}
	return list, nil
}

var plainID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)

// keepBody puts what people see of the message into S3.
func (r run) keepBody(ctx context.Context, it Item, n int, m *Message) error {
	body, mediaType := r.shown(it, n)
	if body == "" {
		return nil
	}
	m.BodyType, m.BodyKey = mediaType, r.bodyKey(n)
	if r.kept[m.BodyKey] {
		return nil
	}
	if err := r.Objects.Put(ctx, m.BodyKey, mediaType+"; charset=utf-8", []byte(body)); err != nil {
		return fmt.Errorf("body of %s: %w", r.RawID, err)
	}
	r.kept[m.BodyKey] = true
	return nil
}

// bodyKey is made of the raw message's id and the item's place in it, so that doing it again replaces the same object.
func (r run) bodyKey(n int) string {
	id := r.RawID
	if !plainID.MatchString(id) {
		id = change.HashOf([]byte(id))
	}
	return fmt.Sprintf("files/%d/%s-%d-body", r.Team, id, n)
}
