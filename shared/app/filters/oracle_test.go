package filters_test

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/value"
)

// The oracle answers filters by looking at every record, in a way of its own: numbers are floats, days and times are text, and a
// record is read through the table below.

// asked is a field as the oracle reads it: nil, float64, string (days and times of day too), []string, time.Time or [2]string.
type asked struct {
	object string
	id     int64
	kind   string // a row of the contract's table of operators
	part   string
	get    func(w *world, record any) any
}

// operators is the contract's table (§3.5).
var operators = map[string][]string{
	"number": {"=", "!=", ">", "<", ">=", "<=", "IS NULL", "IS NOT NULL"},
	"date":   {"=", "!=", ">", "<", ">=", "<=", "IS NULL", "IS NOT NULL"},
	"time":   {"=", "!=", ">", "<", ">=", "<=", "IS NULL", "IS NOT NULL"},
	"text": {
		"=", "!=", "LIKE '%$%'", "LIKE '$%'", "NOT LIKE '$%'", "IS NULL", "IS NOT NULL", "NOT LIKE '%$%'", "LIKE '%$'", "NOT LIKE '%$'",
	},
	"title":   {"=", "LIKE '%$%'", "LIKE '$%'", "NOT LIKE '$%'", "NOT LIKE '%$%'", "LIKE '%$'", "NOT LIKE '%$'"},
	"choice":  {"=", "!=", "IS NULL", "IS NOT NULL"},
	"user":    {"=", "!=", "IS NULL", "IS NOT NULL"},
	"set":     {"=", "!=", "contains", "not_contains", "IS NULL", "IS NOT NULL"},
	"fixed":   {"=", "!="},
	"stage":   {"=", "!=", "has_been"},
	"entered": {"=", "!=", ">", "<", ">=", "<="},
	"daterange": {
		"=", "!=", "<", "<=", ">", ">=", "ends_at", "does_not_end_at", "ends_before", "ends_e_before", "ends_after", "ends_e_after", "includes",
		"IS NULL", "IS NOT NULL",
	},
	"timerange": {
		"=", "!=", "<", "<=", ">", ">=", "ends_at", "does_not_end_at", "ends_before", "ends_e_before", "ends_after", "ends_e_after", "includes",
		"IS NULL", "IS NOT NULL",
	},
}

// plain takes pointers and types away.
func plain(v any) any {
	r := reflect.ValueOf(v)
	if !r.IsValid() || r.Kind() == reflect.Pointer && r.IsNil() {
		return nil
	}
	switch v := reflect.Indirect(r).Interface().(type) {
	case value.Decimal:
		f, _ := strconv.ParseFloat(string(v), 64)
		return f
	case int64:
		return float64(v)
	case value.Date:
		return string(v)
	case bool:
		return map[bool]string{true: "1", false: "0"}[v]
	default:
		return v
	}
}

func choice(id any) any {
	if f, ok := plain(id).(float64); ok {
		return []string{fmt.Sprint(f)}
	}
	if s, ok := plain(id).(string); ok {
		return []string{s}
	}
	return nil
}

func set(ids []int64, exists func(int64) bool) any {
	var list []string
	for _, id := range ids {
		if exists(id) {
			list = append(list, fmt.Sprint(id))
		}
	}
	if list == nil {
		return nil
	}
	return list
}

func details(list []persons.Detail) any {
	var texts []string
	for _, d := range list {
		texts = append(texts, d.Value)
	}
	if texts == nil {
		return nil
	}
	return texts
}

func place(a *value.Address, part string) any {
	if a == nil {
		return nil
	}
	return plain(map[string]*string{"": &a.Value, "formatted_address": &a.Value, "locality": a.Locality, "country": a.Country, "postal_code": a.PostalCode, "route": a.Route, "subpremise": nil}[part])
}

var addressParts = []string{"", "locality", "country", "postal_code", "route", "subpremise", "formatted_address"}

