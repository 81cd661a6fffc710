package api

import (
	"context"
	"fmt"
	"slices"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/search"
	"github.com/lejek/lejek/shared/value"
)

// Results of a search (contract §2.6); those of one kind are only described, what is answered is the general form.
type (
	itemResults struct {
		Items   []itemResult  `json:"items"`
		Related *[]itemResult `json:"related_items,omitempty"` // only with search_for_related_items
	}
	itemResult struct {
		Score value.Decimal `json:"result_score"`
		Item  any           `json:"item"`
	}
	dealResults struct {
		Items []struct {
			Score value.Decimal `json:"result_score"`
			Item  foundDeal     `json:"item"`
		} `json:"items"`
	}
	personResults struct {
		Items []struct {
			Score value.Decimal `json:"result_score"`
			Item  foundPerson   `json:"item"`
		} `json:"items"`
	}
	organizationResults struct {
		Items []struct {
			Score value.Decimal     `json:"result_score"`
			Item  foundOrganization `json:"item"`
		} `json:"items"`
	}
)

type (
	foundDeal struct {
		ID           int64         `json:"id"`
		Type         string        `json:"type"`
		Title        string        `json:"title"`
		Value        value.Decimal `json:"value"`
		Currency     string        `json:"currency"`
		Status       string        `json:"status"`
		VisibleTo    int64         `json:"visible_to"`
		Owner        idWire        `json:"owner"`
		Stage        foundName     `json:"stage"`
		Pipeline     idWire        `json:"pipeline"`
		Person       *foundName    `json:"person"`
		Organization *foundCompany `json:"organization"`
		CustomFields []string      `json:"custom_fields"`
		Notes        []string      `json:"notes"`
		IsArchived   bool          `json:"is_archived"`
		CCEmail      *string       `json:"cc_email,omitempty"` // only with include_fields
	}
	foundPerson struct {
		ID           int64         `json:"id"`
		Type         string        `json:"type"`
		Name         string        `json:"name"`
		Phones       []string      `json:"phones"`
		Emails       []string      `json:"emails"`
		PrimaryEmail *string       `json:"primary_email"`
		VisibleTo    int64         `json:"visible_to"`
		Owner        idWire        `json:"owner"`
		Organization *foundCompany `json:"organization"`
		CustomFields []string      `json:"custom_fields"`
		Notes        []string      `json:"notes"`
		UpdateTime   *string       `json:"update_time"`
		Picture      *pictureWire  `json:"picture,omitempty"` // only with include_fields, if there is one
	}
	foundOrganization struct {
		ID           int64    `json:"id"`
		Type         string   `json:"type"`
		Name         string   `json:"name"`
		Address      *string  `json:"address"`
		VisibleTo    int64    `json:"visible_to"`
		Owner        idWire   `json:"owner"`
		CustomFields []string `json:"custom_fields"`
		Notes        []string `json:"notes"`
	}
	foundFile struct {
		ID           int64         `json:"id"`
		Type         string        `json:"type"`
		Name         string        `json:"name"`
		URL          string        `json:"url"`
		Deal         *foundTitle   `json:"deal,omitempty"`
		Person       *foundName    `json:"person,omitempty"`
		Organization *foundCompany `json:"organization,omitempty"`
	}
	idWire struct {
		ID int64 `json:"id"`
	}
	foundName struct {
		ID   int64   `json:"id"`
		Name *string `json:"name"`
	}
	foundTitle struct {
		ID    int64   `json:"id"`
		Title *string `json:"title"`
	}
	foundCompany struct {
		ID      int64   `json:"id"`
		Name    *string `json:"name"`
		Address *string `json:"address"`
	}
)

// fieldResult is one result of a search in a field: id and name of the record, and, under the field's own name, its value.
type fieldResult map[string]any

// JSONSchema is how it is written.
func (fieldResult) JSONSchema() string {
	return `{"type":"object","required":["id","name"],"properties":{"id":{"type":"integer"},"name":{"type":"string"}},"additionalProperties":{"type":"string"}}`
}

func fieldFound(field string, i search.FieldItem) fieldResult {
	ref := i.Record.(search.Record).Ref()
	w := fieldResult{field: i.Value, "id": ref.ID()}
	if name := (known{ref: i.Record}).name(ref); name != nil {
		w["name"] = *name
	}
	return w
}

