package api

import (
	"strings"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// activityV1 is an activity in the form that flows still have (contract §4.1). Unset times are "", and what belongs to
// calendars, recurrence or other products is there and null.
type activityV1 struct {
	ID                 int64           `json:"id"`
	CompanyID          int64           `json:"company_id"`
	UserID             int64           `json:"user_id"`
	Done               bool            `json:"done"`
	Type               string          `json:"type"`
	TypeName           string          `json:"type_name"`
	DueDate            *value.Date     `json:"due_date"`
	DueTime            string          `json:"due_time"`
	Duration           string          `json:"duration"`
	BusyFlag           bool            `json:"busy_flag"`
	AddTime            *string         `json:"add_time"`
	UpdateTime         *string         `json:"update_time"`
	MarkedAsDoneTime   string          `json:"marked_as_done_time"`
	Subject            string          `json:"subject"`
	PublicDescription  *string         `json:"public_description"`
	Note               *string         `json:"note"`
	Location           *string         `json:"location"`
	Subpremise         *string         `json:"location_subpremise"`
	StreetNumber       *string         `json:"location_street_number"`
	Route              *string         `json:"location_route"`
	Sublocality        *string         `json:"location_sublocality"`
	Locality           *string         `json:"location_locality"`
	AdminAreaLevel1    *string         `json:"location_admin_area_level_1"`
	AdminAreaLevel2    *string         `json:"location_admin_area_level_2"`
	Country            *string         `json:"location_country"`
	PostalCode         *string         `json:"location_postal_code"`
	FormattedAddress   *string         `json:"location_formatted_address"`
	Latitude           *float64        `json:"location_lat"`
	Longitude          *float64        `json:"location_long"`
	OrgID              *int64          `json:"org_id"`
	PersonID           *int64          `json:"person_id"`
	DealID             *int64          `json:"deal_id"`
	LeadID             *string         `json:"lead_id"`
	ProjectID          *int64          `json:"project_id"`
	ActiveFlag         bool            `json:"active_flag"`
	UpdateUserID       *int64          `json:"update_user_id"`
	CreatedByUserID    int64           `json:"created_by_user_id"`
	AssignedToUserID   int64           `json:"assigned_to_user_id"`
	Participants       []participantV1 `json:"participants"`
	Attendees          []struct{}      `json:"attendees"`
	OrgName            *string         `json:"org_name"`
	PersonName         *string         `json:"person_name"`
	DealTitle          *string         `json:"deal_title"`
	LeadTitle          *string         `json:"lead_title"`
	OwnerName          *string         `json:"owner_name"`
	PersonDropboxBCC   string          `json:"person_dropbox_bcc"`
	DealDropboxBCC     string          `json:"deal_dropbox_bcc"`
	Private            bool            `json:"private"`
	Priority           *int64          `json:"priority"`
	IsRecurring        *bool           `json:"is_recurring"`
	RecRule            *string         `json:"rec_rule"`
	RecRuleExtension   *string         `json:"rec_rule_extension"`
	RecMasterID        *int64          `json:"rec_master_activity_id"`
	ReferenceType      *string         `json:"reference_type"`
	ReferenceID        *int64          `json:"reference_id"`
	MeetingClient      *string         `json:"conference_meeting_client"`
	MeetingURL         *string         `json:"conference_meeting_url"`
	MeetingID          *string         `json:"conference_meeting_id"`
	LastNotification   *string         `json:"last_notification_time"`
	LastNotifiedUser   *int64          `json:"last_notification_user_id"`
	NotificationLang   *int64          `json:"notification_language_id"`
	SourceTimezone     *string         `json:"source_timezone"`
	Series             []struct{}      `json:"series"`
	OriginalStartTime  *string         `json:"original_start_time"`
	CalendarSyncIncl   *string         `json:"calendar_sync_include_context"`
	GoogleCalendarID   *string         `json:"gcal_event_id"`
	GoogleCalendarETag *string         `json:"google_calendar_etag"`
	GoogleCalendar     *string         `json:"google_calendar_id"`
	File               *struct{}       `json:"file"`
}

type participantV1 struct {
	PersonID int64 `json:"person_id"`
	Primary  bool  `json:"primary_flag"`
}

func (h v1Out) activity(n activities.Activity) activityV1 {
	w := activityV1{
		ID: n.ID, CompanyID: h.Team, UserID: n.OwnerID, Done: n.Done, Type: n.Type, TypeName: h.types[n.Type], DueDate: n.DueDate,
		DueTime: minutes(n.DueTime), Duration: minutes(n.Duration), BusyFlag: n.Busy, AddTime: value.Stamp(&n.AddTime),
		UpdateTime: value.Stamp(&n.UpdateTime), MarkedAsDoneTime: value.Deref(value.Stamp(n.DoneTime)), Subject: n.Subject,
		PublicDescription: n.PublicDescription, Note: n.Note, OrgID: n.OrganizationID, DealID: n.DealID, ActiveFlag: !n.Deleted,
		CreatedByUserID: n.CreatorUserID, AssignedToUserID: n.OwnerID, Priority: n.Priority, Attendees: []struct{}{}, Series: []struct{}{},
		Participants: each(n.Participants, func(p activities.Participant) participantV1 { return participantV1(p) }),
		OrgName:      h.nameOf(change.Organization, n.OrganizationID), DealTitle: h.nameOf(change.Deal, n.DealID),
		OwnerName: h.name(change.Of("user", n.OwnerID)), DealDropboxBCC: h.mail.own(), PersonDropboxBCC: h.mail.own(),
	}
	if n.DealID != nil {
		w.DealDropboxBCC = h.mail.of(change.Of(change.Deal, *n.DealID))
	}
	if id := n.PersonID(); id != 0 {
		w.PersonDropboxBCC = h.mail.of(change.Of(change.Person, id))
		w.PersonID, w.PersonName = &id, h.name(change.Of(change.Person, id))
	}
	if n.UpdateUserID != 0 {
		w.UpdateUserID = &n.UpdateUserID
	}
	if l := n.Location; l != nil {
		w.Location, w.Subpremise, w.StreetNumber, w.Route, w.Sublocality = &l.Value, l.Subpremise, l.StreetNumber, l.Route, l.Sublocality
		w.Locality, w.AdminAreaLevel1, w.AdminAreaLevel2, w.Country = l.Locality, l.AdminAreaLevel1, l.AdminAreaLevel2, l.Country
		w.PostalCode = l.PostalCode
	}
	return w
}

// minutes is a time of day or a duration as v1 writes it, HH:MM; "" when unset.
func minutes(t *string) string {
	if t == nil {
		return ""
	}
	if i := strings.LastIndexByte(*t, ':'); strings.Count(*t, ":") == 2 {
		return (*t)[:i] // without the seconds; a duration may have a hundred hours
	}
	return *t
}
