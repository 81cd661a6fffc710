package api

import (
	"strconv"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/currencies"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// flatDeal is a deal in the form that reports, actions and recents of v1 have (contract §3.6): links are numbers.
type flatDeal struct {
	ID int64 `json:"id"`
	dealNumbers
	dealFlat

	MergeWhatID *int64 `json:"merge_what_id,omitempty"` // after a merge

	custom map[string]any // further keys
}

// dealNumbers are a deal's links.
type dealNumbers struct {
	CreatorUserID int64  `json:"creator_user_id"`
	UserID        int64  `json:"user_id"`
	PersonID      *int64 `json:"person_id"`
	OrgID         *int64 `json:"org_id"`
}

// dealFlat is what all forms of a deal in v1 have. What is not kept here is there and null.
type dealFlat struct {
	StageID         int64         `json:"stage_id"`
	PipelineID      int64         `json:"pipeline_id"`
	Title           string        `json:"title"`
	Value           value.Decimal `json:"value"`
	Currency        string        `json:"currency"`
	AddTime         *string       `json:"add_time"`
	UpdateTime      *string       `json:"update_time"`
	StageChangeTime *string       `json:"stage_change_time"`
	Active          bool          `json:"active"`
	Deleted         bool          `json:"deleted"`
	IsArchived      bool          `json:"is_archived"`
	ArchiveTime     *string       `json:"archive_time"`
	Status          string        `json:"status"`
	Probability     *int64        `json:"probability"`
	activityEnds
	NextActivitySubject    *string        `json:"next_activity_subject"`
	NextActivityType       *string        `json:"next_activity_type"`
	NextActivityDuration   *string        `json:"next_activity_duration"`
	NextActivityNote       *string        `json:"next_activity_note"`
	LostReason             *string        `json:"lost_reason"`
	VisibleTo              string         `json:"visible_to"`
	CloseTime              *string        `json:"close_time"`
	WonTime                *string        `json:"won_time"`
	FirstWonTime           *string        `json:"first_won_time"`
	LostTime               *string        `json:"lost_time"`
	ProductsCount          *int64         `json:"products_count"`
	FilesCount             *int64         `json:"files_count"`
	NotesCount             *int64         `json:"notes_count"`
	FollowersCount         *int64         `json:"followers_count"`
	EmailMessagesCount     *int64         `json:"email_messages_count"`
	ActivitiesCount        *int64         `json:"activities_count"`
	DoneActivitiesCount    *int64         `json:"done_activities_count"`
	UndoneActivitiesCount  *int64         `json:"undone_activities_count"`
	ParticipantsCount      *int64         `json:"participants_count"`
	ExpectedCloseDate      *value.Date    `json:"expected_close_date"`
	LastIncomingMailTime   *string        `json:"last_incoming_mail_time"`
	LastOutgoingMailTime   *string        `json:"last_outgoing_mail_time"`
	Label                  *string        `json:"label"`
	StageOrderNr           *int64         `json:"stage_order_nr"`
	PersonName             *string        `json:"person_name"`
	OrgName                *string        `json:"org_name"`
	OwnerName              *string        `json:"owner_name"`
	FormattedValue         string         `json:"formatted_value"`
	WeightedValue          value.Decimal  `json:"weighted_value"`
	FormattedWeightedValue string         `json:"formatted_weighted_value"`
	WeightedValueCurrency  string         `json:"weighted_value_currency"`
	RottenTime             *string        `json:"rotten_time"`
	CCEmail                *string        `json:"cc_email"`
	OrgHidden              bool           `json:"org_hidden"`
	PersonHidden           bool           `json:"person_hidden"`
	Origin                 string         `json:"origin"`
	OriginID               *string        `json:"origin_id"`
	Channel                *int64         `json:"channel"`
	ChannelID              *string        `json:"channel_id"`
	SourceLeadID           *string        `json:"source_lead_id"`
	ACV                    *value.Decimal `json:"acv"`
	ACVCurrency            *string        `json:"acv_currency"`
	ARR                    *value.Decimal `json:"arr"`
	ARRCurrency            *string        `json:"arr_currency"`
	MRR                    *value.Decimal `json:"mrr"`
	MRRCurrency            *string        `json:"mrr_currency"`
	Score                  *int64         `json:"score"`
	SequenceEnrollment     *struct{}      `json:"sequence_enrollment"`
}

// FurtherKeys tells that custom fields are keys too.
func (flatDeal) FurtherKeys() {}

// MarshalJSON writes custom fields after all others.
func (w flatDeal) MarshalJSON() ([]byte, error) {
	type plain flatDeal
	return withKeys(plain(w), w.custom)
}

// flatDeal writes a deal with numbers for its links.
func (h flatOut) flatDeal(d deals.Deal) flatDeal {
	return flatDeal{
		ID: d.ID, dealNumbers: dealNumbers{d.CreatorUserID, d.OwnerID, d.PersonID, d.OrganizationID}, dealFlat: h.dealFlat(d),
		custom: flatCustom(h.sheets[fields.Deal].Own(), d.Custom, nil),
	}
}

func (h flatOut) dealFlat(d deals.Deal) dealFlat {
	sum, n := h.derived.by[d.Ref()], h.derived.deal(d)
	w := dealFlat{
		StageID: d.StageID, PipelineID: d.PipelineID, Title: d.Title, Value: d.Value, Currency: d.Currency, AddTime: value.Stamp(&d.AddTime),
		UpdateTime: value.Stamp(&d.UpdateTime), StageChangeTime: value.Stamp(d.StageChangeTime), Active: d.Status == deals.Open && !d.Deleted,
		Deleted: d.Deleted, IsArchived: d.Archived, ArchiveTime: value.Stamp(d.ArchiveTime), Status: d.Status, Probability: d.Probability,
		LostReason: d.LostReason, VisibleTo: strconv.FormatInt(d.VisibleTo, 10), CloseTime: value.Stamp(d.CloseTime),
		WonTime: value.Stamp(d.WonTime), FirstWonTime: value.Stamp(d.FirstWonTime), LostTime: value.Stamp(d.LostTime),
		ProductsCount: n.Products, FilesCount: n.Files, NotesCount: n.Notes, FollowersCount: n.Followers, EmailMessagesCount: n.Mails,
		ActivitiesCount: n.Activities, DoneActivitiesCount: n.DoneActivities, UndoneActivitiesCount: n.UndoneActivities,
		ParticipantsCount: n.Participants, ExpectedCloseDate: d.ExpectedCloseDate, LastIncomingMailTime: value.Stamp(sum.LastReceivedTime),
		LastOutgoingMailTime: value.Stamp(sum.LastSentTime), Label: value.NonZero(value.JoinIDs(h.labels(fields.Deal, d.LabelIDs))),
		PersonName: h.nameOf(change.Person, d.PersonID), OrgName: h.nameOf(change.Organization, d.OrganizationID),
		OwnerName: h.nameOf(teams.KindUser, &d.OwnerID), FormattedValue: currencies.Format(d.Currency, d.Value), WeightedValueCurrency: d.Currency,
		CCEmail: n.SmartBcc, Origin: d.Origin, activityEnds: h.ends(d.Ref()),
	}
	if d.Deleted {
		w.Status = value.StatusDeleted
	}
	percent := int64(100)
	if s, ok := lookup[pipelines.Stage](h.known, pipelines.KindStage, d.StageID); ok {
		percent, w.StageOrderNr = s.Probability, &s.Order
	}
	if d.Probability != nil {
		percent = *d.Probability
	}
	w.WeightedValue = d.Value.Times(percent).Percent()
	w.FormattedWeightedValue = currencies.Format(d.Currency, w.WeightedValue)
	if n, ok := lookup[activities.Activity](h.known, change.Activity, value.Deref(sum.NextActivityID)); ok {
		w.NextActivitySubject, w.NextActivityType, w.NextActivityDuration = &n.Subject, &n.Type, n.Duration
		if n.Note != nil && len(*n.Note) <= maxFlatNote {
			w.NextActivityNote = n.Note
		}
	}
	return w
}

// maxFlatNote is the longest note that is shown with another record; the activity itself has it whole.
const maxFlatNote = 2000
