package api

import (
	"context"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/flow"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/manifest"
	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// v1Out writes records as v1 does: with the names of what they refer to.
type v1Out struct {
	Call
	known
	types map[string]string // names of the known activity types
	mail  filing
}

// flowRow is one line of a flow (contract §3.8).
type flowRow struct {
	Object    string `json:"object"`
	Timestamp string `json:"timestamp"`
	Data      any    `json:"data"`
	offset    int
}

// flowFiles is what a flow says of its files by day: nothing (contract §3.8).
type flowFiles struct {
	FilesCountByDay []any `json:"filesCountByDay"`
}

// changeWire is one changed field.
type changeWire struct {
	ID         int64   `json:"id"`
	ItemID     int64   `json:"item_id"`
	UserID     int64   `json:"user_id"`
	FieldKey   string  `json:"field_key"`
	OldValue   *string `json:"old_value"`
	NewValue   *string `json:"new_value"`
	BulkFlag   *int    `json:"is_bulk_update_flag"`
	LogTime    string  `json:"log_time"`
	Source     string  `json:"change_source"`
	Agent      *string `json:"change_source_user_agent"`
	Origin     *string `json:"origin"`
	OriginID   *string `json:"origin_id"`
	Additional any     `json:"additional_data"`
}

// row writes an entry of a flow; false for what this version does not know how to show.
func (h v1Out) row(e flow.Entry) (flowRow, bool) {
	at := stamp(e.Row)
	if e.Field != nil {
		return flowRow{e.Row.On.Kind() + "Change", at, h.change(e), e.Offset}, true
	}
	switch s := e.Source.(type) {
	case activities.Activity:
		if s.DueAt == nil && !s.Done {
			at = *value.Stamp(&s.AddTime)
		}
		return flowRow{flow.Activities, at, h.activity(s), e.Offset}, true
	case notes.Note:
		return flowRow{flow.Notes, at, h.note(s), e.Offset}, true
	case files.File:
		return flowRow{flow.Files, at, h.file(s), e.Offset}, true
	case mailbox.Message:
		object := flow.Mails
		if s.HasRealAttachments() {
			object = flow.MailsWithAttachment
		}
		return flowRow{object, at, h.recordMail(s), e.Offset}, true
	}
	return flowRow{}, false
}

func stamp(r change.Row) string { return *value.Stamp(&r.At) }

func (h v1Out) change(e flow.Entry) changeWire {
	log := e.Row.Log
	w := changeWire{
		// A write's number and the field's place in it make one number for each changed field of the record.
		ID: log.ID*1000 + int64(e.Index), ItemID: e.Row.On.ID(), UserID: log.User, FieldKey: e.Field.Key, OldValue: e.Field.Old, NewValue: e.Field.New,
		LogTime: stamp(e.Row), Source: log.Source, Additional: []any{},
	}
	if log.Agent != "" {
		w.Agent = &log.Agent
	}
	formatted := map[string]any{}
	for key, text := range map[string]*string{"old_value_formatted": e.Field.Old, "new_value_formatted": e.Field.New} {
		if ref, ok := flow.FieldRef(e.Field.Key, text); ok {
			if name := h.name(ref); name != nil {
				formatted[key] = *name
			}
		}
	}
	if len(formatted) > 0 {
		w.Additional = formatted
	}
	return w
}

type flowQuery struct {
	byID
	Start      int64    `query:"start" rule:"min=0,max=50000"`
	Limit      int64    `query:"limit" rule:"min=1,max=500"`
	AllChanges bool     `query:"all_changes"` // those of custom fields too
	Items      []string `query:"items" rule:"enum=call|activity|plannedActivity|change|note|deal|file|dealChange|personChange|organizationChange|follower|dealFollower|personFollower|organizationFollower|participant|comment|mailMessage|mailMessageWithAttachment|invoice|document|activityFile|marketing_campaign_stat|marketing_status"`
}

// Detail are the routes that every record with a detail view has beside its own.
type Detail struct {
	Kind      string // of the record
	Entities  string // its name in paths
	Flow      flow.Service
	Fields    fields.Service
	Files     Files
	Companies Companies
	Users     interface {
		UserIDs(ctx context.Context, a auth.Actor) ([]int64, error)
	}
	Bodies     Bodies
	MailDomain string
}

// Routes binds them.
func (h Detail) Routes() []Route {
	v1 := "GET /v1/" + h.Entities + "/{id}/"
	return []Route{
		Handle(manifest.Operation("GET /api/v2/"+h.Entities+"/{id}/view"), h.view).Returns(viewWire{}).Relates(),
		Handle(manifest.Operation(v1+"flow"), h.flow).Lists(flowRow{}, ByOffset).Adds(flowFiles{}).Relates(),
		Handle(manifest.Operation(v1+"changelog"), h.changelog).Lists(changedWire{}, ByCursor),
		Handle(manifest.Operation(v1+"permittedUsers"), h.permitted).Lists(int64(0), Whole),
		Handle(manifest.Operation(v1+"files"), h.files).Lists(fileWire{}, ByOffset),
		Handle(manifest.Operation(v1+"mailMessages"), h.mail).Lists(flowRow{}, ByOffset).Relates(),
	}
}

func (h Detail) of(in byID) change.Ref { return change.Of(h.Kind, in.ID) }

func (h Detail) flow(ctx context.Context, c Call, in flowQuery) (any, error) {
	limit := int(in.Limit)
	if limit == 0 {
		limit = 50
	}
	page, err := h.Flow.Page(ctx, c.Actor, h.of(in.byID), flow.Query{Start: int(in.Start), Limit: limit, Items: in.Items, Custom: in.AllChanges})
	if err != nil {
		return nil, err
	}
	out, err := h.v1(ctx, c, page.Records)
	if err != nil {
		return nil, err
	}
	extra, answer := out.page(int(in.Start), limit, page, out.rows(page.Entries))
	extra["filesCountByDay"] = []any{}
	return answer, nil
}

// page answers as many rows as fit: at least one, so that it leads on.
func (h v1Out) page(start, limit int, p flow.Page, rows []flowRow) (extra map[string]any, a Answer) {
	related, more, next := h.related(h.mail), p.More, p.Next
	room := roomBeside(related)
	if n := max(len(fit(&room, 1, rows)), 1); n < len(rows) {
		more, next, rows = true, rows[n].offset, rows[:n]
	}
	extra = paginationTo(start, limit, more, next)
	return extra, Answer{Data: rows, Additional: extra, Related: related}
}

func (h v1Out) rows(entries []flow.Entry) []flowRow {
	rows := []flowRow{}
	for _, e := range entries {
		if row, ok := h.row(e); ok {
			rows = append(rows, row)
		}
	}
	return rows
}

// v1 is ready to write records.
func (h Detail) v1(ctx context.Context, c Call, records map[change.Ref]any) (v1Out, error) {
	team, err := h.Companies.Team(ctx, c.Actor)
	return h.writer(c, team, records), err
}

func (h Detail) writer(c Call, team teams.Team, records map[change.Ref]any) v1Out {
	out := v1Out{Call: c, known: records, types: map[string]string{}, mail: filing{team, h.MailDomain}}
	for _, r := range records {
		if t, ok := r.(activities.Type); ok {
			out.types[t.Key] = t.Name
		}
	}
	return out
}
