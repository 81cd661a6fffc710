package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/recents"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// recentRow is a record in the form that v1 has it in (contract §3.9).
type recentRow struct {
	Item string `json:"item"`
	ID   int64  `json:"id"`
	Data any    `json:"data"`
}

// recentTimes are the times between which the rows of a page lie.
type recentTimes struct {
	Since string `json:"since_timestamp"`
	Last  string `json:"last_timestamp_on_page"`
}

type recentPage struct {
	offsetPage
	Since time.Time `query:"since_timestamp" rule:"required"`
	Items []string  `query:"items" rule:"enum=activity|activityType|deal|file|filter|note|person|organization|pipeline|product|stage|user"`
}

// Recents are what changed since a time.
type Recents struct {
	Recents   recents.Service
	Pipelines pipelines.Service
	Flat      FlatRecords
	Marks     Bookmarks
	Users     Misc
}

// Routes binds them.
func (h Recents) Routes() []Route {
	return []Route{Handle("GET /v1/recents", h.list).Lists(recentRow{}, ByOffset).Adds(recentTimes{})}
}

// aroundRecord is about what a row takes besides what its record holds: the names of its fields.
const aroundRecord = 2500

func (h Recents) list(ctx context.Context, c Call, in recentPage) (any, error) {
	kinds := in.Items
	if len(kinds) == 0 {
		kinds = recents.Kinds
	}
	o := offsetted[recents.Change]{h.Marks, fmt.Sprintf("recents %q", kinds), func(l value.List) (value.Page[recents.Change], error) {
		return h.Recents.List(ctx, c.Actor, kinds, l)
	}}
	start, limit := in.at()
	for {
		found, next, more, err := o.page(ctx, c, value.List{UpdatedSince: in.Since, Beside: aroundRecord}, in.offsetPage)
		if err != nil {
			return nil, err
		}
		rows, err := h.rows(ctx, c, found)
		if err != nil {
			return nil, err
		}
		extra, since := paginationTo(start, limit, more, next), in.Since.Format(time.DateTime)
		extra["since_timestamp"], extra["last_timestamp_on_page"] = since, since
		if len(found) > 0 {
			at, _ := value.ParseTime(found[len(found)-1].Place.At)
			extra["last_timestamp_on_page"] = at.Format(time.DateTime)
		}
		if len(found) < 2 || roomBeside(rows, extra) > 200 {
			return Answer{Data: rows, Additional: extra}, nil
		}
		in.Limit = int64(len(found) / 2) // what does not fit is read again, shorter
	}
}

func (h Recents) rows(ctx context.Context, c Call, list []recents.Change) ([]recentRow, error) {
	out, err := h.Flat.of(ctx, c, each(list, func(n recents.Change) any { return n.Record }))
	if err != nil {
		return nil, err
	}
	var board pipelines.Board
	onBoard := func(n recents.Change) bool {
		return n.Place.Kind == pipelines.KindPipeline || n.Place.Kind == pipelines.KindStage
	}
	if slices.ContainsFunc(list, onBoard) {
		if board, err = h.Pipelines.Board(ctx, c.Actor); err != nil {
			return nil, err
		}
	}
	return each(list, func(n recents.Change) recentRow {
		return recentRow{n.Place.Kind, n.Place.ID, h.data(out, board, n.Record)}
	}), nil
}

// data is a record in the form that v1 has it in.
func (h Recents) data(out flatOut, board pipelines.Board, record any) any {
	switch r := record.(type) {
	case activities.Activity:
		return out.activity(r)
	case activities.Type:
		return activityTypeOut(r)
	case deals.Deal:
		return out.flatDeal(r)
	case files.File:
		return out.file(r)
	case filters.Filter:
		return filterOut(r)
	case notes.Note:
		return out.note(r)
	case organizations.Organization:
		return out.organizationV1(r)
	case persons.Person:
		return out.personV1(r)
	case pipelines.Pipeline:
		return pipelineV1Out(r, board.Default(r.ID))
	case pipelines.Stage:
		return stageV1Out(r, board)
	case teams.User:
		return []userWire{h.Users.user(out.Call, r)}
	}
	return nil
}
