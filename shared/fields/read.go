package fields

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Limits of values (contract §2.8).
const (
	maxVarchar = 255
	maxText    = 65_000
	maxAddress = 1000
)

// Read turns what a client wrote into custom fields, by code, into changes; every wrong one is named. That what they point at
// exists is the record's to check, which knows what it pointed at before.
func (s Service) Read(ctx context.Context, a auth.Actor, sheet Sheet, written map[string]json.RawMessage) ([]change.Custom, fault.Fields, error) {
	var changes []change.Custom
	r := reader{ctx: ctx, service: s, actor: a}
	for _, code := range slices.Sorted(maps.Keys(written)) {
		r.code = code
		f, ok := sheet.ByCode(code)
		if !ok || !f.Custom() {
			r.wrong("", "is no custom field of this %s", sheet.Entity)
			continue
		}
		c := change.Custom{Field: f.ID, Code: code}
		if raw := written[code]; string(raw) != "null" {
			v := r.value(f, raw)
			v.Kind = f.Type.Target()
			c.Value = &v
		}
		changes = append(changes, c)
	}
	if len(r.bad) > 0 {
		changes = nil // what is wrong is never half written
	}
	return changes, r.bad, r.err
}

// reader reads the value of one field after another.
type reader struct {
	ctx     context.Context
	service Service
	actor   auth.Actor
	code    string // of the field that is read
	bad     fault.Fields
	err     error // of looking something up
	zone    string
}

// wrong names the field, or a part of it, in the way that all wrong inputs are named, and by its field_code (contract §1.2).
func (r *reader) wrong(part, format string, args ...any) {
	name := "custom_fields." + r.code
	if part != "" {
		name += "." + part
	}
	r.bad.Add(name, "%s (field_code: %s)", fmt.Sprintf(format, args...), r.code)
}

// value reads one that is not null, in the shape that its type has (contract §2.8).
func (r *reader) value(f Field, raw json.RawMessage) (v value.Custom) {
	switch f.Type {
	case Varchar, VarcharAuto, Phone:
		v.Text = r.text("", raw, maxVarchar)
	case Text:
		v.Text = r.text("", raw, maxText)
	case Double:
		v.Number = r.number("", raw, value.ParseExact)
	case Date:
		v.Text = r.date("", raw)
	case Enum:
		if v.ID = r.id("", raw); v.ID != 0 && !f.Options.Has(v.ID) {
			r.wrong("", "has no option %d", v.ID)
		}
	case Set:
		v.IDs = r.set(f, raw)
	case User, Org, People:
		v.ID = r.id("", raw)
	case Monetary:
		r.monetary(raw, &v)
	case DateRange:
		r.dateRange(raw, &v)
	case Time, TimeRange:
		r.time(f.Type, raw, &v)
	case Address:
		r.address(raw, &v)
	}
	return v
}

func (r *reader) text(part string, raw json.RawMessage, limit int) (s string) {
	if json.Unmarshal(raw, &s) != nil {
		r.wrong(part, "must be a string")
	} else if utf8.RuneCountInString(s) > limit {
		r.wrong(part, "must be at most %d characters", limit)
	}
	return s
}

func (r *reader) number(part string, raw json.RawMessage, parse func(string) (value.Decimal, error)) value.Decimal {
	n, err := parse(string(raw))
	if err != nil {
		r.wrong(part, "must be a number")
	}
	return n
}

