package api

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/statistics"
	"github.com/lejek/lejek/shared/value"
)

// dealBodyV1 is what a client of v1 may write of a deal.
type dealBodyV1 struct {
	UserID            value.Opt[int64]         `json:"user_id" rule:"notnull,min=1"`
	PersonID          value.Opt[int64]         `json:"person_id" rule:"min=1"`
	OrgID             value.Opt[int64]         `json:"org_id" rule:"min=1"`
	PipelineID        value.Opt[int64]         `json:"pipeline_id" rule:"notnull,min=1"`
	StageID           value.Opt[int64]         `json:"stage_id" rule:"notnull,min=1"`
	Value             value.Opt[value.Decimal] `json:"value"`
	Currency          value.Opt[string]        `json:"currency" rule:"notnull,currency"`
	Probability       value.Opt[int64]         `json:"probability" rule:"min=0,max=100"`
	LostReason        value.Opt[string]        `json:"lost_reason" rule:"max=150"`
	WonTime           value.Opt[time.Time]     `json:"won_time"`
	LostTime          value.Opt[time.Time]     `json:"lost_time"`
	CloseTime         value.Opt[time.Time]     `json:"close_time"`
	ExpectedCloseDate value.Opt[value.Date]    `json:"expected_close_date"`
	VisibleTo         value.Opt[int64]         `json:"visible_to" rule:"notnull,enum=1|3|5|7"`
	IsArchived        value.Opt[bool]          `json:"is_archived" rule:"notnull"`
	ArchiveTime       value.Opt[time.Time]     `json:"archive_time"`
	OriginID          value.Opt[string]        `json:"origin_id" rule:"unsupported,null"`
	Channel           value.Opt[int64]         `json:"channel" rule:"unsupported,null"`
	ChannelID         value.Opt[string]        `json:"channel_id" rule:"unsupported,null"`
	flatBody
}

func (b dealBodyV1) input(title, status value.Opt[string]) deals.Input {
	return deals.Input{
		Title: title, OwnerID: b.UserID, PersonID: b.PersonID, OrganizationID: b.OrgID, PipelineID: b.PipelineID, StageID: b.StageID,
		Value: b.Value, Currency: b.Currency, Status: status, Probability: b.Probability, LostReason: b.LostReason, WonTime: b.WonTime,
		LostTime: b.LostTime, CloseTime: b.CloseTime, ExpectedCloseDate: b.ExpectedCloseDate, VisibleTo: b.VisibleTo, Archived: b.IsArchived,
		ArchiveTime: b.ArchiveTime, LabelIDs: b.labels(),
	}
}

type dealCreateV1 struct {
	Title   value.Opt[string]    `json:"title" rule:"required,max=255,trim"`
	Status  value.Opt[string]    `json:"status" rule:"notnull,enum=open|won|lost"`
	AddTime value.Opt[time.Time] `json:"add_time"`
	dealBodyV1
}

// dealUpdateV1 deletes a deal too: by its status.
type dealUpdateV1 struct {
	byID
	Title  value.Opt[string] `json:"title" rule:"notnull,nonempty,max=255,trim"`
	Status value.Opt[string] `json:"status" rule:"notnull,enum=open|won|lost|deleted"`
	dealBodyV1
}

// dropbox is what stands beside one record: where mail is sent to be filed under it.
type dropbox struct {
	Email string `json:"dropbox_email"`
}

// dealWholeV1 is a deal that is asked for alone.
type dealWholeV1 struct {
	ID int64 `json:"id"`
	dealEnds
	dealFlat
	dealWay
	activitiesWhole
	custom map[string]any // further keys
}

// FurtherKeys tells that custom fields are keys too.
func (dealWholeV1) FurtherKeys() {}

// MarshalJSON writes custom fields after all others.
func (w dealWholeV1) MarshalJSON() ([]byte, error) {
	type plain dealWholeV1
	return withKeys(plain(w), w.custom)
}

// dealWay is how a deal went so far. Pipedrive does not say what the first two are averages of; here they speak of this deal.
type dealWay struct {
	AverageTimeToWon     lapse    `json:"average_time_to_won"`
	AverageStageProgress int      `json:"average_stage_progress"`
	Age                  lapse    `json:"age"`
	StayInStages         stayWire `json:"stay_in_pipeline_stages"`
}

