package filters

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/fault"
)

const one = `{"object":"deal","field_id":"1","operator":"=","value":"x","extra_value":null}`

func groups(all, any string) string {
	return `{"glue":"and","conditions":[{"glue":"and","conditions":[` + all + `]},{"glue":"or","conditions":[` + any + `]}]}`
}

func TestWrongConditionsAreNamedByTheirPath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{`null`, "conditions: must be an object"},
		{`[]`, "conditions: must be an object"},
		{`"{"`, "conditions: must be an object"},
		{`"not json"`, "conditions: must be an object"},
		{`{}`, "conditions.conditions: must be a list"},
		{`{"glue":"and","conditions":null}`, "conditions.conditions: must be a list"},
		{`{"glue":"or","conditions":[]}`, `conditions.glue: must be "and"; conditions.conditions: must be two groups`},
		{`{"glue":"and","conditions":[{"glue":"and","conditions":[]}]}`, "conditions.conditions: must be two groups"},
		{`{"glue":"and","conditions":[{"glue":"and","conditions":[]},{"glue":"and","conditions":[]}]}`, "conditions.conditions: must be two groups"},
		{`{"glue":"and","conditions":[{"glue":"xor","conditions":[]},{"glue":"or","conditions":[]}]}`, `conditions.conditions[0].glue: must be "and" or "or"`},
		{`{"glue":"and","conditions":[7,{"glue":"or"}]}`, "conditions.conditions[0]: must be an object with glue and conditions; conditions.conditions[1].conditions: must be a list"},
		{groups(one+`,7`, ``), "conditions.conditions[0].conditions[1]: must be an object"},
		{groups(``, one+`,{}`), "conditions.conditions[1].conditions[1].object: must be given; conditions.conditions[1].conditions[1].operator: must be given; conditions.conditions[1].conditions[1].field_id: must be the id of a field"},
		{groups(`{"object":"deal","field_id":"title","operator":"="}`, ``), "conditions.conditions[0].conditions[0].field_id: must be the id"},
		{groups(`{"object":"deal","field_id":-1,"operator":"="}`, ``), "field_id: must be the id"},
		{groups(`{"object":7,"field_id":1,"operator":[]}`, ``), "object: must be given; conditions.conditions[0].conditions[0].operator: must be given"},
		{groups(`{"object":"deal","field_id":1,"operator":"=","value":{}}`, ``), "conditions.conditions[0].conditions[0].value: must be a string"},
		{groups(`{"object":"deal","field_id":1,"operator":"=","value":"`+strings.Repeat("x", maxValue+1)+`"}`, ``), "value: must be at most"},
		{groups(strings.Repeat(one+",", 9)+one, strings.Repeat(one+",", 6)+one), "conditions: must be at most 16 conditions, not 17"},
	} {
		_, err := Parse([]byte(c.in), "conditions")
		if err == nil || !strings.Contains(names(err), c.want) {
			t.Errorf("%s\n got %q\nwant %q", c.in, names(err), c.want)
		}
	}
}

func names(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return ""
	}
	var all []string
	for _, field := range f.Fields {
		all = append(all, field.Name+": "+field.Message)
	}
	return strings.Join(all, "; ")
}

func TestConditionsAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, value string }{
		{`{"object":"deal","field_id":"1","operator":"=","value":"x"}`, "x"},
		{`{"object":"deal","field_id":1,"operator":"=","value":12.50}`, "12.50"},
		{`{"object":"deal","field_id":1,"operator":"=","value":true,"field_code":"title","other":[]}`, "true"},
		{`{"object":"deal","field_id":1,"operator":"=","value":[1, "2"]}`, `[1,"2"]`},
		{`{"object":"deal","field_id":1,"operator":"=","value":"[1]","json_value_flag":"1"}`, `[1]`},
		{`{"object":"deal","field_id":1,"operator":"=","value":null}`, ""},
		{`{"object":"deal","field_id":1,"operator":"=","value":" "}`, ""},
	} {
		for _, raw := range []string{groups(c.in, c.in), quoted(t, groups(c.in, c.in))} {
			got, err := Parse([]byte(raw), "conditions")
			if err != nil || len(got.All) != 1 || len(got.Any) != 1 || got.All[0].FieldID != 1 {
				t.Errorf("%s: %+v %v", raw, got, err)
				continue
			}
			if v := got.Any[0].Value; v == nil && c.value != "" || v != nil && *v != c.value {
				t.Errorf("%s: value %v", raw, v)
			}
		}
	}
	turned := `{"glue":"and","conditions":[{"glue":"or","conditions":[]},{"glue":"and","conditions":[` + one + `]}]}`
	if got, err := Parse([]byte(turned), "c"); err != nil || !got.AnyFirst || len(got.All) != 1 {
		t.Errorf("%s: %+v %v", turned, got, err)
	}
}

func quoted(t *testing.T, s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// FuzzParse looks for input that is neither read nor refused with a named place.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{`{}`, `""`, groups(one, one), groups(one+`,{}`, ``), `{"glue":"and","conditions":[{},[]]}`, "\"\\u0000\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := Parse(raw, "conditions")
		if err != nil {
			if !fault.Is(err, fault.Invalid) || !strings.HasPrefix(names(err), "conditions") {
				t.Errorf("%q: %v", raw, err)
			}
			return
		}
		if len(c.All)+len(c.Any) > MaxConditions {
			t.Errorf("%q: %d conditions", raw, len(c.All)+len(c.Any))
		}
		// What was read compiles, or is refused with a named place, against fields of every type.
		fields := Catalogue{}
		for _, object := range objects[Deals] {
			fields[object] = map[int64]Field{}
			for i, name := range typeNames() {
				fields[object][int64(i+1)] = Field{ID: int64(i + 1), Object: object, Key: name, Type: name}
			}
		}
		if _, err := compile(Deals, c, fields, Clock{}, 1, nil); err != nil && !strings.HasPrefix(names(err), "conditions.conditions[") {
			t.Errorf("%q: %v", raw, err)
		}
	})
}
