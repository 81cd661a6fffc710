package filters

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/fault"
)

// Conditions are a filter's two groups: all of the first must hold and, if there are any, one of the second.
// Their order is the author's, so that what is wrong is named where it was written.
type Conditions struct {
	All      []Condition
	Any      []Condition
	AnyFirst bool
}

// Condition is one comparison, as its author wrote it. Extra names a part of the field: of an address, the currency of an
// amount, the stage that was entered.
type Condition struct {
	Object   string
	FieldID  int64
	Operator string
	Value    *string
	Extra    *string
	JSON     bool // Value is JSON: a list, or a scalar as text
}

// objects are all that conditions ask about, each once.
func (c Conditions) objects() (names []string) {
	for _, c := range slices.Concat(c.All, c.Any) {
		if !slices.Contains(names, c.Object) {
			names = append(names, c.Object)
		}
	}
	return names
}

const (
	// MaxConditions of a filter, in both groups together.
	MaxConditions = 16
	maxValue      = 1000 // characters of a value
)

// Glues of the two groups.
const (
	and = "and"
	or  = "or"
)

// Parse reads conditions as the API takes them:
//
//	{"glue": "and", "conditions": [{"glue": "and", "conditions": [C…]}, {"glue": "or", "conditions": [C…]}]}
//
// with exactly these two groups, in any order. Forms carry the same as text. Every wrong place is named by its path below
// name. What a condition says about its field is not looked at; see compile.
func Parse(raw []byte, name string) (Conditions, error) {
	p := parser{}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		raw = []byte(text)
	}
	c := p.filter(raw, name)
	return c, p.bad.Err()
}

type parser struct {
	bad   fault.Fields
	count int
}

type wireGroup struct {
	Glue       json.RawMessage `json:"glue"`
	Conditions json.RawMessage `json:"conditions"`
}

func (p *parser) filter(raw []byte, path string) (c Conditions) {
	groups, glue, ok := p.group(raw, path)
	if !ok {
		return c
	}
	if glue != and {
		p.bad.Add(path+".glue", `must be "and"`)
	}
	const wanted = `must be two groups: one with the glue "and", one with the glue "or"`
	if len(groups) != 2 {
		p.bad.Add(path+".conditions", wanted)
		return c
	}
	seen := map[string]bool{}
	for i, g := range groups {
		at := fmt.Sprintf("%s.conditions[%d]", path, i)
		list, glue, ok := p.group(g, at)
		if !ok {
			continue
		}
		if glue != and && glue != or {
			p.bad.Add(at+".glue", `must be "and" or "or"`)
			continue
		}
		if seen[glue] {
			p.bad.Add(path+".conditions", wanted)
		}
		seen[glue] = true
		read := p.conditions(list, at)
		if glue == and {
			c.All = read
		} else {
			c.Any, c.AnyFirst = read, i == 0
		}
	}
	if p.count > MaxConditions {
		p.bad.Add(path, "must be at most %d conditions, not %d", MaxConditions, p.count)
	}
	return c
}

// group reads {"glue": …, "conditions": […]}.
func (p *parser) group(raw []byte, path string) (list []json.RawMessage, glue string, ok bool) {
	var g wireGroup
	if !object(raw) || !decode(raw, &g) {
		p.bad.Add(path, "must be an object with glue and conditions")
		return nil, "", false
	}
	_ = json.Unmarshal(g.Glue, &glue)
	if !decode(g.Conditions, &list) || list == nil {
		p.bad.Add(path+".conditions", "must be a list")
		return nil, "", false
	}
	return list, strings.ToLower(glue), true
}

func (p *parser) conditions(list []json.RawMessage, path string) (all []Condition) {
	if p.count += len(list); p.count > MaxConditions {
		return nil // told once
	}
	for i, raw := range list {
		if c, ok := p.condition(raw, fmt.Sprintf("%s.conditions[%d]", path, i)); ok {
			all = append(all, c)
		}
	}
	return all
}

type wireCondition struct {
	Object   json.RawMessage `json:"object"`
	FieldID  json.RawMessage `json:"field_id"`
	Operator json.RawMessage `json:"operator"`
	Value    json.RawMessage `json:"value"`
	Extra    json.RawMessage `json:"extra_value"`
	JSON     json.RawMessage `json:"json_value_flag"`
}

// condition reads one comparison. Other names are ignored, since clients send back what they read.
func (p *parser) condition(raw []byte, path string) (c Condition, ok bool) {
	before := len(p.bad)
	var w wireCondition
	if !object(raw) || !decode(raw, &w) {
		p.bad.Add(path, "must be an object with object, field_id, operator and value")
		return c, false
	}
	c.Object = p.word(w.Object, path+".object")
	c.Operator = p.word(w.Operator, path+".operator")
	id, _, _ := scalar(w.FieldID)
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < 1 {
		p.bad.Add(path+".field_id", "must be the id of a field, such as %q", "12471")
	}
	c.FieldID = n
	if flag, _, ok := scalar(w.JSON); !ok {
		p.bad.Add(path+".json_value_flag", "must be true or false")
	} else {
		c.JSON = flag == "true" || flag == "1"
	}
	c.Value = p.value(w.Value, path+".value")
	c.Extra = p.value(w.Extra, path+".extra_value")
	if list := bytes.TrimSpace(w.Value); len(list) > 0 && list[0] == '[' {
		c.JSON = true
	}
	return c, len(p.bad) == before
}

func (p *parser) word(raw []byte, path string) (s string) {
	if json.Unmarshal(raw, &s) != nil || s == "" {
		p.bad.Add(path, "must be given")
	}
	return s
}

// value is a string, number or boolean as text, or a list as JSON; nil for null and for what is empty.
func (p *parser) value(raw []byte, path string) *string {
	text, null, ok := scalar(raw)
	if list := bytes.TrimSpace(raw); !ok && len(list) > 0 && list[0] == '[' {
		var compact bytes.Buffer
		if json.Compact(&compact, list) == nil {
			text, ok = compact.String(), true
		}
	}
	switch {
	case !ok:
		p.bad.Add(path, "must be a string, a number, a list or null")
	case utf8.RuneCountInString(text) > maxValue:
		p.bad.Add(path, "must be at most %d characters", maxValue)
	case null || strings.TrimSpace(text) == "":
		return nil
	}
	return &text
}

// scalar is the text of a JSON string, number or boolean; what is absent is null.
func scalar(raw []byte) (text string, null, ok bool) {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return "", true, true
	case raw[0] == '{' || raw[0] == '[':
		return "", false, false
	case raw[0] == '"':
		return text, false, json.Unmarshal(raw, &text) == nil
	}
	return string(raw), false, true
}

func object(raw []byte) bool { raw = bytes.TrimSpace(raw); return len(raw) > 0 && raw[0] == '{' }

// decode reads one JSON value and nothing after it.
func decode(raw []byte, into any) bool {
	dec := json.NewDecoder(bytes.NewReader(raw))
	if dec.Decode(into) != nil {
		return false
	}
	_, err := dec.Token()
	return err == io.EOF
}
