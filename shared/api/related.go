package api

import (
	"strconv"
	"strings"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// known are the records that an answer names, read together: what v1 writes beside an id comes from here.
type known map[change.Ref]any

func lookup[T any](k known, kind string, id int64) (T, bool) {
	v, ok := k[change.Of(kind, id)].(T)
	return v, ok
}

func (k known) deal(id int64) (deals.Deal, bool) { return lookup[deals.Deal](k, change.Deal, id) }
func (k known) person(id int64) (persons.Person, bool) {
	return lookup[persons.Person](k, change.Person, id)
}
func (k known) organization(id int64) (organizations.Organization, bool) {
	return lookup[organizations.Organization](k, change.Organization, id)
}
func (k known) user(id int64) (teams.User, bool) { return lookup[teams.User](k, teams.KindUser, id) }

// name is what a record is called; nil for what is not known.
func (k known) name(ref change.Ref) *string {
	switch r := k[ref].(type) {
	case deals.Deal:
		return &r.Title
	case persons.Person:
		return &r.Name
	case organizations.Organization:
		return &r.Name
	case teams.User:
		return &r.Name
	case pipelines.Stage:
		return &r.Name
	case pipelines.Pipeline:
		return &r.Name
	}
	return nil
}

func (k known) nameOf(kind string, id *int64) *string {
	if id == nil {
		return nil
	}
	return k.name(change.Of(kind, *id))
}

// The short forms of related_objects (contract §4.1).
type (
	relatedUser struct {
		ID         int64   `json:"id"`
		Name       string  `json:"name"`
		Email      string  `json:"email"`
		HasPic     int     `json:"has_pic"`
		PicHash    *string `json:"pic_hash"`
		ActiveFlag bool    `json:"active_flag"`
	}
	relatedPerson struct {
		ActiveFlag bool         `json:"active_flag"`
		ID         int64        `json:"id"`
		Name       string       `json:"name"`
		Email      []detailWire `json:"email"`
		Phone      []detailWire `json:"phone"`
		OwnerID    int64        `json:"owner_id"`
	}
	// relatedOrganization has its people counted only where summaries are read anyway.
	relatedOrganization struct {
		ID          int64   `json:"id"`
		Name        string  `json:"name"`
		PeopleCount *int64  `json:"people_count,omitempty"`
		OwnerID     int64   `json:"owner_id"`
		Address     *string `json:"address"`
		ActiveFlag  bool    `json:"active_flag"`
		CCEmail     string  `json:"cc_email"`
	}
	relatedDeal struct {
		ID         int64         `json:"id"`
		Title      string        `json:"title"`
		Status     string        `json:"status"`
		Value      value.Decimal `json:"value"`
		Currency   string        `json:"currency"`
		StageID    int64         `json:"stage_id"`
		PipelineID int64         `json:"pipeline_id"`
	}
	relatedStage struct {
		ID              int64   `json:"id"`
		OrderNr         int64   `json:"order_nr"`
		Name            string  `json:"name"`
		ActiveFlag      bool    `json:"active_flag"`
		DealProbability int64   `json:"deal_probability"`
		PipelineID      int64   `json:"pipeline_id"`
		RottenFlag      bool    `json:"rotten_flag"`
		RottenDays      *int64  `json:"rotten_days"`
		AddTime         *string `json:"add_time"`
		UpdateTime      *string `json:"update_time"`
	}
	relatedPipeline struct {
		ID              int64   `json:"id"`
		Name            string  `json:"name"`
		URLTitle        string  `json:"url_title"`
		OrderNr         int64   `json:"order_nr"`
		Active          bool    `json:"active"`
		DealProbability bool    `json:"deal_probability"`
		AddTime         *string `json:"add_time"`
		UpdateTime      *string `json:"update_time"`
	}
)

func relatedOrganizationOut(o organizations.Organization, mail filing) relatedOrganization {
	out := relatedOrganization{ID: o.ID, Name: o.Name, OwnerID: o.OwnerID, ActiveFlag: !o.Deleted, CCEmail: mail.of(o.Ref())}
	if o.Address != nil {
		out.Address = &o.Address.Value
	}
	return out
}

func relatedStageOut(s pipelines.Stage) relatedStage {
	return relatedStage{
		s.ID, s.Order, s.Name, !s.Deleted, s.Probability, s.PipelineID, s.RotEnabled, s.DaysToRotten, value.Stamp(&s.AddTime), value.Stamp(&s.UpdateTime),
	}
}

func relatedPipelineOut(p pipelines.Pipeline) relatedPipeline {
	return relatedPipeline{
		p.ID, p.Name, strings.ReplaceAll(p.Name, " ", "-"), p.Order, !p.Deleted, p.ProbabilityEnabled, value.Stamp(&p.AddTime), value.Stamp(&p.UpdateTime),
	}
}

// related are all that is known, as v1 lists it beside the data.
func (k known) related(mail filing) map[string]any {
	users, people, companies, trade := map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}
	stages, boards := map[string]any{}, map[string]any{}
	for ref, record := range k {
		id := strconv.FormatInt(ref.ID(), 10)
		switch r := record.(type) {
		case teams.User:
			users[id] = relatedUser{ID: r.ID, Name: r.Name, Email: r.Email, ActiveFlag: r.Active}
		case persons.Person:
			people[id] = relatedPerson{
				ActiveFlag: !r.Deleted, ID: r.ID, Name: r.Name, Email: each(r.Emails, detailOut), Phone: each(r.Phones, detailOut), OwnerID: r.OwnerID,
			}
		case organizations.Organization:
			companies[id] = relatedOrganizationOut(r, mail)
		case deals.Deal:
			trade[id] = relatedDeal{
				ID: r.ID, Title: r.Title, Status: r.Status, Value: r.Value, Currency: r.Currency, StageID: r.StageID, PipelineID: r.PipelineID,
			}
		case pipelines.Stage:
			stages[id] = relatedStageOut(r)
		case pipelines.Pipeline:
			boards[id] = relatedPipelineOut(r)
		}
	}
	all := map[string]any{"user": users, "person": people, "organization": companies, "deal": trade}
	if len(stages)+len(boards) > 0 {
		all["stage"], all["pipeline"] = stages, boards
	}
	return all
}