func (r *reader) id(part string, raw json.RawMessage) int64 {
	digits := string(raw)
	if whole, zeros, ok := strings.Cut(digits, "."); ok && zeros != "" && strings.Trim(zeros, "0") == "" {
		digits = whole
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 1 {
		r.wrong(part, "must be the id of one, a whole number")
		return 0
	}
	return n
}

func (r *reader) date(part string, raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // what is no text is no date
	d, err := value.ParseDate(s)
	if err != nil {
		r.wrong(part, "must be a date, such as 2026-01-31")
	}
	return string(d)
}

func (r *reader) set(f Field, raw json.RawMessage) []int64 {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil || len(list) == 0 {
		r.wrong("", "must be a list of ids of options; null clears it")
		return nil
	}
	ids := make([]int64, len(list))
	for i, one := range list {
		if ids[i] = r.id("", one); ids[i] == 0 {
			return nil
		}
		if !f.Options.Has(ids[i]) {
			r.wrong("", "has no option %d", ids[i])
			return nil
		}
	}
	return value.Unique(ids)
}

func (r *reader) monetary(raw json.RawMessage, v *value.Custom) {
	parts, ok := r.object(raw, "value", "currency")
	if !ok || !r.has(parts, "value") || !r.has(parts, "currency") {
		return
	}
	v.Number = r.number("value", parts["value"], value.ParseDecimal)
	if v.Currency = r.text("currency", parts["currency"], 3); !r.service.Currency(v.Currency) {
		r.wrong("currency", "must be the code of a known currency, such as EUR")
	}
}

func (r *reader) dateRange(raw json.RawMessage, v *value.Custom) {
	parts, ok := r.object(raw, "value", "until")
	if !ok || !r.has(parts, "value") || !r.has(parts, "until") {
		return
	}
	v.Text, v.Until = r.date("value", parts["value"]), r.date("until", parts["until"])
	if v.Until != "" && v.Until < v.Text {
		r.wrong("until", "must not be before value")
	}
}

// time reads a time or a range of them, which may go over midnight. The zone is that of the user unless one is named.
func (r *reader) time(t Type, raw json.RawMessage, v *value.Custom) {
	names := []string{"value", "timezone_id", "timezone_name"}
	if t == TimeRange {
		names = append(names, "until")
	}
	parts, ok := r.object(raw, names...)
	if !ok || !r.has(parts, "value") || t == TimeRange && !r.has(parts, "until") {
		return
	}
	v.Text = r.clock("value", parts["value"])
	if t == TimeRange {
		v.Until = r.clock("until", parts["until"])
	}
	if raw := parts["timezone_id"]; given(raw) {
		v.ZoneID = r.id("timezone_id", raw)
	}
	if raw := parts["timezone_name"]; given(raw) {
		v.Zone = r.text("timezone_name", raw, 100)
		if _, err := time.LoadLocation(v.Zone); err != nil || v.Zone == "" || v.Zone == "Local" {
			r.wrong("timezone_name", "must be an IANA time zone, such as Europe/Warsaw")
		}
	}
	if v.ZoneID == 0 && v.Zone == "" {
		v.Zone = r.ownZone()
	}
}

// ownZone is where the user lives, looked up once.
func (r *reader) ownZone() string {
	if r.zone == "" && r.err == nil {
		zone, err := r.service.Users.UserZone(r.ctx, r.actor.Team, r.actor.User)
		if err != nil {
			r.err = fmt.Errorf("fields.Read: %w", err)
			return ""
		}
		r.zone = zone.String()
	}
	return r.zone
}

// clock reads HH:MM or HH:MM:SS.
func (r *reader) clock(part string, raw json.RawMessage) string {
	var s string
	_ = json.Unmarshal(raw, &s) // what is no text is no time
	for _, layout := range []string{time.TimeOnly, "15:04"} {
		if t, err := time.Parse(layout, s); err == nil && len(s) == len(layout) {
			return t.Format(time.TimeOnly)
		}
	}
	r.wrong(part, "must be a time, such as 09:30:00")
	return ""
}

// address reads an address; only its value must be given, and what is not is null from then on.
func (r *reader) address(raw json.RawMessage, v *value.Custom) {
	parts, ok := r.object(raw, append([]string{"value", "formatted_address"}, value.AddressParts...)...)
	if !ok || !r.has(parts, "value") {
		return
	}
	v.Address = &value.Address{Value: r.text("value", parts["value"], maxAddress)}
	part := func(name string, to **string, limit int) {
		if raw := parts[name]; given(raw) {
			s := r.text(name, raw, limit)
			*to = &s
		}
	}
	for _, name := range value.AddressParts {
		part(name, v.Address.Part(name), maxVarchar)
	}
	part("formatted_address", &v.Formatted, maxAddress)
}

// given reports a part that is there and not null.
func given(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

func (r *reader) has(parts map[string]json.RawMessage, name string) bool {
	if !given(parts[name]) {
		r.wrong(name, "must be given")
		return false
	}
	return true
}

// object reads an object of known parts.
func (r *reader) object(raw json.RawMessage, known ...string) (map[string]json.RawMessage, bool) {
	slices.Sort(known)
	var parts map[string]json.RawMessage
	if !bytes.HasPrefix(raw, []byte("{")) || json.Unmarshal(raw, &parts) != nil {
		r.wrong("", "must be an object with %s", strings.Join(known, ", "))
		return nil, false
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		if !slices.Contains(known, name) {
			r.wrong(name, "is not known; known are %s", strings.Join(known, ", "))
		}
	}
	return parts, true
}
