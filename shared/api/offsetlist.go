package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Bookmarks keep where pages ended.
type Bookmarks interface {
	Bookmark(ctx context.Context, team int64, name string) (cursor string, err error)
	KeepBookmark(ctx context.Context, team int64, name, cursor string) error
}

// offsetPage are the parameters of a v1 list that goes on by offset (contract §1.4).
type offsetPage struct {
	Start int64 `query:"start" rule:"min=0,max=10000000"`
	Limit int64 `query:"limit" rule:"min=1,max=500"`
}

// at is where the page begins, and how many it holds at most.
func (p offsetPage) at() (start, limit int) { return int(p.Start), int(cmp.Or(p.Limit, 100)) }

// maxSkips is how many pages of 500 are read to come to an offset that no earlier page ended at.
const maxSkips = 20

// offsetted answers a page of a v1 list from a list that goes on by cursor. Where a page ends is kept, so that the next one
// begins there: it then costs as much as the first, and rows that come or go meanwhile neither hide nor repeat others. Each user has
// marks of their own: what a filter means by "me" and "today" is theirs.
type offsetted[T any] struct {
	marks    Bookmarks
	question string // what is listed, besides what the list's question says
	list     func(value.List) (value.Page[T], error)
}

// page is the page and where the next one begins; more tells whether there is one. It may be shorter than its limit.
func (o offsetted[T]) page(ctx context.Context, c Call, l value.List, p offsetPage) (items []T, next int, more bool, err error) {
	start, limit := p.at()
	l.Cursor = ""
	if start > 0 {
		if l.Cursor, err = o.marks.Bookmark(ctx, c.Team, o.mark(c, l, start)); err != nil {
			return nil, start, false, err
		}
		if l.Cursor == "" {
			if l.Cursor, err = o.skip(l, start); err != nil || l.Cursor == "" {
				return nil, start, false, err
			}
		}
	}
	for reads, size := 0, 0; reads < maxShort && len(items) < limit && size < maxJoined; reads++ {
		l.Limit = limit - len(items)
		page, err := o.list(l)
		if err != nil {
			return nil, start, false, err
		}
		items, size = append(items, page.Items...), size+page.Size
		if l.Cursor = page.Next; l.Cursor == "" {
			return items, start + len(items), false, nil
		}
	}
	// A page that looked at much and found nothing leads on to the same offset, which is further on by then.
	next = start + len(items)
	return items, next, true, o.marks.KeepBookmark(ctx, c.Team, o.mark(c, l, next), l.Cursor)
}

const (
	maxShort  = 10        // short pages, of lists that are filtered, that make one
	maxJoined = 512 << 10 // bytes that stay short of: what is added may be as much as an answer holds besides
)

// skip is the cursor behind the first rows; "" when there are no more than these.
func (o offsetted[T]) skip(l value.List, start int) (string, error) {
	for range maxSkips {
		l.Limit = min(start, 500)
		page, err := o.list(l)
		if err != nil {
			return "", err
		}
		start -= len(page.Items)
		if l.Cursor = page.Next; start == 0 || l.Cursor == "" {
			return l.Cursor, nil
		}
	}
	return "", fault.BadField("start", "is too far from any page read before: go through the list by next_start")
}

// mark names an offset of a user's question.
func (o offsetted[T]) mark(c Call, l value.List, start int) string {
	l.Cursor, l.Limit, l.Beside = "", 0, 0
	b, _ := json.Marshal(l)
	if l.Sieve != nil {
		b = append(b, l.Sieve.Name()...)
	}
	sum := sha256.Sum256(fmt.Appendf(b, "%s %d", o.question, c.User))
	return base64.RawURLEncoding.EncodeToString(sum[:9]) + "-" + strconv.Itoa(start)
}