func (w *world) askable() (all []asked) {
	deal := func(id int64, kind string, get func(d deals.Deal) any) {
		all = append(all, asked{change.Deal, id, kind, "", func(_ *world, r any) any { return get(r.(deals.Deal)) }})
	}
	person := func(id int64, kind string, get func(p persons.Person) any) {
		all = append(all, asked{change.Person, id, kind, "", func(_ *world, r any) any { return get(r.(persons.Person)) }})
	}
	org := func(id int64, kind string, get func(o organizations.Organization) any) {
		all = append(all, asked{change.Organization, id, kind, "", func(_ *world, r any) any { return get(r.(organizations.Organization)) }})
	}
	act := func(id int64, kind string, get func(n activities.Activity) any) {
		all = append(all, asked{change.Activity, id, kind, "", func(_ *world, r any) any { return get(r.(activities.Activity)) }})
	}
	deal(1001, "number", func(d deals.Deal) any { return plain(d.ID) })
	deal(1002, "title", func(d deals.Deal) any { return d.Title })
	deal(1003, "user", func(d deals.Deal) any { return choice(d.CreatorUserID) })
	deal(1004, "user", func(d deals.Deal) any { return choice(d.OwnerID) })
	deal(1005, "number", func(d deals.Deal) any { return plain(d.Value) })
	all = append(all, asked{change.Deal, 1005, "fixed", "currency", func(_ *world, r any) any { return choice(r.(deals.Deal).Currency) }})
	deal(1006, "text", func(d deals.Deal) any { return d.Currency })
	deal(1008, "number", func(d deals.Deal) any { return plain(d.Probability) })
	deal(1009, "choice", func(d deals.Deal) any { return choice(d.OrganizationID) })
	deal(1010, "choice", func(d deals.Deal) any { return choice(d.PersonID) })
	deal(1011, "number", func(d deals.Deal) any { return plain(d.PipelineID) })
	deal(1012, "stage", func(d deals.Deal) any { return choice(d.StageID) })
	deal(1013, "fixed", func(d deals.Deal) any {
		if d.Deleted {
			return choice("deleted")
		}
		return choice(d.Status)
	})
	deal(1014, "set", func(d deals.Deal) any { return nil }) // a team's own options, of which there are none
	deal(1015, "date", func(d deals.Deal) any { return d.AddTime })
	deal(1016, "date", func(d deals.Deal) any { return d.UpdateTime })
	deal(1017, "date", func(d deals.Deal) any { return plain(d.StageChangeTime) })
	deal(1020, "date", func(d deals.Deal) any { return plain(d.WonTime) })
	deal(1021, "date", func(d deals.Deal) any { return plain(d.LostTime) })
	deal(1022, "date", func(d deals.Deal) any { return plain(d.CloseTime) })
	deal(1023, "date", func(d deals.Deal) any { return nil })
	deal(1025, "date", func(d deals.Deal) any { return plain(d.ExpectedCloseDate) })
	deal(1026, "date", func(d deals.Deal) any { return nil })
	deal(1027, "text", func(d deals.Deal) any { return plain(d.LostReason) })
	deal(1028, "fixed", func(d deals.Deal) any { return choice(d.VisibleTo) })
	deal(1032, "number", func(d deals.Deal) any { return 0.0 })
	deal(1039, "choice", func(d deals.Deal) any { return choice(d.Origin) })
	deal(1043, "choice", func(d deals.Deal) any { return choice("0") })
	deal(1048, "date", func(d deals.Deal) any { return plain(d.FirstWonTime) })
	count := func(id int64, counts func(n activities.Activity) bool) {
		all = append(all, asked{change.Deal, id, "number", "", func(w *world, r any) any { return float64(len(w.on(r, counts))) }})
	}
	count(1029, func(activities.Activity) bool { return true })
	count(1030, func(n activities.Activity) bool { return n.Done })
	count(1031, func(n activities.Activity) bool { return !n.Done })
	all = append(all, asked{change.Deal, 1018, "date", "", func(w *world, r any) any { // next activity
		var first any
		for _, n := range w.on(r, func(n activities.Activity) bool { return !n.Done && n.DueAt != nil }) {
			if at, ok := first.(time.Time); !ok || n.DueAt.Before(at) {
				first = *n.DueAt
			}
		}
		return first
	}})
	for stage := range int64(5) {
		all = append(all, asked{change.Deal, 1012, "entered", fmt.Sprint(stage + 1), func(_ *world, r any) any {
			if d := r.(deals.Deal); d.StageID == stage+1 {
				return d.AddTime
			}
			return nil
		}})
	}

	person(2001, "text", func(p persons.Person) any { return p.Name })
	person(2002, "set", func(p persons.Person) any { return set(p.LabelIDs, func(id int64) bool { return id <= 4 }) })
	person(2003, "text", func(p persons.Person) any { return details(p.Phones) })
	person(2004, "text", func(p persons.Person) any { return details(p.Emails) })
	person(2005, "text", func(p persons.Person) any { return plain(p.FirstName) })
	person(2006, "text", func(p persons.Person) any { return plain(p.LastName) })
	person(2007, "choice", func(p persons.Person) any { return choice(p.OrganizationID) })
	person(2008, "user", func(p persons.Person) any { return choice(p.OwnerID) })
	person(2021, "date", func(p persons.Person) any { return p.AddTime })
	person(2022, "date", func(p persons.Person) any { return p.UpdateTime })
	person(2023, "fixed", func(p persons.Person) any { return choice(p.VisibleTo) })
	person(2025, "number", func(p persons.Person) any { return plain(p.ID) })
	person(2026, "text", func(p persons.Person) any { return details(p.IM) })
	person(2028, "text", func(p persons.Person) any { return plain(p.Notes) })
	person(2029, "date", func(p persons.Person) any { return plain(p.Birthday) })
	person(2030, "text", func(p persons.Person) any { return plain(p.JobTitle) })

	org(3001, "text", func(o organizations.Organization) any { return o.Name })
	org(3002, "set", func(o organizations.Organization) any {
		return set(o.LabelIDs, func(id int64) bool { return id >= 5 && id <= 8 })
	})
	org(3004, "user", func(o organizations.Organization) any { return choice(o.OwnerID) })
	org(3006, "choice", func(o organizations.Organization) any {
		if o.Industry == nil || *o.Industry > 21 {
			return nil
		}
		return choice(o.Industry)
	})
	org(3007, "text", func(o organizations.Organization) any { return plain(o.Website) })
	org(3008, "text", func(o organizations.Organization) any { return plain(o.LinkedIn) })
	org(3009, "number", func(o organizations.Organization) any { return plain(o.AnnualRevenue) })
	org(3010, "number", func(o organizations.Organization) any { return plain(o.EmployeeCount) })
	org(3021, "date", func(o organizations.Organization) any { return o.AddTime })
	org(3023, "fixed", func(o organizations.Organization) any { return choice(o.VisibleTo) })

	act(4001, "number", func(n activities.Activity) any { return plain(n.ID) })
	act(4002, "choice", func(n activities.Activity) any { return choice(n.Type) })
	act(4003, "text", func(n activities.Activity) any { return n.Subject })
	act(4004, "user", func(n activities.Activity) any { return choice(n.OwnerID) })
	act(4005, "user", func(n activities.Activity) any { return choice(n.CreatorUserID) })
	act(4006, "choice", func(n activities.Activity) any { return choice(n.DealID) })
	act(4008, "choice", func(n activities.Activity) any {
		if len(n.Participants) == 0 {
			return nil
		}
		return choice(n.Participants[0].PersonID)
	})
	act(4009, "choice", func(n activities.Activity) any { return choice(n.OrganizationID) })
	act(4011, "date", func(n activities.Activity) any {
		if n.DueTime != nil {
			return *n.DueAt
		}
		return plain(n.DueDate)
	})
	act(4012, "time", func(n activities.Activity) any { return plain(n.DueTime) })
	act(4013, "time", func(n activities.Activity) any { return plain(n.Duration) })
	act(4014, "fixed", func(n activities.Activity) any { return choice(n.Busy) })
	act(4015, "fixed", func(n activities.Activity) any { return choice(n.Done) })
	act(4016, "date", func(n activities.Activity) any { return plain(n.DoneTime) })
	act(4017, "date", func(n activities.Activity) any { return n.AddTime })
	act(4020, "text", func(n activities.Activity) any { return plain(n.PublicDescription) })
	act(4021, "text", func(n activities.Activity) any { return plain(n.Note) })
	act(4022, "choice", func(n activities.Activity) any { return choice(n.Priority) })
	act(4023, "choice", func(n activities.Activity) any {
		var ids []string
		for _, p := range n.Participants {
			ids = append(ids, fmt.Sprint(p.PersonID))
		}
		if ids == nil {
			return nil
		}
		return ids
	})
	for _, part := range addressParts {
		all = append(all,
			asked{change.Person, 2027, "text", part, func(_ *world, r any) any { return place(r.(persons.Person).PostalAddress, part) }},
			asked{change.Organization, 3003, "text", part, func(_ *world, r any) any { return place(r.(organizations.Organization).Address, part) }},
			asked{change.Activity, 4019, "text", part, func(_ *world, r any) any { return place(r.(activities.Activity).Location, part) }},
		)
	}
	for object, list := range w.custom {
		for _, f := range list {
			all = append(all, customs(object, f)...)
		}
	}
	return all
}

