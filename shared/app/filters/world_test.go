package filters_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/value"
)

// world is random records of every kind, with every field filled now and then, in a team's table.
type world struct {
	t      *testing.T
	app    *apptest.App
	c      *apptest.Client
	r      *rand.Rand
	custom map[string][]fields.Own // by object

	deals         []deals.Deal
	persons       []persons.Person
	organizations []organizations.Organization
	activities    []activities.Activity
}

// goneOption was an option of every enum and set.
const goneOption = 3

func newWorld(t *testing.T) *world {
	a := apptest.New(t)
	w := &world{t: t, app: a, c: a.NewTeam("Acme"), r: rand.New(rand.NewPCG(11, 12)), custom: map[string][]fields.Own{}}
	id := int64(10_001)
	for _, object := range []string{change.Deal, change.Person, change.Organization} {
		d := fields.Definitions{Entity: object}
		for _, kind := range fields.Creatable {
			own := fields.Own{ID: id, Code: fmt.Sprintf("%040x", id), Name: string(kind), Type: kind, AddTime: a.Now(), UpdateTime: a.Now(), CreatedBy: 1}
			if kind.HasOptions() {
				own.Options = &fields.Options{Last: 5, Count: 4, Gone: []int64{goneOption, goneOption}}
			}
			w.custom[object] = append(w.custom[object], own)
			d.Own = append(d.Own, &own)
			id++
		}
		w.put(d.Ref(), d)
	}
	for i := range int64(20) {
		w.organizations = append(w.organizations, w.organization(i+1))
	}
	for i := range int64(40) {
		w.persons = append(w.persons, w.person(i+1))
	}
	for i := range int64(120) {
		w.deals = append(w.deals, w.deal(i+1))
	}
	for i := range int64(90) {
		w.activities = append(w.activities, w.activity(i+1))
	}
	return w
}

func (w *world) put(ref change.Ref, v any) {
	set := change.Set{Team: w.c.Team.ID}
	set.Put(ref, v, 0)
	w.commit(set)
}

func (w *world) commit(set change.Set) {
	w.t.Helper()
	if err := w.app.DB.Commit(w.t.Context(), set); err != nil {
		w.t.Fatal(err)
	}
}

func pick[T any](w *world, from ...T) T { return from[w.r.IntN(len(from))] }

// maybe is a value, or none.
func maybe[T any](w *world, v T) *T {
	if w.r.IntN(3) == 0 {
		return nil
	}
	return &v
}

func (w *world) id(n int) int64 { return 1 + int64(w.r.IntN(n)) }

// instant is some time around now, often at the very ends of days of the user's zone.
func (w *world) instant() time.Time {
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, zone).AddDate(0, 0, w.r.IntN(401)-200)
	return day.Add(pick(w, 0, -time.Millisecond, time.Millisecond, time.Duration(w.r.IntN(86_400_000))*time.Millisecond)).UTC()
}

func (w *world) day() value.Date { return value.DateOf(w.instant(), time.UTC) }

func (w *world) clock() string {
	return fmt.Sprintf("%02d:%02d:%02d", w.r.IntN(24), 15*w.r.IntN(4), pick(w, 0, 0, 30))
}

func (w *world) text() string {
	return pick(w, "Ada", "ADA", "Łódź", "łódź", "adapter", "Navy of Łódź", "100%", "a_b", "ab", "x"+fmt.Sprint(w.r.IntN(30)))
}

func (w *world) number() value.Decimal {
	return pick(w, value.Decimal("0"), "0.1", "-5", "1000", "999.999999", value.Decimal(fmt.Sprint(w.r.IntN(50))))
}

func (w *world) address() value.Address {
	return value.Address{Value: w.text(), Locality: maybe(w, w.text()), Country: maybe(w, w.text()), PostalCode: maybe(w, w.text()), Route: maybe(w, w.text())}
}

func (w *world) labels() (ids []int64) {
	for id := range int64(6) {
		if w.r.IntN(3) == 0 {
			ids = append(ids, id+1)
		}
	}
	return ids
}

func (w *world) customOf(object string) map[int64]value.Custom {
	all := map[int64]value.Custom{}
	for _, f := range w.custom[object] {
		if w.r.IntN(3) == 0 {
			continue
		}
		var c value.Custom
		switch f.Type {
		case fields.Double:
			c.Number = w.number()
		case fields.Monetary:
			c.Number, c.Currency = w.number(), pick(w, "EUR", "PLN", "USD")
		case fields.Date:
			c.Text = string(w.day())
		case fields.DateRange:
			from := w.day()
			c.Text, c.Until = string(from), string(from.AddDays(w.r.IntN(60)))
		case fields.Time:
			c.Text, c.Zone = w.clock(), "Europe/Warsaw"
		case fields.TimeRange:
			c.Text, c.Until = w.clock(), w.clock()
		case fields.Enum:
			c.ID = w.id(5)
		case fields.Set:
			if c.IDs = w.labels(); len(c.IDs) == 0 {
				continue
			}
		case fields.Address:
			a := w.address()
			c.Address, c.Formatted = &a, maybe(w, w.text())
		case fields.Org, fields.People, fields.User:
			c.ID = w.id(5)
		default:
			c.Text = w.text()
		}
		all[f.ID] = c
	}
	return all
}

