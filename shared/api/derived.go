package api

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/teams"
)

// What include_fields adds to records (contract §2.1–2.3). Every field is absent unless it is asked for; the names that a list
// takes are those of its fields.
type (
	derivedWire struct {
		NextActivityID   *nullable[int64] `json:"next_activity_id,omitempty"`
		LastActivityID   *nullable[int64] `json:"last_activity_id,omitempty"`
		Activities       *int64           `json:"activities_count,omitempty"`
		DoneActivities   *int64           `json:"done_activities_count,omitempty"`
		UndoneActivities *int64           `json:"undone_activities_count,omitempty"`
		Files            *int64           `json:"files_count,omitempty"`
		Notes            *int64           `json:"notes_count,omitempty"`
		Followers        *int64           `json:"followers_count,omitempty"`
		Mails            *int64           `json:"email_messages_count,omitempty"`
		SmartBcc         *string          `json:"smart_bcc_email,omitempty"`
	}
	mailTimes struct {
		LastIncoming *nullable[string] `json:"last_incoming_mail_time,omitempty"`
		LastOutgoing *nullable[string] `json:"last_outgoing_mail_time,omitempty"`
	}
	dealDerived struct {
		derivedWire
		mailTimes
		FirstWonTime *nullable[string] `json:"first_won_time,omitempty"`
		Products     *int64            `json:"products_count,omitempty"`
		Participants *int64            `json:"participants_count,omitempty"`
		SourceLeadID *nullable[string] `json:"source_lead_id,omitempty"`
	}
	dealCounts struct {
		Open          *int64 `json:"open_deals_count,omitempty"`
		RelatedOpen   *int64 `json:"related_open_deals_count,omitempty"`
		Closed        *int64 `json:"closed_deals_count,omitempty"`
		RelatedClosed *int64 `json:"related_closed_deals_count,omitempty"`
		Won           *int64 `json:"won_deals_count,omitempty"`
		RelatedWon    *int64 `json:"related_won_deals_count,omitempty"`
		Lost          *int64 `json:"lost_deals_count,omitempty"`
		RelatedLost   *int64 `json:"related_lost_deals_count,omitempty"`
	}
	personDerived struct {
		derivedWire
		mailTimes
		dealCounts
		ParticipantOpen   *int64            `json:"participant_open_deals_count,omitempty"`
		ParticipantClosed *int64            `json:"participant_closed_deals_count,omitempty"`
		MarketingStatus   *string           `json:"marketing_status,omitempty"`
		DOIStatus         *nullable[string] `json:"doi_status,omitempty"`
	}
	organizationDerived struct {
		derivedWire
		dealCounts
		People *int64 `json:"people_count,omitempty"`
	}
)

// nullable is a value that is null rather than absent once its field is asked for.
type nullable[T int64 | string] struct{ v *T }

func (o nullable[T]) MarshalJSON() ([]byte, error) { return json.Marshal(o.v) }

// JSONSchema is how it is written.
func (o nullable[T]) JSONSchema() string {
	if _, text := any(o.v).(*string); text {
		return `{"type":["string","null"]}`
	}
	return `{"type":["integer","null"]}`
}

// Summaries reads what is derived for records.
type Summaries interface {
	Summaries(ctx context.Context, team int64, of []change.Ref) (map[change.Ref]change.Summary, error)
}

// Derived reads what include_fields asks for.
type Derived struct {
	Summaries  Summaries
	Companies  Companies
	MailDomain string
}

// extras are what is derived for the records of one answer.
type extras struct {
	by   map[change.Ref]change.Summary
	mail filing
}

// filing are the addresses under which mail is filed with records.
type filing struct {
	team   teams.Team
	domain string
}

func (f filing) own() string              { return f.team.Address(f.domain) }
func (f filing) of(ref change.Ref) string { return f.team.AddressOf(ref, f.domain) }