// customs is a custom field with its parts.
func customs(object string, f fields.Own) []asked {
	of := func(r any) (value.Custom, bool) {
		var all map[int64]value.Custom
		switch r := r.(type) {
		case deals.Deal:
			all = r.Custom
		case persons.Person:
			all = r.Custom
		case organizations.Organization:
			all = r.Custom
		}
		c, ok := all[f.ID]
		return c, ok
	}
	one := func(kind, part string, get func(c value.Custom) any) asked {
		return asked{object, f.ID, kind, part, func(_ *world, r any) any {
			if c, ok := of(r); ok {
				return get(c)
			}
			return nil
		}}
	}
	switch f.Type {
	case fields.Double:
		return []asked{one("number", "", func(c value.Custom) any { return plain(c.Number) })}
	case fields.Monetary:
		return []asked{
			one("number", "", func(c value.Custom) any { return plain(c.Number) }),
			one("fixed", "currency", func(c value.Custom) any { return choice(c.Currency) }),
		}
	case fields.Date:
		return []asked{one("date", "", func(c value.Custom) any { return c.Text })}
	case fields.Time:
		return []asked{one("time", "", func(c value.Custom) any { return c.Text })}
	case fields.DateRange, fields.TimeRange:
		return []asked{one(string(f.Type), "", func(c value.Custom) any { return [2]string{c.Text, c.Until} })}
	case fields.Enum:
		return []asked{one("choice", "", func(c value.Custom) any {
			if c.ID == goneOption {
				return nil
			}
			return choice(c.ID)
		})}
	case fields.Set:
		return []asked{one("set", "", func(c value.Custom) any {
			return set(c.IDs, func(id int64) bool { return id != goneOption && id <= 5 })
		})}
	case fields.User:
		return []asked{one("user", "", func(c value.Custom) any { return choice(c.ID) })}
	case fields.Org, fields.People:
		return []asked{one("choice", "", func(c value.Custom) any { return choice(c.ID) })}
	case fields.Address:
		var all []asked
		for _, part := range addressParts {
			all = append(all, one("text", part, func(c value.Custom) any {
				if part == "formatted_address" && c.Formatted != nil {
					return *c.Formatted
				}
				return place(c.Address, part)
			}))
		}
		return all
	}
	return []asked{one("text", "", func(c value.Custom) any { return c.Text })}
}