// lapse is a time in the parts of a calendar.
type lapse struct {
	Years   int   `json:"y"`
	Months  int   `json:"m"`
	Days    int   `json:"d"`
	Hours   int   `json:"h"`
	Minutes int   `json:"i"`
	Seconds int   `json:"s"`
	Total   int64 `json:"total_seconds"`
}

type stayWire struct {
	Times map[string]int64 `json:"times_in_stages"`
	Order []int64          `json:"order_of_stages"`
}

func dealWayOut(w statistics.Way, added time.Time) dealWay {
	out := dealWay{
		AverageTimeToWon: lapseOf(added, w.ToWon), AverageStageProgress: w.Place, Age: lapseOf(added, w.Age),
		StayInStages: stayWire{map[string]int64{}, append([]int64{}, w.Stages...)},
	}
	for stage, d := range w.Stays {
		out.StayInStages.Times[strconv.FormatInt(stage, 10)] = int64(d / time.Second)
	}
	return out
}

// lapseOf counts whole months from a day on, then what is left.
func lapseOf(from time.Time, d time.Duration) lapse {
	from = from.UTC().Truncate(time.Second)
	until := from.Add(d.Truncate(time.Second))
	months := (until.Year()-from.Year())*12 + int(until.Month()-from.Month())
	if from.AddDate(0, months, 0).After(until) {
		months--
	}
	rest := until.Sub(from.AddDate(0, months, 0))
	hours := int(rest / time.Hour)
	return lapse{
		months / 12, months % 12, hours / 24, hours % 24, int(rest / time.Minute % 60), int(rest / time.Second % 60), int64(d / time.Second),
	}
}

// dealStatusV1 chooses deals by status; all but deleted ones unless it is given.
type dealStatusV1 struct {
	Status []string `query:"status" rule:"enum=open|won|lost|deleted|all_not_deleted"`
}

func (s dealStatusV1) statuses() (all []string) {
	for _, status := range s.Status {
		if status == "all_not_deleted" {
			all = append(all, deals.Open, deals.Won, deals.Lost)
		} else {
			all = append(all, status)
		}
	}
	slices.Sort(all)
	if all = slices.Compact(all); slices.Equal(all, []string{deals.Lost, deals.Open, deals.Won}) {
		return nil
	}
	return all
}

type dealListV1 struct {
	listV1
	dealStatusV1
	UserID     value.Opt[int64] `query:"user_id" rule:"min=1"`
	StageID    value.Opt[int64] `query:"stage_id" rule:"min=1"`
	OwnedByYou bool             `query:"owned_by_you"`
}

// LegacyDeals are the routes of deals in v1.
type LegacyDeals struct {
	Deals
	Legacy
	Statistics statistics.Service
}

