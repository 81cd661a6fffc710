package search

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"

	"github.com/lejek/lejek/shared/fault"
)

// A cursor is the place of the last item before it. Each page searches anew, so what is made or changed meanwhile moves by its
// own score and no other.

func cursorAt(i Item, q Query) string {
	at := i.place()
	at.Query = q.name()
	b, _ := json.Marshal(at)
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseCursor(q Query) (after place, err error) {
	if q.Cursor == "" {
		return after, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err == nil {
		err = json.Unmarshal(b, &after)
	}
	if err != nil || after.Ref.ID() == 0 {
		return after, fault.BadField("cursor", "must be the next_cursor of an earlier page")
	}
	if after.Query != q.name() {
		return after, fault.BadField("cursor", "belongs to another search")
	}
	return after, nil
}

// name tells a search from others.
func (q Query) name() string {
	q.Cursor, q.Limit = "", 0
	return digest(q)
}

func digest(question any) string {
	b, _ := json.Marshal(question)
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}
