package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"strconv"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/imports"
	"github.com/lejek/lejek/shared/value"
)

// importWire is an import (ours; Pipedrive's API has none).
type importWire struct {
	ID         int64          `json:"id"`
	Status     string         `json:"status"`
	FileName   string         `json:"file_name"`
	FileSize   *int64         `json:"file_size"`
	UserID     int64          `json:"user_id"`
	AutoStart  bool           `json:"auto_start"`
	Format     *string        `json:"format"`
	Columns    []columnWire   `json:"columns"`
	RowsTotal  *int64         `json:"rows_total"` // null until the file was read
	RowsDone   int64          `json:"rows_done"`
	RowsFailed int64          `json:"rows_failed"`
	Counts     recordsWire    `json:"counts"` // made
	Merged     recordsWire    `json:"merged"` // found, and added to
	Error      *string        `json:"error"`
	AddTime    *string        `json:"add_time"`
	UpdateTime *string        `json:"update_time"`
	StartTime  *string        `json:"start_time"`
	DoneTime   *string        `json:"done_time"`
	Errors     []rowErrorWire `json:"errors,omitzero"`      // of one import: the first of them
	MoreErrors *string        `json:"errors_next,omitzero"` // where the others are
	Upload     *uploadWire    `json:"upload,omitempty"`     // when it is made
}

type columnWire struct {
	Header string  `json:"header"`
	Field  *string `json:"field"` // null: skipped
}

type recordsWire struct {
	Organizations int64 `json:"organizations"`
	Persons       int64 `json:"persons"`
	Deals         int64 `json:"deals"`
	Activities    int64 `json:"activities"`
	Notes         int64 `json:"notes"`
}

type rowErrorWire struct {
	Row    int    `json:"row"`
	Reason string `json:"reason"`
}

type uploadWire struct {
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
}

func importOut(m imports.Import, p imports.Progress) importWire {
	w := importWire{
		ID: m.ID, Status: m.Status, FileName: m.FileName, UserID: m.UserID, AutoStart: m.AutoStart, RowsDone: p.Rows, RowsFailed: p.Failed,
		Counts: recordsWire(p.Made), Merged: recordsWire(p.Merged), AddTime: seconds(&m.AddTime), UpdateTime: seconds(&m.UpdateTime),
		StartTime: seconds(m.StartTime), DoneTime: seconds(m.DoneTime), Error: nonEmpty(m.Reason), Format: nonEmpty(m.Format.Name),
		Columns: each(m.Columns, func(c imports.Column) columnWire { return columnWire{c.Header, nonEmpty(string(c.Field))} }),
	}
	if m.FileSize > 0 {
		w.FileSize = &m.FileSize
	}
	if m.Columns != nil {
		w.RowsTotal = &m.RowsTotal
	}
	return w
}

func nonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

type importCreate struct {
	FileName  value.Opt[string] `json:"file_name" rule:"required,max=255"`
	FileSize  value.Opt[int64]  `json:"file_size" rule:"min=0"`
	AutoStart value.Opt[bool]   `json:"auto_start" rule:"notnull"`
}

type importList struct{ v2Page }

type importErrors struct {
	byID
	Limit  int64  `query:"limit" rule:"min=1,max=500"`
	Cursor string `query:"cursor"`
}

const errorsShown = 100 // with the import itself; pages go to the end of a chunk

// Imports are the routes of imports.
type Imports struct{ Imports imports.Service }

// Routes binds them.
func (h Imports) Routes() []Route {
	return []Route{
		Handle("GET /api/v2/imports", h.list).Lists(importWire{}, ByCursor),
		Handle("POST /api/v2/imports", h.create).Returns(importWire{}).Created(),
		Handle("GET /api/v2/imports/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			m, err := h.Imports.Get(ctx, c.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			return h.one(ctx, c.Actor, m)
		}).Returns(importWire{}),
		Handle("POST /api/v2/imports/{id}/start", func(ctx context.Context, c Call, in byID) (any, error) {
			m, err := h.Imports.Start(ctx, c.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			return h.one(ctx, c.Actor, m)
		}).Returns(importWire{}),
		Handle("GET /api/v2/imports/{id}/errors", h.errors).Lists(rowErrorWire{}, ByCursor),
	}
}

func (h Imports) create(ctx context.Context, c Call, in importCreate) (any, error) {
	m, up, err := h.Imports.Create(ctx, c.Actor, imports.Input{FileName: in.FileName.V, FileSize: in.FileSize.Or(0), AutoStart: in.AutoStart.Or(true)})
	if err != nil {
		return nil, err
	}
	w := importOut(m, imports.Progress{})
	w.Upload = &uploadWire{up.Method, up.URL, up.Headers}
	return Answer{Status: http.StatusCreated, Data: w}, nil
}

func (h Imports) one(ctx context.Context, a auth.Actor, m imports.Import) (any, error) {
	progress, err := h.Imports.Progress(ctx, a, m)
	if err != nil {
		return nil, err
	}
	failed, next, err := h.Imports.Errors(ctx, a, m.ID, 0, errorsShown)
	if err != nil {
		return nil, err
	}
	w := importOut(m, progress[m.ID])
	w.Errors = each(failed, rowErrorOut)
	if next >= 0 {
		at := "/api/v2/imports/" + strconv.FormatInt(m.ID, 10) + "/errors?cursor=" + errorCursor(next)
		w.MoreErrors = &at
	}
	return w, nil
}

func rowErrorOut(e imports.RowError) rowErrorWire { return rowErrorWire{e.Number, e.Reason} }

func (h Imports) list(ctx context.Context, c Call, in importList) (any, error) {
	l, err := in.list()
	if err != nil {
		return nil, err
	}
	page, err := h.Imports.List(ctx, c.Actor, l)
	if err != nil {
		return nil, err
	}
	progress, err := h.Imports.Progress(ctx, c.Actor, page.Items...)
	if err != nil {
		return nil, err
	}
	return listed(each(page.Items, func(m imports.Import) importWire { return importOut(m, progress[m.ID]) }), page.Next), nil
}

// errors pages through all rows that failed. A page ends with a chunk of the file, so it may hold a few more than its limit.
func (h Imports) errors(ctx context.Context, c Call, in importErrors) (any, error) {
	limit := int(in.Limit)
	if limit == 0 {
		limit = errorsShown
	}
	from, ok := errorCursorOf(in.Cursor)
	if !ok {
		return nil, fault.BadField("cursor", "must be the next_cursor of an earlier page")
	}
	failed, next, err := h.Imports.Errors(ctx, c.Actor, in.ID, from, limit)
	if err != nil {
		return nil, err
	}
	cursor := ""
	if next >= 0 {
		cursor = errorCursor(next)
	}
	return listed(each(failed, rowErrorOut), cursor), nil
}

func errorCursor(chunk int64) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(chunk, 10)))
}

func errorCursorOf(cursor string) (int64, bool) {
	if cursor == "" {
		return 0, true
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	return n, err == nil && n >= 0 && n < imports.MaxRows
}