// Routes binds them.
func (h LegacyDeals) Routes() []Route {
	return []Route{
		Handle("GET /v1/deals", func(ctx context.Context, c Call, in dealListV1) (any, error) { return h.list(ctx, c, in, false) }).Lists(dealV1{}, ByOffset).Relates(),
		Handle("GET /v1/deals/archived", func(ctx context.Context, c Call, in dealListV1) (any, error) { return h.list(ctx, c, in, true) }).Lists(dealV1{}, ByOffset).Relates(),
		Handle("POST /v1/deals", h.create).naming(h.wrong).Returns(dealV1{}).Created().Relates(),
		Handle("DELETE /v1/deals", func(ctx context.Context, c Call, in severalIDs) (any, error) {
			return deleteEach(in.IDs, "Deal", func(id int64) error { return h.Deals.Deals.Delete(ctx, c.Actor, id) })
		}).Returns(deletedMany{}),
		Handle("GET /v1/deals/{id}", h.get).Returns(dealWholeV1{}).Adds(dropbox{}).Relates(),
		Handle("PUT /v1/deals/{id}", h.update).naming(h.wrong).Returns(dealV1{}).Relates(),
		Handle("DELETE /v1/deals/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Deals.Deals.Delete(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
	}
}

// customs are those that a body changes; of is the deal, 0 for a new one.
func (h LegacyDeals) customs(ctx context.Context, c Call, b flatBody, of int64) ([]change.Custom, fault.Fields, error) {
	return h.Flat.input(ctx, c, b, refOf(change.Deal, of)).customs(fields.Deal, customBody{LabelIDs: b.labels()})
}

// wrong names what is wrong in custom fields of an input in which something else is wrong already.
func (h LegacyDeals) wrong(ctx context.Context, c Call, in any) error {
	var bad fault.Fields
	var err error
	switch in := in.(type) {
	case dealCreateV1:
		_, bad, err = h.customs(ctx, c, in.flatBody, 0)
	case dealUpdateV1:
		_, bad, err = h.customs(ctx, c, in.flatBody, in.ID)
	}
	if err != nil {
		return err
	}
	return renamed(bad.Err(), dealNames)
}

var dealNames = map[string]string{"owner_id": "user_id", "label_ids": "label"}

func (h LegacyDeals) create(ctx context.Context, c Call, in dealCreateV1) (any, error) {
	input := in.input(in.Title, in.Status)
	input.AddTime = in.AddTime
	var err error
	if input.Custom, input.Wrong, err = h.customs(ctx, c, in.flatBody, 0); err != nil {
		return nil, err
	}
	d, err := h.Deals.Deals.Create(ctx, c.Actor, input)
	return h.one(ctx, c, d, http.StatusCreated, err)
}

func (h LegacyDeals) update(ctx context.Context, c Call, in dealUpdateV1) (any, error) {
	remove := in.Status.V == value.StatusDeleted
	if remove {
		in.Status = value.Opt[string]{}
	}
	input := in.input(in.Title, in.Status)
	var err error
	if input.Custom, input.Wrong, err = h.customs(ctx, c, in.flatBody, in.ID); err != nil {
		return nil, err
	}
	if remove && reflect.ValueOf(input).IsZero() {
		d, err := h.remove(ctx, c, in.ID)
		return h.one(ctx, c, d, http.StatusOK, err)
	}
	d, err := h.Deals.Deals.Update(ctx, c.Actor, in.ID, input)
	if err == nil && remove {
		d, err = h.remove(ctx, c, in.ID)
	}
	return h.one(ctx, c, d, http.StatusOK, err)
}

// remove deletes a deal and shows what is left of it.
func (h LegacyDeals) remove(ctx context.Context, c Call, id int64) (deals.Deal, error) {
	if err := h.Deals.Deals.Delete(ctx, c.Actor, id); err != nil {
		return deals.Deal{}, err
	}
	return h.Deals.Deals.Get(ctx, c.Actor, id)
}

func (h LegacyDeals) one(ctx context.Context, c Call, d deals.Deal, status int, err error) (any, error) {
	if err != nil {
		return nil, renamed(err, dealNames)
	}
	out, err := h.Flat.of(ctx, c, []any{d})
	if err != nil {
		return nil, err
	}
	return Answer{Status: status, Data: out.dealV1(d), Related: out.related()}, nil
}

func (h LegacyDeals) get(ctx context.Context, c Call, in byID) (any, error) {
	d, err := h.Deals.Deals.Get(ctx, c.Actor, in.ID)
	if err != nil {
		return nil, err
	}
	way, err := h.Statistics.Way(ctx, c.Actor, d.Fact())
	if err != nil {
		return nil, err
	}
	out, err := h.Flat.whole(ctx, c, d)
	if err != nil {
		return nil, err
	}
	w := out.dealV1(d)
	whole := dealWholeV1{w.ID, w.dealEnds, w.dealFlat, dealWayOut(way, d.AddTime), out.wholeEnds(d.Ref()), w.custom}
	return Answer{Data: whole, Additional: dropbox{*w.CCEmail}, Related: out.related()}, nil
}

func (h LegacyDeals) list(ctx context.Context, c Call, in dealListV1, archived bool) (any, error) {
	l, err := in.list()
	if err != nil {
		return nil, err
	}
	if in.OwnedByYou {
		in.UserID = value.Some(c.User)
	}
	link(&l, value.ByOwner, in.UserID)
	link(&l, value.ByStage, in.StageID)
	l.Statuses, l.Archived = in.statuses(), archived
	if err := in.apply(ctx, c, h.Filters, filters.Deals, &l); err != nil {
		return nil, err
	}
	return h.page(ctx, c, l, in.offsetPage)
}

// page answers a question about deals, whoever asks it.
func (h LegacyDeals) page(ctx context.Context, c Call, l value.List, p offsetPage) (any, error) {
	return legacyPage(ctx, c, h.Legacy, change.Deal, l, p, func(l value.List) (value.Page[deals.Deal], error) {
		return h.Deals.Deals.List(ctx, c.Actor, l)
	}, flatOut.dealV1)
}
