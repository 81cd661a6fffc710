package api

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/value"
	"github.com/lejek/lejek/shared/webhooks"
)

// Payloads write what webhooks say of changes (contract §5.1, §5.2). One lives as long as a batch of changes: what it read of a team
// it does not read again.
type Payloads struct {
	Flat      FlatRecords
	Fields    fields.Service
	Pipelines pipelines.Service
	Host      string // where records are seen
	Now       func() time.Time

	sheets map[string]fields.Sheet // by team and entity
}

var _ webhooks.Writer = &Payloads{}

// Event is what a change is. Users and types of activities are switched off instead of deleted; of a type that is as good.
func (p *Payloads) Event(c webhooks.Changed) (e webhooks.Event, ok bool) {
	e = webhooks.Event{Action: webhooks.Change, Object: c.Ref.Kind(), Merged: c.Merged != ""}
	switch was, is := c.Before == nil || gone(c.Before), gone(c.Now); {
	case was && is:
		return e, false
	case is:
		e.Action = webhooks.Delete
	case c.Before == nil:
		e.Action = webhooks.Create
	}
	return e, true
}

func gone(record any) bool {
	switch r := record.(type) {
	case deals.Deal:
		return r.Deleted
	case persons.Person:
		return r.Deleted
	case organizations.Organization:
		return r.Deleted
	case activities.Activity:
		return r.Deleted
	case notes.Note:
		return r.Deleted
	case pipelines.Pipeline:
		return r.Deleted
	case pipelines.Stage:
		return r.Deleted
	case activities.Type:
		return !r.Active
	}
	return false
}

// Write is what is said of a change.
func (p *Payloads) Write(ctx context.Context, c webhooks.Changed, e webhooks.Event, version string) (webhooks.Text, error) {
	if version == webhooks.V1 {
		return p.writeV1(ctx, c, e)
	}
	return p.writeV2(ctx, c, e)
}

// keys is an object whose keys are compared.
type keys map[string]json.RawMessage

func keysOf(v any) (k keys, err error) {
	text, err := marshal(v)
	if err != nil {
		return nil, err
	}
	return k, json.Unmarshal(text, &k)
}

// changedFrom are the keys that were another, as they were; of custom fields those among them.
func (k keys) changedFrom(before keys) (keys, error) {
	changed := keys{}
	for name, was := range before {
		if string(k[name]) == string(was) {
			continue
		}
		if changed[name] = was; name != "custom_fields" {
			continue
		}
		var is, had keys
		if err := json.Unmarshal(k[name], &is); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(was, &had); err != nil {
			return nil, err
		}
		part, err := is.changedFrom(had)
		if err != nil {
			return nil, err
		}
		if changed[name], err = marshal(part); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

// stamped is when a change was written: the stream knows the second, the record the millisecond, unless its author set its times.
func stamped(c webhooks.Changed) time.Time {
	if r, ok := c.Now.(interface{ Facets() value.Facets }); ok {
		if at := r.Facets().Updated; at.Sub(c.At).Abs() < 5*time.Second {
			return at
		}
	}
	return c.At
}

func (p *Payloads) sheet(ctx context.Context, team int64, entity string) (fields.Sheet, error) {
	name := strconv.FormatInt(team, 10) + entity
	if s, ok := p.sheets[name]; ok {
		return s, nil
	}
	s, err := p.Fields.Sheet(ctx, auth.Actor{Team: team}, entity)
	if err != nil {
		return s, err
	}
	if p.sheets == nil {
		p.sheets = map[string]fields.Sheet{}
	}
	p.sheets[name] = s
	return s, nil
}

func digits(n int64) string { return strconv.FormatInt(n, 10) }

// digitsOrNull is an id as text; null for none.
func digitsOrNull(n int64) *string {
	if n == 0 {
		return nil
	}
	text := digits(n)
	return &text
}

// mergedID is the number of the other record of a merge.
func mergedID(other change.Ref) string { return digits(other.ID()) }
