package imports

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// Makers make the records of rows, one method an entity: the rules of that entity, what is already there, and the change that
// follows. They commit nothing. What the row itself gets wrong is an Invalid fault.
type Makers interface {
	// Organization and Person are found when there are like ones, else made.
	Organization(ctx context.Context, o Organization) (Made, error)
	Person(ctx context.Context, p Person, organization int64) (Made, error)
	// A deal leads to the targets.
	Deal(ctx context.Context, d Deal, person, organization int64, t change.Targets) (Made, error)
	// Activity and Note show on the targets.
	Activity(ctx context.Context, a Activity, on change.Links, t change.Targets) (Made, error)
	Note(ctx context.Context, text string, on change.Links, t change.Targets) (Made, error)
}

// Made is a record that a row speaks of.
type Made struct {
	ID           int64
	New          bool
	Set          change.Set    // empty when nothing changes
	Check        *change.Check // of a person: the links that it was read with
	Organization int64         // of a person: its own, which may be another than the row's
}

// Records counts by entity.
type Records struct {
	Organizations, Persons, Deals, Activities, Notes int64
}

// Outcome is what became of one row: what it made, what it added to, or why it failed.
type Outcome struct {
	Row    int
	Time   time.Time
	Made   Records
	Merged Records // found instead of made
	Reason string
}

// assemble makes all records of a row, linked to each other, and the sets that write them.
func assemble(ctx context.Context, m Makers, a auth.Actor, row Row) (out Outcome, sets []change.Set, err error) {
	out.Row = row.Number
	var on change.Links
	t := change.Targets{Leads: map[change.Ref]change.Links{}}
	show := func(kind string, id int64) {
		if ref := change.Of(kind, id); id != 0 && !slices.Contains(t.Refs, ref) {
			t.Refs = append(t.Refs, ref)
		}
	}
	count := func(made Made, created, merged *int64) {
		if made.New {
			*created++
		} else {
			*merged++
		}
		made.Set.Team = a.Team
		sets = append(sets, made.Set)
	}
	var firm, who Made
	if row.Organization != nil {
		if firm, err = m.Organization(ctx, *row.Organization); err != nil {
			return out, nil, err
		}
		count(firm, &out.Made.Organizations, &out.Merged.Organizations)
		on.Organization = firm.ID
	}
	if row.Person != nil {
		if who, err = m.Person(ctx, *row.Person, firm.ID); err != nil {
			return out, nil, err
		}
		count(who, &out.Made.Persons, &out.Merged.Persons)
		if on.Persons = []int64{who.ID}; who.Check != nil {
			t.Checks = append(t.Checks, *who.Check)
		}
		t.Leads[change.Of(change.Person, who.ID)] = change.Links{Organization: who.Organization}
	}
	show(change.Person, who.ID)
	show(change.Organization, firm.ID)
	show(change.Organization, who.Organization)
	if row.Deal != nil {
		d, err := m.Deal(ctx, *row.Deal, who.ID, firm.ID, t)
		if err != nil {
			return out, nil, err
		}
		count(d, &out.Made.Deals, &out.Merged.Deals)
		on.Deal = d.ID
		show(change.Deal, d.ID)
	}
	if row.Activity != nil {
		n, err := m.Activity(ctx, *row.Activity, on, t)
		if err != nil {
			return out, nil, err
		}
		count(n, &out.Made.Activities, &out.Merged.Activities)
	}
	if row.Note != "" {
		n, err := m.Note(ctx, row.Note, on, t)
		if err != nil {
			return out, nil, err
		}
		count(n, &out.Made.Notes, &out.Merged.Notes)
	}
	return out, sets, nil
}

// inputs are the fields behind the names that entities give their inputs.
var inputs = map[string]Field{
	"emails": PersonEmail, "phones": PersonPhone, "first_name": PersonFirstName, "last_name": PersonLastName, "currency": DealCurrency,
	"stage": DealStage, "pipeline": DealPipeline, "status": DealStatus, "lost_reason": DealLostReason, "probability": DealProbability,
	"type": ActivityType, "due_date": ActivityDueDate, "due_time": ActivityDueTime, "content": NoteContent,
}

// reason is what a person reads about a row that failed, in the words of the file's headers.
func reason(err error, columns []Column) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err.Error()
	}
	var parts []string
	for _, field := range f.Fields {
		name := field.Name
		input, _, _ := strings.Cut(name, "[")
		if i := slices.IndexFunc(columns, func(c Column) bool { return c.Field == inputs[input] }); i >= 0 {
			name = columns[i].Header
		}
		if name != "" {
			name += ": "
		}
		if text := name + field.Message; !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 {
		parts = []string{f.Message}
	}
	return cut(strings.Join(parts, "; "), maxSaid)
}

// maxSaid bounds what a row can say about itself: all reasons of a chunk lie in one item.
const maxSaid = 500

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