// read takes a batch read for each hundred summaries, and the team's only where its address is asked for.
func (h Derived) read(ctx context.Context, c Call, fields []string, refs []change.Ref) (s extras, err error) {
	if slices.Contains(fields, "smart_bcc_email") {
		team, err := h.Companies.Team(ctx, c.Actor)
		if err != nil {
			return s, err
		}
		s.mail = filing{team, h.MailDomain}
	}
	s.by, err = h.Summaries.Summaries(ctx, c.Team, refs)
	return s, err
}

// personParts are the summaries that persons' fields are made of: their own, and, for what is related to them, that of the
// organization and what they have of it themselves.
func personParts(list []persons.Person, fields []string) (refs []change.Ref) {
	related := slices.ContainsFunc(fields, func(name string) bool { return strings.HasPrefix(name, "related_") })
	for _, p := range list {
		if refs = append(refs, p.Ref()); related {
			refs = append(refs, p.Related()...)
		}
	}
	return refs
}

func (s extras) record(ref change.Ref) derivedWire {
	sum, address := s.by[ref], s.mail.of(ref)
	count := func(names ...change.Number) *int64 {
		var n int64
		for _, name := range names {
			n += sum.Count(name)
		}
		return &n
	}
	return derivedWire{
		NextActivityID: &nullable[int64]{sum.NextActivityID}, LastActivityID: &nullable[int64]{sum.LastActivityID},
		Activities: count(change.DoneCount, change.UndoneCount), DoneActivities: count(change.DoneCount), UndoneActivities: count(change.UndoneCount),
		Files: count(change.FilesCount), Notes: count(change.NotesCount), Followers: count(change.FollowersCount), Mails: count(change.MailsCount),
		SmartBcc: &address,
	}
}

func (s extras) mailTimes(ref change.Ref) mailTimes {
	sum := s.by[ref]
	return mailTimes{&nullable[string]{seconds(sum.LastReceivedTime)}, &nullable[string]{seconds(sum.LastSentTime)}}
}

func (s extras) deal(d deals.Deal) dealDerived {
	var none int64
	part := int64(len(d.TakePart()))
	return dealDerived{
		derivedWire: s.record(d.Ref()), mailTimes: s.mailTimes(d.Ref()),
		FirstWonTime: &nullable[string]{seconds(d.FirstWonTime)}, Products: &none, Participants: &part, SourceLeadID: &nullable[string]{},
	}
}

// deals are those of a person or an organization, and those that are related to it.
func (s extras) deals(of change.Ref, related func(status string) int64) (w dealCounts) {
	var n, other [3]int64
	for i, status := range change.Statuses {
		n[i], other[i] = s.by[of].Count(change.DealsCount(status)), related(status)
	}
	closed, otherClosed := n[1]+n[2], other[1]+other[2] // those won and lost
	return dealCounts{&n[0], &other[0], &closed, &otherClosed, &n[1], &other[1], &n[2], &other[2]}
}

func (s extras) person(p persons.Person) personDerived {
	takesPart := func(status string) int64 { return s.by[p.Ref()].Count(change.ParticipantCount(status)) }
	open, closed := takesPart("open"), takesPart("won")+takesPart("lost")
	consent := "no_consent"
	return personDerived{
		derivedWire: s.record(p.Ref()), mailTimes: s.mailTimes(p.Ref()),
		dealCounts:      s.deals(p.Ref(), func(status string) int64 { return p.RelatedDeals(s.by, status) }),
		ParticipantOpen: &open, ParticipantClosed: &closed, MarketingStatus: &consent, DOIStatus: &nullable[string]{},
	}
}

func (s extras) organization(o organizations.Organization) organizationDerived {
	people := s.by[o.Ref()].Count(change.PeopleCount)
	related := func(status string) int64 { return s.by[o.Ref()].Count(change.RelatedCount(status)) }
	return organizationDerived{derivedWire: s.record(o.Ref()), dealCounts: s.deals(o.Ref(), related), People: &people}
}

// only keeps those fields that were asked for.
func only[T any](w T, fields []string) T {
	v := reflect.ValueOf(&w).Elem()
	for _, f := range reflect.VisibleFields(v.Type()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.Anonymous && !slices.Contains(fields, name) {
			v.FieldByIndex(f.Index).SetZero()
		}
	}
	return w
}
