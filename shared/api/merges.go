package api

import (
	"context"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/value"
)

// mergeInput names two records: that of the path is absorbed by the other one, which stays (contract §3.7).
type mergeInput struct {
	byID
	With value.Opt[int64] `json:"merge_with_id" rule:"required,min=1"`
}

// codesOf are what the change log calls an entity's custom fields.
func codesOf(ctx context.Context, c Call, f fields.Service, entity string) (map[int64]string, error) {
	sheet, err := f.Sheet(ctx, c.Actor, entity)
	codes := map[int64]string{}
	for _, own := range sheet.Own() {
		codes[own.ID] = own.Code
	}
	return codes, err
}

func (h DealActions) merge(ctx context.Context, c Call, in mergeInput) (any, error) {
	codes, err := codesOf(ctx, c, h.Flat.Fields, fields.Deal)
	if err != nil {
		return nil, err
	}
	if err := h.Deals.Merge(ctx, c.Actor, in.ID, in.With.V, codes); err != nil {
		return nil, err
	}
	flat, err := h.Flat.flat(ctx, c, []int64{in.With.V})
	w, ok := flat[in.With.V]
	if err == nil && !ok {
		err = fault.Missing("Deal")
	}
	w.MergeWhatID = &in.ID
	return w, err
}

// mergedPerson is what a merge of persons answers: the survivor, whose links are numbers here, and whom it absorbed.
type mergedPerson struct {
	ID        int64  `json:"id"`
	CompanyID int64  `json:"company_id"`
	OwnerID   int64  `json:"owner_id"`
	OrgID     *int64 `json:"org_id"`
	personFlat
	MergeWhatID int64 `json:"merge_what_id"`

	custom map[string]any // further keys
}

// FurtherKeys tells that custom fields are keys too.
func (mergedPerson) FurtherKeys() {}

// MarshalJSON writes custom fields after all others.
func (w mergedPerson) MarshalJSON() ([]byte, error) {
	type plain mergedPerson
	return withKeys(plain(w), w.custom)
}

// PersonMerges and OrganizationMerges are the routes that merge records of those kinds.
type (
	PersonMerges struct {
		Persons persons.Service
		Flat    FlatRecords
	}
	OrganizationMerges struct {
		Organizations organizations.Service
		Fields        fields.Service
	}
)

// Routes binds them.
func (h PersonMerges) Routes() []Route {
	return []Route{Handle("PUT /v1/persons/{id}/merge", h.merge).Returns(mergedPerson{})}
}

func (h PersonMerges) merge(ctx context.Context, c Call, in mergeInput) (any, error) {
	codes, err := codesOf(ctx, c, h.Flat.Fields, fields.Person)
	if err != nil {
		return nil, err
	}
	if err := h.Persons.Merge(ctx, c.Actor, in.ID, in.With.V, codes); err != nil {
		return nil, err
	}
	p, err := h.Persons.Get(ctx, c.Actor, in.With.V)
	if err != nil {
		return nil, err
	}
	out, err := h.Flat.of(ctx, c, []any{p})
	w := out.personV1(p)
	return mergedPerson{p.ID, c.Team, p.OwnerID, p.OrganizationID, w.personFlat, in.ID, w.custom}, err
}

// Routes binds them.
func (h OrganizationMerges) Routes() []Route {
	return []Route{Handle("PUT /v1/organizations/{id}/merge", func(ctx context.Context, c Call, in mergeInput) (any, error) {
		codes, err := codesOf(ctx, c, h.Fields, fields.Organization)
		if err != nil {
			return nil, err
		}
		return deleted{in.With.V}, h.Organizations.Merge(ctx, c.Actor, in.ID, in.With.V, codes)
	}).Returns(deleted{})}
}
