package fields_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

type object = map[string]any

var records = map[string]struct{ fields, path, name string }{
	"deal":         {"/api/v2/dealFields", "/api/v2/deals", "title"},
	"person":       {"/api/v2/personFields", "/api/v2/persons", "name"},
	"organization": {"/api/v2/organizationFields", "/api/v2/organizations", "name"},
}

// makeField makes a custom field and returns its code.
func makeField(c *apptest.Client, entity, fieldType string, options ...string) string {
	body := object{"field_name": "Own " + fieldType, "field_type": fieldType}
	if len(options) > 0 {
		list := []any{}
		for _, o := range options {
			list = append(list, object{"label": o})
		}
		body["options"] = list
	}
	return c.Must("POST", records[entity].fields, body).Data()["field_code"].(string)
}

func text(r *rand.Rand, limit int) string {
	letters := []rune("aZ0 \"\\\n<ł漢👩‍👩‍👧é;/")
	var b strings.Builder
	for range r.IntN(limit + 1) {
		b.WriteRune(letters[r.IntN(len(letters))])
	}
	return b.String()
}

func date(r *rand.Rand, year int) string {
	return fmt.Sprintf("%04d-%02d-%02d", year, 1+r.IntN(12), 1+r.IntN(28))
}

func clock(r *rand.Rand) string {
	return fmt.Sprintf("%02d:%02d:%02d", r.IntN(24), r.IntN(60), r.IntN(60))
}

// generators make a random value of each type, in the form in which it must come back.
func generators(c *apptest.Client) map[string]func(*rand.Rand) any {
	person := c.Must("POST", "/api/v2/persons", object{"name": "Referred"}).Data()["id"]
	org := c.Must("POST", "/api/v2/organizations", object{"name": "Referred"}).Data()["id"]
	amount := func(r *rand.Rand, places int) json.Number {
		return json.Number(fmt.Sprintf("%d.%0*d1", r.IntN(1e6)-5e5, places-1, r.IntN(10)))
	}
	zoned := func(r *rand.Rand, v object) object {
		v["timezone_id"], v["timezone_name"] = nil, "Europe/Warsaw" // the user's own
		if r.IntN(2) == 0 {
			v["timezone_id"], v["timezone_name"] = 1+r.IntN(500), []any{nil, "America/New_York"}[r.IntN(2)]
		}
		return v
	}
	return map[string]func(*rand.Rand) any{
		"varchar":      func(r *rand.Rand) any { return text(r, 255) },
		"varchar_auto": func(r *rand.Rand) any { return text(r, 255) },
		"phone":        func(r *rand.Rand) any { return text(r, 255) },
		"text":         func(r *rand.Rand) any { return text(r, 3000) },
		"double":       func(r *rand.Rand) any { return amount(r, 1+r.IntN(15)) },
		"monetary": func(r *rand.Rand) any {
			return object{"value": amount(r, 1+r.IntN(5)), "currency": []string{"EUR", "JPY", "PLN"}[r.IntN(3)]}
		},
		"enum":      func(r *rand.Rand) any { return 1 + r.IntN(3) },
		"set":       func(r *rand.Rand) any { return []any{[]int{1}, []int{3, 2}, []int{2, 1, 3}}[r.IntN(3)] },
		"user":      func(r *rand.Rand) any { return 1 },
		"people":    func(r *rand.Rand) any { return person },
		"org":       func(r *rand.Rand) any { return org },
		"date":      func(r *rand.Rand) any { return date(r, 1+r.IntN(9998)) },
		"daterange": func(r *rand.Rand) any { return object{"value": date(r, 2025), "until": date(r, 2026)} },
		"time":      func(r *rand.Rand) any { return zoned(r, object{"value": clock(r)}) },
		"timerange": func(r *rand.Rand) any { return zoned(r, object{"value": clock(r), "until": clock(r)}) },
		"address": func(r *rand.Rand) any {
			v := object{"value": text(r, 100)}
			for _, part := range []string{
				"country", "admin_area_level_1", "admin_area_level_2", "locality", "sublocality", "route", "street_number", "subpremise",
				"postal_code", "formatted_address",
			} {
				if v[part] = nil; r.IntN(2) == 0 {
					v[part] = text(r, 40)
				}
			}
			return v
		},
	}
}

// plain is a value as it comes from JSON, with its numbers exact.
func plain(t *testing.T, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return exact(t, string(b))
}

func exact(t *testing.T, text string) (v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// shown are the custom fields of a record in an answer.
func shown(t *testing.T, a apptest.Answer) object {
	t.Helper()
	data := exact(t, a.Raw).(object)["data"]
	if list, ok := data.([]any); ok {
		data = list[len(list)-1]
	}
	return data.(object)["custom_fields"].(object)
}

func TestValuesOfEveryTypeComeBackAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	for entity, rec := range records {
		t.Run(entity, func(t *testing.T) {
			t.Parallel()
			c := apptest.New(t).NewTeam("Acme")
			makers := generators(c)
			codes := map[string]string{}
			for fieldType := range makers {
				var options []string
				if fieldType == "enum" || fieldType == "set" {
					options = []string{"a", "b", "c"}
				}
				codes[fieldType] = makeField(c, entity, fieldType, options...)
			}
			empty := object{}
			for _, code := range codes {
				empty[code] = nil
			}
			id := c.Must("POST", rec.path, object{rec.name: "First"}).ID()
			one := apptest.Path("%s/%d", rec.path, id)
			if got := shown(t, c.Must("GET", one, nil)); !reflect.DeepEqual(got, empty) {
				t.Errorf("a new %s has %v", entity, got)
			}
			for seed := range uint64(20) {
				r := rand.New(rand.NewPCG(seed, 7))
				written, want := object{}, object{}
				for fieldType, code := range codes {
					if want[code] = nil; r.IntN(4) > 0 {
						want[code] = plain(t, makers[fieldType](r))
					}
					if written[code] = want[code]; want[code] == nil && r.IntN(2) == 0 && seed == 0 {
						delete(written, code) // never set
					}
				}
				if got := shown(t, c.Must("PATCH", one, object{"custom_fields": written})); !reflect.DeepEqual(got, want) {
					t.Fatalf("seed %d: answered %v\nwritten %v", seed, got, want)
				}
				if got := shown(t, c.Must("GET", one, nil)); !reflect.DeepEqual(got, want) {
					t.Fatalf("seed %d: read %v\nwritten %v", seed, got, want)
				}
				if got := shown(t, c.Must("GET", rec.path+"?ids="+fmt.Sprint(id), nil)); !reflect.DeepEqual(got, want) {
					t.Fatalf("seed %d: listed %v\nwritten %v", seed, got, want)
				}
			}
			all := object{}
			for fieldType, code := range codes {
				all[code] = makers[fieldType](rand.New(rand.NewPCG(1, 1)))
			}
			made := c.Must("POST", rec.path, object{rec.name: "Second", "custom_fields": all})
			if got := shown(t, made); !reflect.DeepEqual(got, plain(t, all)) {
				t.Errorf("made with %v\nhas %v", all, got)
			}
			if got := shown(t, c.Must("PATCH", apptest.Path("%s/%d", rec.path, made.ID()), object{"custom_fields": empty})); !reflect.DeepEqual(got, empty) {
				t.Errorf("null leaves %v", got)
			}
			if got := shown(t, c.Must("GET", rec.path, nil)); !reflect.DeepEqual(got, empty) {
				t.Errorf("after null, the list has %v", got)
			}
		})
	}
}
