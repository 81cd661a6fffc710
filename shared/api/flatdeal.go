package api

import (
	"context"
	"strconv"
	"time"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/currencies"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// flatDeal is a deal in the form that reports and actions of v1 have (contract §3.6). What is not counted or kept here is there
// and null.
type flatDeal struct {
	ID                     int64         `json:"id"`
	CreatorUserID          int64         `json:"creator_user_id"`
	UserID                 int64         `json:"user_id"`
	PersonID               *int64        `json:"person_id"`
	OrgID                  *int64        `json:"org_id"`
	StageID                int64         `json:"stage_id"`
	PipelineID             int64         `json:"pipeline_id"`
	Title                  string        `json:"title"`
	Value                  value.Decimal `json:"value"`
	Currency               string        `json:"currency"`
	AddTime                *string       `json:"add_time"`
	UpdateTime             *string       `json:"update_time"`
	StageChangeTime        *string       `json:"stage_change_time"`
	Active                 bool          `json:"active"`
	Deleted                bool          `json:"deleted"`
	IsArchived             bool          `json:"is_archived"`
	ArchiveTime            *string       `json:"archive_time"`
	Status                 string        `json:"status"`
	Probability            *int64        `json:"probability"`
	NextActivityDate       *value.Date   `json:"next_activity_date"`
	NextActivityTime       *string       `json:"next_activity_time"`
	NextActivityID         *int64        `json:"next_activity_id"`
	NextActivitySubject    *string       `json:"next_activity_subject"`
	NextActivityType       *string       `json:"next_activity_type"`
	NextActivityDuration   *string       `json:"next_activity_duration"`
	NextActivityNote       *string       `json:"next_activity_note"`
	LastActivityID         *int64        `json:"last_activity_id"`
	LastActivityDate       *value.Date   `json:"last_activity_date"`
	LostReason             *string       `json:"lost_reason"`
	VisibleTo              string        `json:"visible_to"`
	CloseTime              *string       `json:"close_time"`
	WonTime                *string       `json:"won_time"`
	FirstWonTime           *string       `json:"first_won_time"`
	LostTime               *string       `json:"lost_time"`
	ProductsCount          *int64        `json:"products_count"`
	FilesCount             *int64        `json:"files_count"`
	NotesCount             *int64        `json:"notes_count"`
	FollowersCount         *int64        `json:"followers_count"`
	EmailMessagesCount     *int64        `json:"email_messages_count"`
	ActivitiesCount        *int64        `json:"activities_count"`
	DoneActivitiesCount    *int64        `json:"done_activities_count"`
	UndoneActivitiesCount  *int64        `json:"undone_activities_count"`
	ParticipantsCount      *int64        `json:"participants_count"`
	ExpectedCloseDate      *value.Date   `json:"expected_close_date"`
	LastIncomingMailTime   *string       `json:"last_incoming_mail_time"`
	LastOutgoingMailTime   *string       `json:"last_outgoing_mail_time"`
	Label                  *string       `json:"label"`
	StageOrderNr           *int64        `json:"stage_order_nr"`
	PersonName             *string       `json:"person_name"`
	OrgName                *string       `json:"org_name"`
	OwnerName              *string       `json:"owner_name"`
	FormattedValue         string        `json:"formatted_value"`
	WeightedValue          value.Decimal `json:"weighted_value"`
	FormattedWeightedValue string        `json:"formatted_weighted_value"`
	WeightedValueCurrency  string        `json:"weighted_value_currency"`
	RottenTime             *string       `json:"rotten_time"`
	CCEmail                *string       `json:"cc_email"`
	OrgHidden              bool          `json:"org_hidden"`
	PersonHidden           bool          `json:"person_hidden"`
	Origin                 string        `json:"origin"`
	OriginID               *string       `json:"origin_id"`
	Channel                *int64        `json:"channel"`
	ChannelID              *string       `json:"channel_id"`
	SourceLeadID           *string       `json:"source_lead_id"`
	ACV                    *string       `json:"acv"`
	ARR                    *string       `json:"arr"`
	MRR                    *string       `json:"mrr"`
	Score                  *int64        `json:"score"`
	SequenceEnrollment     *struct{}     `json:"sequence_enrollment"`

	custom map[string]any // further keys
}

// FurtherKeys tells that custom fields are keys too.
func (flatDeal) FurtherKeys() {}

// MarshalJSON writes custom fields after all others.
func (w flatDeal) MarshalJSON() ([]byte, error) {
	type plain flatDeal
	return withKeys(plain(w), w.custom)
}

// FlatDeals reads deals with all that their flat form names.
type FlatDeals struct {
	Records    Records
	Fields     fields.Service
	Summaries  Summaries
	Companies  Companies
	MailDomain string
}

// read takes three rounds of batch reads, each of 100 records at a time: the deals, what is derived for them, what both name; and
// one read of the custom fields.
func (h FlatDeals) read(ctx context.Context, c Call, ids []int64) (map[int64]flatDeal, error) {
	refs := each(ids, func(id int64) change.Ref { return change.Of(change.Deal, id) })
	found, err := h.Records.GetAny(ctx, c.Team, refs)
	if err != nil {
		return nil, err
	}
	sums, err := h.Summaries.Summaries(ctx, c.Team, refs)
	if err != nil {
		return nil, err
	}
	var named []change.Ref
	for _, ref := range refs {
		if d, ok := found[ref].(deals.Deal); ok {
			named = append(named, flatNames(d, sums[ref])...)
		}
	}
	names, err := h.Records.GetAny(ctx, c.Team, named)
	if err != nil {
		return nil, err
	}
	team, err := h.Companies.Team(ctx, c.Actor)
	if err != nil {
		return nil, err
	}
	sheet, err := h.Fields.Sheet(ctx, c.Actor, fields.Deal)
	if err != nil {
		return nil, err
	}
	labels, _ := sheet.Labels()
	out := make(map[int64]flatDeal, len(found))
	for _, ref := range refs {
		if d, ok := found[ref].(deals.Deal); ok {
			w := flatOut(d, sums[ref], names, team.Zone())
			w.derived(extras{sums, team.InboundLocal, h.MailDomain}.deal(d))
			w.Label, w.custom = value.NonZero(value.JoinIDs(labels.Existing(d.LabelIDs))), flatCustom(sheet.Own(), d.Custom)
			out[d.ID] = w
		}
	}
	return out, nil
}

func flatNames(d deals.Deal, sum change.Summary) (refs []change.Ref) {
	for kind, id := range map[string]*int64{
		change.Person: d.PersonID, change.Organization: d.OrganizationID, teams.KindUser: &d.OwnerID, pipelines.KindStage: &d.StageID,
		change.Activity: sum.NextActivityID,
	} {
		if id != nil {
			refs = append(refs, change.Of(kind, *id))
		}
	}
	return refs
}

func flatOut(d deals.Deal, sum change.Summary, k known, zone *time.Location) flatDeal {
	w := flatDeal{
		ID: d.ID, CreatorUserID: d.CreatorUserID, UserID: d.OwnerID, PersonID: d.PersonID, OrgID: d.OrganizationID, StageID: d.StageID,
		PipelineID: d.PipelineID, Title: d.Title, Value: d.Value, Currency: d.Currency, AddTime: value.Stamp(&d.AddTime),
		UpdateTime: value.Stamp(&d.UpdateTime), StageChangeTime: value.Stamp(d.StageChangeTime), Active: d.Status == deals.Open && !d.Deleted,
		Deleted: d.Deleted, IsArchived: d.Archived, ArchiveTime: value.Stamp(d.ArchiveTime), Status: d.Status, Probability: d.Probability, NextActivityID: sum.NextActivityID, LastActivityID: sum.LastActivityID,
		LastActivityDate: localDate(sum.LastActivityTime, zone), LostReason: d.LostReason, VisibleTo: strconv.FormatInt(d.VisibleTo, 10),
		CloseTime: value.Stamp(d.CloseTime), WonTime: value.Stamp(d.WonTime), FirstWonTime: value.Stamp(d.FirstWonTime), LostTime: value.Stamp(d.LostTime),
		ExpectedCloseDate: d.ExpectedCloseDate, FormattedValue: currencies.Format(d.Currency, d.Value), WeightedValueCurrency: d.Currency, Origin: d.Origin,
		PersonName: k.nameOf(change.Person, d.PersonID), OrgName: k.nameOf(change.Organization, d.OrganizationID),
		OwnerName: k.nameOf(teams.KindUser, &d.OwnerID), LastIncomingMailTime: value.Stamp(sum.LastReceivedTime),
		LastOutgoingMailTime: value.Stamp(sum.LastSentTime),
	}
	percent := int64(100)
	if s, ok := lookup[pipelines.Stage](k, pipelines.KindStage, d.StageID); ok {
		percent, w.StageOrderNr = s.Probability, &s.Order
	}
	if d.Probability != nil {
		percent = *d.Probability
	}
	w.WeightedValue = d.Value.Times(percent).Percent()
	w.FormattedWeightedValue = currencies.Format(d.Currency, w.WeightedValue)
	if n, ok := lookup[activities.Activity](k, change.Activity, value.Deref(sum.NextActivityID)); ok {
		w.NextActivityDate, w.NextActivityTime, w.NextActivitySubject = n.DueDate, n.DueTime, &n.Subject
		w.NextActivityType, w.NextActivityDuration = &n.Type, n.Duration
		if n.Note != nil && len(*n.Note) <= maxFlatNote {
			w.NextActivityNote = n.Note
		}
	}
	return w
}

// derived takes over what v2 shows when it is asked for it.
func (w *flatDeal) derived(n dealDerived) {
	w.ProductsCount, w.FilesCount, w.NotesCount, w.FollowersCount, w.EmailMessagesCount = n.Products, n.Files, n.Notes, n.Followers, n.Mails
	w.ActivitiesCount, w.DoneActivitiesCount, w.UndoneActivitiesCount = n.Activities, n.DoneActivities, n.UndoneActivities
	w.ParticipantsCount, w.CCEmail = n.Participants, n.SmartBcc
}

// maxFlatNote is the longest note that is shown with another record; the activity itself has it whole.
const maxFlatNote = 2000
