package api

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/value"
)

// personV1 is a person in v1 (contract §4.1).
type personV1 struct {
	ID        int64               `json:"id"`
	CompanyID int64               `json:"company_id"`
	OwnerID   *nestedUser         `json:"owner_id"`
	OrgID     *nestedOrganization `json:"org_id"`
	personFlat

	custom map[string]any // further keys
}

// personFlat is what all forms of a person in v1 have.
type personFlat struct {
	Name      string  `json:"name"`
	FirstName *string `json:"first_name"`
	LastName  *string `json:"last_name"`
	countsV1
	ParticipantOpen   int64        `json:"participant_open_deals_count"`
	ParticipantClosed int64        `json:"participant_closed_deals_count"`
	ActiveFlag        bool         `json:"active_flag"`
	Phone             []detailWire `json:"phone"`
	Email             []detailWire `json:"email"`
	PrimaryEmail      *string      `json:"primary_email"`
	FirstChar         *string      `json:"first_char"`
	AddTime           *string      `json:"add_time"`
	UpdateTime        *string      `json:"update_time"`
	VisibleTo         string       `json:"visible_to"`
	PictureID         *pictureV1   `json:"picture_id"`
	activityEnds
	LastIncomingMailTime *string      `json:"last_incoming_mail_time"`
	LastOutgoingMailTime *string      `json:"last_outgoing_mail_time"`
	Label                *int64       `json:"label"`
	LabelIDs             []int64      `json:"label_ids"`
	OrgName              *string      `json:"org_name"`
	OwnerName            *string      `json:"owner_name"`
	CCEmail              string       `json:"cc_email"`
	IM                   []detailWire `json:"im"`
	PostalAddress        *string      `json:"postal_address"`
	Notes                *string      `json:"notes"`
	Birthday             *value.Date  `json:"birthday"`
	JobTitle             *string      `json:"job_title"`
}

// FurtherKeys tells that custom fields, and the parts of the postal address, are keys too.
func (personV1) FurtherKeys() {}

// MarshalJSON writes custom fields after all others.
func (w personV1) MarshalJSON() ([]byte, error) {
	type plain personV1
	return withKeys(plain(w), w.custom)
}

// pictureV1 is a picture where v1 nests it.
type pictureV1 struct {
	pictureWire
	Value int64 `json:"value"`
}

// countsV1 are the numbers that are kept beside a person or an organization.
type countsV1 struct {
	OpenDeals          *int64 `json:"open_deals_count"`
	RelatedOpenDeals   *int64 `json:"related_open_deals_count"`
	ClosedDeals        *int64 `json:"closed_deals_count"`
	RelatedClosedDeals *int64 `json:"related_closed_deals_count"`
	WonDeals           *int64 `json:"won_deals_count"`
	RelatedWonDeals    *int64 `json:"related_won_deals_count"`
	LostDeals          *int64 `json:"lost_deals_count"`
	RelatedLostDeals   *int64 `json:"related_lost_deals_count"`
	EmailMessages      *int64 `json:"email_messages_count"`
	Activities         *int64 `json:"activities_count"`
	DoneActivities     *int64 `json:"done_activities_count"`
	UndoneActivities   *int64 `json:"undone_activities_count"`
	Files              *int64 `json:"files_count"`
	Notes              *int64 `json:"notes_count"`
	Followers          *int64 `json:"followers_count"`
}

func countsOut(n derivedWire, d dealCounts) countsV1 {
	return countsV1{
		d.Open, d.RelatedOpen, d.Closed, d.RelatedClosed, d.Won, d.RelatedWon, d.Lost, d.RelatedLost, n.Mails, n.Activities, n.DoneActivities,
		n.UndoneActivities, n.Files, n.Notes, n.Followers,
	}
}

// personV1 writes a person with the records that it links to.
func (h flatOut) personV1(p persons.Person) personV1 {
	n, sum, labels := h.derived.person(p), h.derived.by[p.Ref()], h.labels(fields.Person, p.LabelIDs)
	w := personV1{
		ID: p.ID, CompanyID: h.Team, OwnerID: h.nestedUser(p.OwnerID), OrgID: h.nestedOrganization(p.OrganizationID),
		custom: flatCustom(h.sheets[fields.Person].Own(), p.Custom, h.nested),
		personFlat: personFlat{
			Name: p.Name, FirstName: p.FirstName, LastName: p.LastName, countsV1: countsOut(n.derivedWire, n.dealCounts),
			ParticipantOpen: *n.ParticipantOpen, ParticipantClosed: *n.ParticipantClosed, ActiveFlag: !p.Deleted, Phone: each(p.Phones, detailOut),
			Email: each(p.Emails, detailOut), PrimaryEmail: value.NonZero(p.PrimaryEmail()), FirstChar: firstChar(p.Name),
			AddTime: value.Stamp(&p.AddTime), UpdateTime: value.Stamp(&p.UpdateTime), VisibleTo: strconv.FormatInt(p.VisibleTo, 10),
			activityEnds: h.ends(p.Ref()), LastIncomingMailTime: value.Stamp(sum.LastReceivedTime),
			LastOutgoingMailTime: value.Stamp(sum.LastSentTime), Label: firstOf(labels), LabelIDs: labels, OwnerName: h.nameOf("user", &p.OwnerID),
			OrgName: h.nameOf("organization", p.OrganizationID), CCEmail: h.mail.of(p.Ref()), IM: each(p.IM, detailOut),
			PostalAddress: addressLine(p.PostalAddress), Notes: p.Notes, Birthday: p.Birthday, JobTitle: p.JobTitle,
		},
	}
	flatAddress(w.custom, "postal_address", p.PostalAddress)
	if pic, ok := h.pictures[p.ID]; ok {
		w.PictureID = &pic
	}
	return w
}

// firstChar is the letter that a name is filed under, in lower case; nil for a name of nothing but spaces.
func firstChar(name string) *string {
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if r == utf8.RuneError {
		return nil
	}
	letter := string(unicode.ToLower(r))
	return &letter
}

func firstOf(ids []int64) *int64 {
	if len(ids) == 0 {
		return nil
	}
	return &ids[0]
}
