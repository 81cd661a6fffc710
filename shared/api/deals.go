package api

import (
	"context"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// dealWire is a deal in v2 (contract §2.1); every key is there, null when unset.
type dealWire struct {
	ID                int64          `json:"id"`
	Title             string         `json:"title"`
	CreatorUserID     int64          `json:"creator_user_id"`
	OwnerID           int64          `json:"owner_id"`
	PersonID          *int64         `json:"person_id"`
	OrgID             *int64         `json:"org_id"`
	PipelineID        int64          `json:"pipeline_id"`
	StageID           int64          `json:"stage_id"`
	Value             value.Decimal  `json:"value"`
	Currency          string         `json:"currency"`
	AddTime           *string        `json:"add_time"`
	UpdateTime        *string        `json:"update_time"`
	StageChangeTime   *string        `json:"stage_change_time"`
	Status            string         `json:"status"`
	Probability       *int64         `json:"probability"`
	LostReason        *string        `json:"lost_reason"`
	WonTime           *string        `json:"won_time"`
	LostTime          *string        `json:"lost_time"`
	CloseTime         *string        `json:"close_time"`
	LocalWonDate      *value.Date    `json:"local_won_date"`
	LocalLostDate     *value.Date    `json:"local_lost_date"`
	LocalCloseDate    *value.Date    `json:"local_close_date"`
	ExpectedCloseDate *value.Date    `json:"expected_close_date"`
	VisibleTo         int64          `json:"visible_to"`
	LabelIDs          []int64        `json:"label_ids"`
	Labels            *[]optionLabel `json:"labels,omitempty"` // only when asked for
	IsDeleted         bool           `json:"is_deleted"`
	IsArchived        bool           `json:"is_archived"`
	ArchiveTime       *string        `json:"archive_time"`
	Origin            string         `json:"origin"`
	OriginID          *string        `json:"origin_id"`
	Channel           *int64         `json:"channel"`
	ChannelID         *string        `json:"channel_id"`
	ACV               *value.Decimal `json:"acv"`
	ARR               *value.Decimal `json:"arr"`
	MRR               *value.Decimal `json:"mrr"`
	CustomFields      customWire     `json:"custom_fields"`
	dealDerived
}

func dealOut(d deals.Deal, zone *time.Location, cu customs) dealWire {
	return dealWire{
		ID: d.ID, Title: d.Title, CreatorUserID: d.CreatorUserID, OwnerID: d.OwnerID, PersonID: d.PersonID, OrgID: d.OrganizationID,
		PipelineID: d.PipelineID, StageID: d.StageID, Value: d.Value, Currency: d.Currency, AddTime: seconds(&d.AddTime),
		UpdateTime: seconds(&d.UpdateTime), StageChangeTime: seconds(d.StageChangeTime), Status: d.Status, Probability: d.Probability,
		LostReason: d.LostReason, WonTime: seconds(d.WonTime), LostTime: seconds(d.LostTime), CloseTime: seconds(d.CloseTime),
		LocalWonDate: localDate(d.WonTime, zone), LocalLostDate: localDate(d.LostTime, zone), LocalCloseDate: localDate(d.CloseTime, zone),
		ExpectedCloseDate: d.ExpectedCloseDate, VisibleTo: d.VisibleTo, IsDeleted: d.Deleted, Origin: d.Origin, IsArchived: d.Archived,
		ArchiveTime: seconds(d.ArchiveTime), LabelIDs: cu.labelIDs(d.LabelIDs), Labels: cu.labelNames(d.LabelIDs), CustomFields: cu.of(d.Custom),
	}
}

// dealBody is what a client may write of a deal.
type dealBody struct {
	OwnerID           value.Opt[int64]         `json:"owner_id" rule:"notnull,min=1"`
	PersonID          value.Opt[int64]         `json:"person_id" rule:"min=1"`
	OrgID             value.Opt[int64]         `json:"org_id" rule:"min=1"`
	PipelineID        value.Opt[int64]         `json:"pipeline_id" rule:"notnull,min=1"`
	StageID           value.Opt[int64]         `json:"stage_id" rule:"notnull,min=1"`
	Value             value.Opt[value.Decimal] `json:"value"`
	Currency          value.Opt[string]        `json:"currency" rule:"notnull,currency"`
	Status            value.Opt[string]        `json:"status" rule:"notnull,enum=open|won|lost"`
	Probability       value.Opt[int64]         `json:"probability" rule:"min=0,max=100"`
	LostReason        value.Opt[string]        `json:"lost_reason" rule:"max=150"`
	WonTime           value.Opt[time.Time]     `json:"won_time"`
	LostTime          value.Opt[time.Time]     `json:"lost_time"`
	CloseTime         value.Opt[time.Time]     `json:"close_time"`
	ExpectedCloseDate value.Opt[value.Date]    `json:"expected_close_date"`
	VisibleTo         value.Opt[int64]         `json:"visible_to" rule:"notnull,enum=1|3|5|7"`
	IsDeleted         value.Opt[bool]          `json:"is_deleted"` // in the schema but without effect (contract §1.6)
	IsArchived        value.Opt[bool]          `json:"is_archived" rule:"notnull"`
	ArchiveTime       value.Opt[time.Time]     `json:"archive_time"`
	customBody
}

func (b dealBody) input(title value.Opt[string]) deals.Input {
	return deals.Input{
		Title: title, OwnerID: b.OwnerID, PersonID: b.PersonID, OrganizationID: b.OrgID, PipelineID: b.PipelineID, StageID: b.StageID,
		Value: b.Value, Currency: b.Currency, Status: b.Status, Probability: b.Probability, LostReason: b.LostReason, WonTime: b.WonTime,
		LostTime: b.LostTime, CloseTime: b.CloseTime, ExpectedCloseDate: b.ExpectedCloseDate, VisibleTo: b.VisibleTo,
		Archived: b.IsArchived, ArchiveTime: b.ArchiveTime, LabelIDs: b.LabelIDs,
	}
}

type dealCreate struct {
	Title   value.Opt[string]    `json:"title" rule:"required,max=255,trim"`
	AddTime value.Opt[time.Time] `json:"add_time"`
	dealBody
}

type dealUpdate struct {
	byID
	Title value.Opt[string] `json:"title" rule:"notnull,nonempty,max=255,trim"`
	dealBody
}

type dealGet struct {
	byID
	dealExtras
}

// dealExtras are the parameters that add fields to a deal.
type dealExtras struct {
	IncludeFields []string `query:"include_fields" rule:"enum=next_activity_id|last_activity_id|first_won_time|products_count|files_count|notes_count|followers_count|email_messages_count|activities_count|done_activities_count|undone_activities_count|participants_count|last_incoming_mail_time|last_outgoing_mail_time|smart_bcc_email|source_lead_id"`
	customQuery
}

type dealList struct {
	v2Page
	byFilter
	dealExtras
	OwnerID    value.Opt[int64] `query:"owner_id" rule:"min=1"`
	PersonID   value.Opt[int64] `query:"person_id" rule:"min=1"`
	OrgID      value.Opt[int64] `query:"org_id" rule:"min=1"`
	PipelineID value.Opt[int64] `query:"pipeline_id" rule:"min=1"`
	StageID    value.Opt[int64] `query:"stage_id" rule:"min=1"`
	Status     []string         `query:"status" rule:"enum=open|won|lost|deleted"`
}

// Companies knows the team of an actor.
type Companies interface {
	Team(ctx context.Context, a auth.Actor) (teams.Team, error)
}

// Deals are the routes of deals.
type Deals struct {
	Deals     deals.Service
	Fields    fields.Service
	Companies Companies
	Filters   FilterUse
	Derived   Derived
}

// Routes binds them.
func (h Deals) Routes() []Route {
	return []Route{
		Handle("GET /api/v2/deals", func(ctx context.Context, c Call, in dealList) (any, error) { return h.list(ctx, c, in, false) }).Lists(dealWire{}, ByCursor),
		Handle("GET /api/v2/deals/archived", func(ctx context.Context, c Call, in dealList) (any, error) { return h.list(ctx, c, in, true) }).Lists(dealWire{}, ByCursor),
		Handle("POST /api/v2/deals", h.create).naming(wrongCustom(h.Fields, fields.Deal)).Returns(dealWire{}),
		Handle("GET /api/v2/deals/{id}", func(ctx context.Context, c Call, in dealGet) (any, error) {
			cu, err := customsOf(ctx, c, h.Fields, fields.Deal, in.customQuery)
			if err != nil {
				return nil, err
			}
			d, err := h.Deals.Get(ctx, c.Actor, in.ID)
			return h.one(ctx, c, d, in.dealExtras, cu, err)
		}).Returns(dealWire{}),
		Handle("PATCH /api/v2/deals/{id}", h.update).naming(wrongCustom(h.Fields, fields.Deal)).Returns(dealWire{}),
		Handle("DELETE /api/v2/deals/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Deals.Delete(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
	}
}

func (h Deals) create(ctx context.Context, c Call, in dealCreate) (any, error) {
	input, cu := in.input(in.Title), customs{}
	input.AddTime = in.AddTime
	var err error
	if input.Custom, input.Wrong, cu, err = in.read(ctx, c, h.Fields, fields.Deal); err != nil {
		return nil, err
	}
	d, err := h.Deals.Create(ctx, c.Actor, input)
	return h.one(ctx, c, d, dealExtras{}, cu, err)
}

func (h Deals) update(ctx context.Context, c Call, in dealUpdate) (any, error) {
	input, cu := in.input(in.Title), customs{}
	var err error
	if input.Custom, input.Wrong, cu, err = in.read(ctx, c, h.Fields, fields.Deal); err != nil {
		return nil, err
	}
	d, err := h.Deals.Update(ctx, c.Actor, in.ID, input)
	return h.one(ctx, c, d, dealExtras{}, cu, err)
}

func (h Deals) list(ctx context.Context, c Call, in dealList, archived bool) (any, error) {
	l, err := in.list()
	if err != nil {
		return nil, err
	}
	cu, err := customsOf(ctx, c, h.Fields, fields.Deal, in.customQuery)
	if err != nil {
		return nil, err
	}
	link(&l, value.ByOwner, in.OwnerID)
	link(&l, value.ByPerson, in.PersonID)
	link(&l, value.ByOrganization, in.OrgID)
	link(&l, value.ByPipeline, in.PipelineID)
	link(&l, value.ByStage, in.StageID)
	l.Statuses, l.Archived, l.Beside = in.Status, archived, cu.beside()
	if err := in.apply(ctx, c, h.Filters, filters.Deals, &l); err != nil {
		return nil, err
	}
	return fitted(l, cu.grows(),
		func(l value.List) (value.Page[deals.Deal], error) { return h.Deals.List(ctx, c.Actor, l) },
		func(list []deals.Deal) ([]dealWire, error) { return h.out(ctx, c, list, in.dealExtras, cu) })
}

func (h Deals) one(ctx context.Context, c Call, d deals.Deal, x dealExtras, cu customs, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	out, err := h.out(ctx, c, []deals.Deal{d}, x, cu)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// out renders deals. The company's zone is read only when a local date is due, summaries and names of options only when asked
// for.
func (h Deals) out(ctx context.Context, c Call, list []deals.Deal, x dealExtras, cu customs) ([]dealWire, error) {
	cu, err := cu.named(ctx, c, each(list, func(d deals.Deal) customized { return customized{d.LabelIDs, d.Custom} }))
	if err != nil {
		return nil, err
	}
	zone := time.UTC
	if slices.ContainsFunc(list, func(d deals.Deal) bool { return d.CloseTime != nil }) {
		team, err := h.Companies.Team(ctx, c.Actor)
		if err != nil {
			return nil, err
		}
		zone = team.Zone()
	}
	out := each(list, func(d deals.Deal) dealWire { return dealOut(d, zone, cu) })
	if len(x.IncludeFields) == 0 {
		return out, nil
	}
	extra, err := h.Derived.read(ctx, c, x.IncludeFields, each(list, deals.Deal.Ref))
	for i, d := range list {
		out[i].dealDerived = only(extra.deal(d), x.IncludeFields)
	}
	return out, err
}