// searchOut writes results with the names of what they refer to.
type searchOut struct {
	Call
	known
	mail     *filing               // for the addresses of deals; nil unless they are asked for
	pictures map[int64]pictureWire // of persons, likewise
}

// include reads what include_fields asks for beyond the results.
func (o *searchOut) include(ctx context.Context, h Search, items []search.Item, names []string) error {
	if slices.Contains(names, "deal.cc_email") {
		team, err := h.Companies.Team(ctx, o.Actor)
		if err != nil {
			return err
		}
		o.mail = &filing{team, h.MailDomain}
	}
	if slices.Contains(names, "person.picture") {
		o.pictures = map[int64]pictureWire{}
		for _, i := range items {
			if p, ok := i.Record.(persons.Person); ok && p.Picture != nil {
				urls, err := h.Pictures.URLs(ctx, *p.Picture)
				if err != nil {
					return err
				}
				o.pictures[p.ID] = pictureOut(p.ID, *p.Picture, urls)
			}
		}
	}
	return nil
}

func (o searchOut) item(i search.Item) itemResult {
	return itemResult{value.Decimal(fmt.Sprintf("%d.%03d", i.Score/1000, i.Score%1000)), o.record(i)}
}

func (o searchOut) record(i search.Item) any {
	switch r := i.Record.(type) {
	case deals.Deal:
		var address *string
		if o.mail != nil {
			of := o.mail.of(r.Ref())
			address = &of
		}
		return foundDeal{
			ID: r.ID, Type: i.Type, Title: r.Title, Value: r.Value, Currency: r.Currency, Status: r.Status, VisibleTo: r.VisibleTo,
			Owner: idWire{r.OwnerID}, Stage: foundName{r.StageID, o.nameOf("stage", &r.StageID)}, Pipeline: idWire{r.PipelineID},
			Person: o.person(r.PersonID), Organization: o.company(r.OrganizationID), CustomFields: i.Custom, Notes: i.Notes,
			IsArchived: r.Archived, CCEmail: address,
		}
	case persons.Person:
		var picture *pictureWire
		if p, ok := o.pictures[r.ID]; ok {
			picture = &p
		}
		return foundPerson{
			ID: r.ID, Type: i.Type, Name: r.Name, Phones: valuesOf(r.Phones), Emails: valuesOf(r.Emails), PrimaryEmail: value.NonZero(r.PrimaryEmail()),
			VisibleTo: r.VisibleTo, Owner: idWire{r.OwnerID}, Organization: o.company(r.OrganizationID), CustomFields: i.Custom, Notes: i.Notes,
			UpdateTime: seconds(&r.UpdateTime), Picture: picture,
		}
	case organizations.Organization:
		return foundOrganization{
			ID: r.ID, Type: i.Type, Name: r.Name, Address: addressLine(r.Address), VisibleTo: r.VisibleTo, Owner: idWire{r.OwnerID},
			CustomFields: i.Custom, Notes: i.Notes,
		}
	case files.File:
		f := r.Facets()
		w := foundFile{
			ID: r.ID, Type: i.Type, Name: r.Name, URL: fmt.Sprintf("%s/v1/files/%d/download", o.BaseURL, r.ID),
			Person: o.person(value.NonZero(f.Person)), Organization: o.company(value.NonZero(f.Organization)),
		}
		if r.DealID != nil {
			w.Deal = &foundTitle{*r.DealID, o.nameOf(change.Deal, r.DealID)}
		}
		return w
	}
	return nil
}

func valuesOf(list []persons.Detail) []string {
	return each(list, func(d persons.Detail) string { return d.Value })
}

func addressLine(a *value.Address) *string {
	if a == nil {
		return nil
	}
	return &a.Value
}

// person and company are what a record links to; null once that is gone.
func (o searchOut) person(id *int64) *foundName {
	if id == nil || o.nameOf(change.Person, id) == nil {
		return nil
	}
	return &foundName{*id, o.nameOf(change.Person, id)}
}

func (o searchOut) company(id *int64) *foundCompany {
	if id == nil {
		return nil
	}
	company, ok := o.organization(*id)
	if !ok {
		return nil
	}
	return &foundCompany{*id, &company.Name, addressLine(company.Address)}
}
