package flow

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// Changed is one field of one write in the change log.
type Changed struct {
	At    time.Time
	Log   *change.Log
	Field change.Field
}

// changedAt is where a page of the change log ended: after so many fields of a write.
type changedAt struct {
	At     time.Time
	Source change.Ref
	Fields int
}

// maxLogRows is how many rows a page of the change log looks through: it may come back short, with a cursor.
const maxLogRows = 5000

// Changelog is a page of what was changed about a record, newest first. What else happened lies between the writes, so rows are
// looked through; next is "" on the last page.
func (s Service) Changelog(ctx context.Context, a auth.Actor, of change.Ref, cursor string, limit int) (page []Changed, next string, err error) {
	if err := s.Exists(ctx, a.Team, of); err != nil {
		return nil, "", err
	}
	r := change.Range{Shelf: change.Flow, Desc: true, Limit: chunk, Once: true}
	var from changedAt
	if cursor != "" {
		if from, err = parseChangedAt(cursor); err != nil {
			return nil, "", err
		}
		// The write itself is read again for its other fields: a row has room for no more than one source, so the next is after it.
		r.After = &change.Row{On: of, Shelf: change.Flow, At: from.At, Source: from.Source + "~"}
	}
	for examined := 0; ; {
		rows, more, err := s.Store.Rows(ctx, a.Team, of, r)
		if err != nil {
			return nil, "", err
		}
		for _, row := range rows {
			if row.Log == nil {
				continue
			}
			skip := 0
			if row.Source == from.Source && row.At.Equal(from.At) {
				skip = from.Fields
			}
			for i, f := range row.Log.Fields {
				if i < skip {
					continue
				}
				if len(page) == limit {
					return page, changedAt{row.At, row.Source, i}.text(), nil
				}
				page = append(page, Changed{row.At, row.Log, f})
			}
		}
		if examined += len(rows); !more || len(rows) == 0 {
			return page, "", nil
		}
		last := rows[len(rows)-1]
		r.After = &last
		if examined >= maxLogRows {
			return page, changedAt{last.At, last.Source, 1 << 20}.text(), nil
		}
	}
}

func (c changedAt) text() string {
	b, _ := json.Marshal(c)
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseChangedAt(cursor string) (c changedAt, err error) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || c.Source == "" || len(c.Source) > 200 || c.At.IsZero() || c.Fields < 0 {
		return c, fault.BadField("cursor", "must be the next_cursor of an earlier page").Because(err)
	}
	return c, nil
}