// on are the activities of a deal that count.
func (w *world) on(deal any, counts func(activities.Activity) bool) (list []activities.Activity) {
	for _, n := range w.activities {
		if n.DealID != nil && *n.DealID == deal.(deals.Deal).ID && !n.Deleted && counts(n) {
			list = append(list, n)
		}
	}
	return list
}

// linked is the record that a condition on an object asks about; nil where there is none, or where it is deleted.
func (w *world) linked(row any, object string) any {
	var deal, person, org int64
	self := ""
	switch r := row.(type) {
	case deals.Deal:
		self, person, org = change.Deal, value.Deref(r.PersonID), value.Deref(r.OrganizationID)
	case persons.Person:
		self, org = change.Person, value.Deref(r.OrganizationID)
	case organizations.Organization:
		self = change.Organization
	case activities.Activity:
		self, deal, org = change.Activity, value.Deref(r.DealID), value.Deref(r.OrganizationID)
		if len(r.Participants) > 0 {
			person = r.Participants[0].PersonID
		}
	}
	switch {
	case object == self:
		return row
	case object == change.Deal && deal > 0 && deal <= int64(len(w.deals)) && !w.deals[deal-1].Deleted:
		return w.deals[deal-1]
	case object == change.Person && person > 0 && person <= int64(len(w.persons)) && !w.persons[person-1].Deleted:
		return w.persons[person-1]
	case object == change.Organization && org > 0 && org <= int64(len(w.organizations)) && !w.organizations[org-1].Deleted:
		return w.organizations[org-1]
	}
	return nil
}

