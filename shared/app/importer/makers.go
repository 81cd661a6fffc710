package importer

import (
	"context"
	"html"
	"slices"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/currencies"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/imports"
	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// team is what the worker needs to know of teams.
type team struct{ app.Core }

var _ imports.Team = team{}

func (t team) FirstUser(ctx context.Context, id int64) (int64, error) {
	users, err := dynamo.Teams{DB: t.DB}.Users(ctx, id)
	if err != nil {
		return 0, err
	}
	if i := slices.IndexFunc(users, func(u teams.User) bool { return u.Active }); i >= 0 {
		return users[i].ID, nil
	}
	return 0, fault.Missing("User")
}

// Makers reads the team's settings: three reads for a whole chunk.
func (t team) Makers(ctx context.Context, a auth.Actor, rows int) (imports.Makers, error) {
	m := &makers{Core: t.Core, actor: a, ids: map[string]*block{}, rows: rows}
	var err error
	if m.user, err = (dynamo.Teams{DB: t.DB}).User(ctx, a.Team, a.User); err != nil {
		return nil, err
	}
	if m.board, err = t.Pipelines().Board(ctx, a); err != nil {
		return nil, err
	}
	m.types, err = t.Activities().Types(ctx, a)
	return m, err
}

// makers make the records of one chunk's rows by the rules of each entity.
type makers struct {
	app.Core
	actor auth.Actor
	user  teams.User
	board pipelines.Board
	types []activities.Type
	ids   map[string]*block
	rows  int
}

var _ imports.Makers = (*makers)(nil)

// block is a run of ids that was reserved at once.
type block struct{ next, left int64 }

// id gives the next id of a kind. The first block is as long as the chunk; what is not used is a gap.
func (m *makers) id(ctx context.Context, kind string) (int64, error) {
	b := m.ids[kind]
	if b == nil {
		b = &block{}
		m.ids[kind] = b
	}
	if b.left == 0 {
		n := m.rows
		if b.next != 0 {
			n = 10 // rows that were tried again
		}
		first, err := m.DB.NextIDs(ctx, m.actor.Team, kind, n)
		if err != nil {
			return 0, err
		}
		*b = block{first, int64(n)}
	}
	b.left--
	b.next++
	return b.next - 1, nil
}

func (m *makers) now() time.Time { return m.Now().UTC().Truncate(time.Millisecond) }

func (m *makers) Organization(ctx context.Context, o imports.Organization) (imports.Made, error) {
	in := organizations.Input{
		Name: value.Some(o.Name), Website: given(o.Website), LinkedIn: given(o.LinkedIn), EmployeeCount: optional(o.Employees),
		AnnualRevenue: optional(o.Revenue),
	}
	if o.Address != "" {
		in.Address = value.Some(value.Address{Value: o.Address})
	}
	made, set, err := m.Organizations().Reconcile(ctx, m.actor, in, func(ctx context.Context) (int64, error) { return m.id(ctx, change.Organization) })
	return imports.Made{ID: made.ID, New: made.Version == 0, Set: set}, err
}

func (m *makers) Person(ctx context.Context, p imports.Person, organization int64) (imports.Made, error) {
	in := persons.Input{
		Name: given(p.Name), FirstName: given(p.FirstName), LastName: given(p.LastName), JobTitle: given(p.JobTitle), Emails: details(p.Emails),
		Phones: details(p.Phones), OrganizationID: link(organization),
	}
	made, set, err := m.Persons().Reconcile(ctx, m.actor, in, func(ctx context.Context) (int64, error) { return m.id(ctx, change.Person) })
	return imports.Made{
		ID: made.ID, New: made.Version == 0, Set: set, Check: &change.Check{Ref: made.Ref(), Links: made.Links},
		Organization: value.Deref(made.OrganizationID),
	}, err
}

func (m *makers) Deal(ctx context.Context, d imports.Deal, person, organization int64, t change.Targets) (imports.Made, error) {
	if d.Currency != "" && !currencies.Known(d.Currency) {
		return imports.Made{}, fault.BadField("currency", "%q is not the code of a known currency, such as EUR", d.Currency)
	}
	pipeline, stage, err := m.place(d.Pipeline, d.Stage)
	if err != nil {
		return imports.Made{}, err
	}
	in := deals.Input{
		Title: value.Some(d.Title), PersonID: link(person), OrganizationID: link(organization), Currency: given(d.Currency),
		Status: given(d.Status), LostReason: given(d.LostReason), Value: optional(d.Value), Probability: optional(d.Probability),
		ExpectedCloseDate: optional(d.ExpectedClose),
	}
	if n := value.Deref(d.Probability); n < 0 || n > 100 {
		return imports.Made{}, fault.BadField("probability", "must be between 0 and 100")
	}
	in.PipelineID, in.StageID = value.Some(pipeline), value.Some(stage)
	if err := (deals.Deal{Status: deals.Open}).Check(in); err != nil {
		return imports.Made{}, err
	}
	id, err := m.id(ctx, change.Deal)
	if err != nil {
		return imports.Made{}, err
	}
	now := m.now()
	made := deals.New(m.actor, in, id, m.user.Currency, now)
	made.Origin = "Import"
	return imports.Made{ID: id, New: true, Set: deals.Created(m.actor, made, t, now)}, nil
}

// place finds a stage by its name: in the pipeline that is named too, else in the default one, else in the only one that has it.
func (m *makers) place(pipeline, stage string) (int64, int64, error) {
	same := func(a, b string) bool { return change.NormalText(a) == change.NormalText(b) }
	var in int64
	all := m.board.Ordered()
	if pipeline != "" {
		i := slices.IndexFunc(all, func(p pipelines.Pipeline) bool { return same(p.Name, pipeline) })
		if i < 0 {
			return 0, 0, fault.BadField("pipeline", "there is no pipeline %q", pipeline)
		}
		in, all = all[i].ID, all[i:i+1]
	}
	if stage == "" {
		return m.board.Place(in, 0)
	}
	var found []pipelines.Stage
	for i, p := range all {
		for _, s := range m.board.StagesOf(p.ID) {
			if same(s.Name, stage) {
				found = append(found, s)
			}
		}
		if i == 0 && len(found) > 0 {
			break
		}
	}
	switch {
	case len(found) == 0:
		return 0, 0, fault.BadField("stage", "there is no stage %q", stage)
	case slices.ContainsFunc(found, func(s pipelines.Stage) bool { return s.PipelineID != found[0].PipelineID }):
		return 0, 0, fault.BadField("stage", "several pipelines have a stage %q: name the pipeline", stage)
	}
	return found[0].PipelineID, found[0].ID, nil
}

func (m *makers) Activity(ctx context.Context, n imports.Activity, on change.Links, t change.Targets) (imports.Made, error) {
	in := activities.Input{
		Subject: given(n.Subject), DealID: link(on.Deal), OrganizationID: link(on.Organization), DueDate: optional(n.DueDate),
		DueTime: optional(n.DueTime), Done: value.Some(n.Done),
	}
	if n.Note != "" {
		in.Note = value.Some(markup(n.Note))
	}
	if len(on.Persons) > 0 {
		in.PersonID = link(on.Persons[0])
	}
	if n.Type != "" {
		i := slices.IndexFunc(m.types, func(t activities.Type) bool {
			return t.Active && (strings.EqualFold(t.Key, n.Type) || strings.EqualFold(t.Name, n.Type))
		})
		if i < 0 {
			return imports.Made{}, fault.BadField("type", "there is no activity type %q", n.Type)
		}
		in.Type = value.Some(m.types[i].Key)
	}
	if n.DueDate != nil && n.DueTime != nil { // people write the time of where they are
		if at, err := time.ParseInLocation(time.DateTime, string(*n.DueDate)+" "+*n.DueTime, m.user.Zone()); err == nil {
			in.DueDate = value.Some(value.DateOf(at, time.UTC))
			in.DueTime = value.Some(at.UTC().Format(time.TimeOnly))
		}
	}
	now := m.now()
	made, bad := activities.New(m.actor, in, 0, m.types, activities.Clock{Zone: m.user.Zone(), Lead: m.user.Lead()}, now)
	if err := bad.Err(); err != nil {
		return imports.Made{}, err
	}
	var err error
	if made.ID, err = m.id(ctx, change.Activity); err != nil {
		return imports.Made{}, err
	}
	return imports.Made{ID: made.ID, New: true, Set: activities.Created(m.actor, made, t)}, nil
}

func (m *makers) Note(ctx context.Context, text string, on change.Links, t change.Targets) (imports.Made, error) {
	in := notes.Input{Content: value.Some(markup(text)), DealID: link(on.Deal), OrganizationID: link(on.Organization)}
	if len(on.Persons) > 0 {
		in.PersonID = link(on.Persons[0])
	}
	made, bad := notes.New(m.actor, in, m.now())
	if err := bad.Err(); err != nil {
		return imports.Made{}, err
	}
	var err error
	if made.ID, err = m.id(ctx, change.Note); err != nil {
		return imports.Made{}, err
	}
	return imports.Made{ID: made.ID, New: true, Set: notes.Created(m.actor, made, t)}, nil
}

// markup is plain text as HTML.
func markup(text string) string { return strings.ReplaceAll(html.EscapeString(text), "\n", "<br>") }

func given(s string) (in value.Opt[string]) {
	if s != "" {
		in = value.Some(s)
	}
	return in
}

func optional[T any](p *T) (in value.Opt[T]) {
	if p != nil {
		in = value.Some(*p)
	}
	return in
}

func link(id int64) (in value.Opt[int64]) {
	if id != 0 {
		in = value.Some(id)
	}
	return in
}

func details(list []imports.Detail) (in value.Opt[[]persons.Detail]) {
	for _, d := range list {
		if !slices.ContainsFunc(in.V, func(h persons.Detail) bool { return h.Value == d.Value }) {
			in = value.Some(append(in.V, persons.Detail{Value: d.Value, Label: d.Label}))
		}
	}
	return in
}
