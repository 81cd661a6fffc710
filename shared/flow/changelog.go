package flow

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Changed is one field of one write in the change log.
type Changed struct {
	At    time.Time
	Log   *change.Log
	Field change.Field
}

// changedAt is where a page of the change log ended: after so many changes of a write.
type changedAt struct {
	At     time.Time
	Source change.Ref
	Fields int
	Person *int64 `json:",omitempty"` // of Participation: the deal's own person before that write
}

// maxLogRows is how many rows a page of the change log looks through: it may come back short, with a cursor.
const maxLogRows = 5000

// Changelog is a page of what was changed about a record, newest first. What else happened lies between the writes, so rows are
// looked through; next is "" on the last page.
func (s Service) Changelog(ctx context.Context, a auth.Actor, of change.Ref, cursor string, limit int) (page []Changed, next string, err error) {
	if err := s.Exists(ctx, a.Team, of); err != nil {
		return nil, "", err
	}
	var from changedAt
	if cursor != "" {
		if from, err = parseChangedAt(cursor); err != nil {
			return nil, "", err
		}
	}
	return s.changes(ctx, a, of, from, limit, func(row change.Row) (all []Changed) {
		for _, f := range row.Log.Fields {
			all = append(all, Changed{row.At, row.Log, f})
		}
		return all
	}, func() *int64 { return nil })
}

// changes looks through a record's change log; each write is so many changes. person is asked before each write.
func (s Service) changes(ctx context.Context, a auth.Actor, of change.Ref, from changedAt, limit int, each func(change.Row) []Changed, person func() *int64) (page []Changed, next string, err error) {
	r := change.Range{Shelf: change.Flow, Desc: true, Limit: chunk, Once: true}
	if from.Source != "" {
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
			before, skip := person(), 0
			if row.Source == from.Source && row.At.Equal(from.At) {
				skip = from.Fields
			}
			for i, c := range each(row) {
				if i < skip {
					continue
				}
				if len(page) == limit {
					return page, changedAt{row.At, row.Source, i, before}.text(), nil
				}
				page = append(page, c)
			}
		}
		if examined += len(rows); !more || len(rows) == 0 {
			return page, "", nil
		}
		last := rows[len(rows)-1]
		r.After = &last
		if examined >= maxLogRows {
			return page, changedAt{last.At, last.Source, 1 << 20, person()}.text(), nil
		}
	}
}

// Keys of the change log by which people come to a deal and go.
const (
	keyPerson       = "person_id"
	keyParticipants = "participants"
	keyCreated      = "add_time"
)

// Participation is a page of who came to take part in a deal, and who went, newest first. The deal's own person takes part: who
// that was when the deal was made is known from who it is, and from who it has been since.
func (s Service) Participation(ctx context.Context, a auth.Actor, deal change.Ref, own *int64, cursor string, limit int) (page []Changed, next string, err error) {
	var from changedAt
	if cursor != "" {
		if from, err = parseChangedAt(cursor); err != nil {
			return nil, "", err
		}
		own = from.Person
	}
	return s.changes(ctx, a, deal, from, limit, func(row change.Row) (all []Changed) {
		for _, f := range row.Log.Fields {
			if f.Key == keyCreated {
				f = change.Field{New: value.Digits(own)}
			} else if f.Key != keyPerson && f.Key != keyParticipants {
				continue
			}
			if f.Key == keyPerson {
				if own = nil; f.Old != nil {
					if id, err := strconv.ParseInt(*f.Old, 10, 64); err == nil {
						own = &id
					}
				}
			}
			for _, one := range []change.Field{{Key: keyParticipants, New: f.New}, {Key: keyParticipants, Old: f.Old}} {
				if one.New != nil || one.Old != nil {
					all = append(all, Changed{row.At, row.Log, one})
				}
			}
		}
		return all
	}, func() *int64 { return own })
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