// question is a condition and what it asks about.
type question struct {
	asked
	op, value string
}

func (q question) condition() condition {
	c := cond(q.object, q.id, q.op, q.value)
	if c["operator"] == "IS NULL" || c["operator"] == "IS NOT NULL" {
		c["value"] = nil
	}
	if q.part != "" {
		c["extra_value"] = q.part
	}
	return c
}

// holds looks at a row.
func (w *world) holds(q question, row any) bool {
	var v any
	if record := w.linked(row, q.object); record != nil {
		v = q.get(w, record)
	}
	switch q.op {
	case "IS NULL":
		return v == nil
	case "IS NOT NULL":
		return v != nil
	case "!=":
		return !w.compare(q.kind, "=", v, q.value)
	case "not_contains":
		return !w.compare(q.kind, "contains", v, q.value)
	case "does_not_end_at":
		return !w.compare(q.kind, "ends_at", v, q.value)
	}
	if positive, negated := strings.CutPrefix(q.op, "NOT "); negated {
		return !w.compare(q.kind, positive, v, q.value)
	}
	return w.compare(q.kind, q.op, v, q.value)
}

func (w *world) compare(kind, op string, v any, with string) bool {
	if v == nil {
		return false
	}
	switch kind {
	case "number":
		n, _ := strconv.ParseFloat(with, 64)
		f := v.(float64)
		return map[string]bool{"=": f == n, "<": f < n, "<=": f <= n, ">": f > n, ">=": f >= n}[op]
	case "date", "entered":
		from, to, _ := w.span(with)
		if at, ok := v.(time.Time); ok { // the day on which it is in the user's zone
			if with == "now" {
				now := w.app.Now()
				return map[string]bool{"=": at.Equal(now), "<": at.Before(now), "<=": !at.After(now), ">": at.After(now), ">=": !at.Before(now)}[op]
			}
			v = at.In(zone).Format(time.DateOnly)
		}
		return days(op, v.(string), from, to)
	case "time":
		if len(with) == 5 {
			with += ":00"
		}
		s := v.(string)
		return map[string]bool{"=": s == with, "<": s < with, "<=": s <= with, ">": s > with, ">=": s >= with}[op]
	case "daterange", "timerange":
		from, to := with, with+"~"
		if kind == "daterange" {
			from, to, _ = w.span(with)
		} else if len(with) == 5 {
			from, to = with+":00", with+":00~"
		}
		r := v.([2]string)
		switch op {
		case "includes":
			return (to == "" || r[0] < to) && (from == "" || r[1] >= from)
		case "ends_at":
			return days("=", r[1], from, to)
		case "ends_before":
			return days("<", r[1], from, to)
		case "ends_e_before":
			return days("<=", r[1], from, to)
		case "ends_after":
			return days(">", r[1], from, to)
		case "ends_e_after":
			return days(">=", r[1], from, to)
		}
		return days(op, r[0], from, to)
	case "text", "title":
		texts, ok := v.([]string)
		if !ok {
			texts = []string{v.(string)}
		}
		pattern := regexp.QuoteMeta(with)
		switch op {
		case "=", "LIKE '$%'":
			pattern = "^" + pattern
		}
		switch op {
		case "=", "LIKE '%$'":
			pattern += "$"
		}
		return slices.ContainsFunc(texts, regexp.MustCompile("(?is)"+pattern).MatchString)
	}
	var wanted []string
	for part := range strings.SplitSeq(with, ",") {
		if kind == "user" && part == "me" {
			part = fmt.Sprint(w.c.User.ID)
		}
		wanted = append(wanted, map[string]string{"true": "1", "false": "0"}[part]+strings.NewReplacer("true", "", "false", "").Replace(part))
	}
	has := slices.Sorted(slices.Values(v.([]string)))
	slices.Sort(wanted)
	if kind == "set" && op == "=" {
		return slices.Equal(has, slices.Compact(wanted))
	}
	for _, id := range wanted {
		if !slices.Contains(has, id) {
			return false
		}
	}
	return true
}