func (w *world) organization(id int64) organizations.Organization {
	address := w.address()
	o := organizations.Organization{
		ID: id, Name: w.text(), OwnerID: w.id(3), Address: maybe(w, address), Website: maybe(w, w.text()), LinkedIn: maybe(w, w.text()),
		Industry: maybe(w, w.id(25)), AnnualRevenue: maybe(w, w.id(50)), EmployeeCount: maybe(w, w.id(50)), AddTime: w.instant(), VisibleTo: pick[int64](w, 1, 3, 7),
		LabelIDs: w.labels(), Custom: w.customOf(change.Organization), Deleted: w.r.IntN(10) == 0,
	}
	o.UpdateTime = w.updated(o.Deleted)
	w.put(o.Ref(), o)
	return o
}

// updated is when a record was last written; deleted ones were so a moment ago, or they would have expired.
func (w *world) updated(deleted bool) time.Time {
	if deleted {
		return w.app.Now().Add(-time.Hour)
	}
	return w.instant()
}

func (w *world) person(id int64) persons.Person {
	address := w.address()
	details := func() (list []persons.Detail) {
		for range w.r.IntN(3) {
			list = append(list, persons.Detail{Value: w.text(), Label: "work", Primary: len(list) == 0})
		}
		return list
	}
	p := persons.Person{
		ID: id, Name: w.text(), FirstName: maybe(w, w.text()), LastName: maybe(w, w.text()), OwnerID: w.id(3), OrganizationID: maybe(w, w.id(24)),
		Emails: details(), Phones: details(), IM: details(), PostalAddress: maybe(w, address), Notes: maybe(w, w.text()), Birthday: maybe(w, w.day()),
		JobTitle: maybe(w, w.text()), AddTime: w.instant(), VisibleTo: pick[int64](w, 1, 3, 7), LabelIDs: w.labels(),
		Custom: w.customOf(change.Person), Deleted: w.r.IntN(10) == 0,
	}
	p.UpdateTime = w.updated(p.Deleted)
	w.put(p.Ref(), p)
	return p
}

func (w *world) deal(id int64) deals.Deal {
	d := deals.Deal{
		ID: id, Title: w.text(), CreatorUserID: w.id(3), OwnerID: w.id(3), PersonID: maybe(w, w.id(45)), OrganizationID: maybe(w, w.id(24)),
		PipelineID: w.id(2), StageID: w.id(5), Value: w.number(), Currency: pick(w, "EUR", "PLN"), AddTime: w.instant(), StageChangeTime: maybe(w, w.instant()),
		Status: pick(w, deals.Open, deals.Won, deals.Lost), Probability: maybe(w, w.id(100)), LostReason: maybe(w, w.text()), WonTime: maybe(w, w.instant()),
		LostTime: maybe(w, w.instant()), CloseTime: maybe(w, w.instant()), FirstWonTime: maybe(w, w.instant()), ExpectedCloseDate: maybe(w, w.day()),
		VisibleTo: pick[int64](w, 1, 3, 7), LabelIDs: w.labels(), Origin: pick(w, "API", "Import"), Custom: w.customOf(change.Deal), Deleted: w.r.IntN(10) == 0,
	}
	d.UpdateTime = w.updated(d.Deleted)
	w.put(d.Ref(), d)
	return d
}

func (w *world) activity(id int64) activities.Activity {
	address := w.address()
	n := activities.Activity{
		ID: id, Subject: w.text(), Type: pick(w, "call", "lunch", "task"), OwnerID: w.id(3), CreatorUserID: w.id(3), DealID: maybe(w, w.id(125)),
		OrganizationID: maybe(w, w.id(24)), DueDate: maybe(w, w.day()), Duration: maybe(w, w.clock()), Busy: w.r.IntN(2) == 0, Done: w.r.IntN(2) == 0,
		Location: maybe(w, address), PublicDescription: maybe(w, w.text()), Note: maybe(w, w.text()), Priority: maybe(w, w.id(3)), AddTime: w.instant(),
		Deleted: w.r.IntN(10) == 0,
	}
	for i := range w.r.IntN(3) {
		n.Participants = append(n.Participants, activities.Participant{PersonID: w.id(45), Primary: i == 0})
	}
	if n.UpdateTime = w.updated(n.Deleted); n.Done {
		n.DoneTime = maybe(w, w.instant())
	}
	if n.DueDate != nil {
		at, _ := time.ParseInLocation(time.DateOnly, string(*n.DueDate), zone)
		if n.DueTime = maybe(w, w.clock()); n.DueTime != nil {
			at, _ = time.Parse(time.DateTime, string(*n.DueDate)+" "+*n.DueTime)
		}
		at = at.UTC()
		n.DueAt = &at
	}
	var shown []change.Ref
	if n.DealID != nil {
		shown = append(shown, change.Of(change.Deal, *n.DealID))
	}
	w.commit(activities.Created(auth.Actor{Team: w.c.Team.ID, User: 1}, n, change.Targets{Refs: shown}))
	return n
}

var zone = func() *time.Location {
	z, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		panic(err)
	}
	return z
}()
