package api

import (
	"cmp"
	"context"
	"maps"
	"strconv"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/flow"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// takesPartWire is who takes part in a deal (contract §3.7).
type takesPartWire struct {
	ID              int64           `json:"id"`
	PersonID        participantID   `json:"person_id"`
	AddTime         *string         `json:"add_time"`
	ActiveFlag      bool            `json:"active_flag"`
	RelatedItemData relatedItemWire `json:"related_item_data"`
	Person          personV1        `json:"person"`
	AddedByUserID   *userWire       `json:"added_by_user_id"`
	RelatedItemType string          `json:"related_item_type"`
	RelatedItemID   int64           `json:"related_item_id"`
}

// participantID is a person as v1 nests it.
type participantID struct {
	nestedPerson
	CompanyID int64 `json:"company_id"`
}

type relatedItemWire struct {
	DealID int64  `json:"deal_id"`
	Title  string `json:"title"`
}

// participationWire is that somebody came to take part, or went.
type participationWire struct {
	ActorUserID int64   `json:"actor_user_id"`
	PersonID    int64   `json:"person_id"`
	Action      string  `json:"action"`
	Time        *string `json:"time"`
}

func participationOut(c flow.Changed) participationWire {
	w := participationWire{ActorUserID: c.Log.User, Action: "added", Time: value.Stamp(&c.At)}
	person := c.Field.New
	if person == nil {
		person, w.Action = c.Field.Old, "removed"
	}
	w.PersonID, _ = strconv.ParseInt(*person, 10, 64) // written by us
	return w
}

type participantPage struct {
	byID
	Start int64 `query:"start" rule:"min=0"`
	Limit int64 `query:"limit" rule:"min=1,max=500"`
}

type participantAdd struct {
	byID
	PersonID value.Opt[int64] `json:"person_id" rule:"required,min=1"`
}

type participantOf struct {
	byID
	Participant int64 `path:"deal_participant_id" rule:"min=1"`
}

// Participants are the routes of who takes part in deals.
type Participants struct {
	Deals deals.Service
	Flat  FlatRecords
	Flow  flow.Service
	Now   func() time.Time
}

// Routes binds them.
func (h Participants) Routes() []Route {
	return []Route{
		Handle("GET /v1/deals/{id}/participants", h.list).Lists(takesPartWire{}, ByOffset).Relates(),
		Handle("POST /v1/deals/{id}/participants", func(ctx context.Context, c Call, in participantAdd) (any, error) {
			d, p, err := h.Deals.AddParticipant(ctx, c.Actor, in.ID, in.PersonID.V)
			if err != nil {
				return nil, err
			}
			out, related, err := h.out(ctx, c, d, []deals.Participant{p})
			if err == nil && len(out) == 0 {
				err = fault.Missing("Participant")
			}
			if err != nil {
				return nil, err
			}
			return Answer{Data: out[0], Related: related}, nil
		}).Returns(takesPartWire{}).Relates(),
		Handle("DELETE /v1/deals/{id}/participants/{deal_participant_id}", func(ctx context.Context, c Call, in participantOf) (any, error) {
			return deleted{in.Participant}, h.Deals.RemoveParticipant(ctx, c.Actor, in.ID, in.Participant)
		}).Returns(deleted{}),
		Handle("GET /v1/deals/{id}/participantsChangelog", func(ctx context.Context, c Call, in changelogQuery) (any, error) {
			d, err := h.Deals.Get(ctx, c.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			page, next, err := h.Flow.Participation(ctx, c.Actor, d.Ref(), d.PersonID, in.Cursor, int(cmp.Or(in.Limit, 100)))
			return listed(each(page, participationOut), next), err
		}).Lists(participationWire{}, ByCursor),
	}
}

func (h Participants) list(ctx context.Context, c Call, in participantPage) (any, error) {
	d, err := h.Deals.Get(ctx, c.Actor, in.ID)
	if err != nil {
		return nil, err
	}
	start, limit := int(in.Start), int(cmp.Or(in.Limit, 100))
	all := d.TakePart()
	page := all[min(start, len(all)):]
	more := len(page) > limit
	out, related, err := h.out(ctx, c, d, page[:min(limit, len(page))])
	return Answer{Data: out, Additional: pagination(start, limit, more), Related: related}, err
}

// out writes participants; who is gone for good is left out.
func (h Participants) out(ctx context.Context, c Call, d deals.Deal, parts []deals.Participant) ([]takesPartWire, any, error) {
	var refs []change.Ref
	for _, p := range parts {
		refs = append(refs, change.Of(change.Person, p.PersonID), change.Of(teams.KindUser, p.UserID))
	}
	found, err := h.Flat.Records.GetAny(ctx, c.Team, refs)
	if err != nil {
		return nil, nil, err
	}
	var list []any
	for _, p := range parts {
		if r := found[change.Of(change.Person, p.PersonID)]; r != nil {
			list = append(list, r)
		}
	}
	flat, err := h.Flat.of(ctx, c, list)
	if err != nil {
		return nil, nil, err
	}
	maps.Copy(flat.known, found)
	out := []takesPartWire{}
	for _, part := range parts {
		p, ok := flat.person(part.PersonID)
		if !ok {
			continue
		}
		w := takesPartWire{
			ID: part.ID, AddTime: value.Stamp(&part.AddTime), ActiveFlag: true, RelatedItemData: relatedItemWire{d.ID, d.Title}, RelatedItemType: change.Deal,
			RelatedItemID: d.ID, PersonID: participantID{nestedPersonOut(p), c.Team}, Person: flat.personV1(p),
		}
		if u, ok := flat.user(part.UserID); ok {
			user := userOut(c, u, h.Now())
			w.AddedByUserID = &user
		}
		out = append(out, w)
	}
	return out, flat.related(), nil
}