// days compares a day with a stretch of days, whose ends are open when "".
func days(op, day, from, to string) bool {
	before, after := from != "" && day < from, to != "" && day >= to
	return map[string]bool{"=": !before && !after, "<": before, "<=": !after, ">": after, ">=": !before}[op]
}

var relativeDates = []string{
	"last_quarter", "this_quarter", "last_month", "this_month", "next_month", "last_week", "this_week", "next_week", "6_months_ago", "3_months_ago",
	"1_months_ago", "3_weeks_ago", "1_week_ago", "yesterday", "before_today", "today", "now", "later_or_today", "before_tomorrow", "tomorrow",
	"later_or_tomorrow", "in_1_week", "in_3_weeks", "in_1_month", "in_6_months",
}

// span is the days from and before which a value means; now is Monday, 23 November 2026.
func (w *world) span(text string) (from, to string, ok bool) {
	on := func(y int, m time.Month, d int) string {
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	s, ok := map[string][2]string{
		"last_quarter": {on(2026, 7, 1), on(2026, 10, 1)}, "this_quarter": {on(2026, 10, 1), on(2027, 1, 1)}, "last_month": {on(2026, 10, 1), on(2026, 11, 1)},
		"this_month": {on(2026, 11, 1), on(2026, 12, 1)}, "next_month": {on(2026, 12, 1), on(2027, 1, 1)}, "last_week": {on(2026, 11, 16), on(2026, 11, 23)},
		"this_week": {on(2026, 11, 23), on(2026, 11, 30)}, "next_week": {on(2026, 11, 30), on(2026, 12, 7)}, "6_months_ago": {on(2026, 5, 23), on(2026, 5, 24)},
		"3_months_ago": {on(2026, 8, 23), on(2026, 8, 24)}, "1_months_ago": {on(2026, 10, 23), on(2026, 10, 24)}, "3_weeks_ago": {on(2026, 11, 2), on(2026, 11, 3)},
		"1_week_ago": {on(2026, 11, 16), on(2026, 11, 17)}, "yesterday": {on(2026, 11, 22), on(2026, 11, 23)}, "before_today": {"", on(2026, 11, 23)},
		"today": {on(2026, 11, 23), on(2026, 11, 24)}, "now": {on(2026, 11, 23), on(2026, 11, 24)}, "later_or_today": {on(2026, 11, 23), ""},
		"before_tomorrow": {"", on(2026, 11, 24)}, "tomorrow": {on(2026, 11, 24), on(2026, 11, 25)}, "later_or_tomorrow": {on(2026, 11, 24), ""},
		"in_1_week": {on(2026, 11, 30), on(2026, 12, 1)}, "in_3_weeks": {on(2026, 12, 14), on(2026, 12, 15)}, "in_1_month": {on(2026, 12, 23), on(2026, 12, 24)},
		"in_6_months": {on(2027, 5, 23), on(2027, 5, 24)},
	}[text]
	if ok {
		return s[0], s[1], true
	}
	return text, text + "~", true
}
