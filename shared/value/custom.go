package value

import (
	"strconv"
	"strings"
)

// Custom is the value of one custom field, as a record keeps it. Which of its parts are set follows from the field's type, which
// never changes. Its attributes have names of one letter and are left out when empty, since each record holds up to hundreds of
// these, and every index a copy.
type Custom struct {
	Text      string   `dynamodbav:"t,omitempty"` // a text, a date, a time, or the begin of a range
	Until     string   `dynamodbav:"u,omitempty"` // the end of a range
	Number    Decimal  `dynamodbav:"n,omitempty"` // a number or an amount
	Currency  string   `dynamodbav:"c,omitempty"` // of an amount
	ID        int64    `dynamodbav:"i,omitempty"` // an option, a user, a person, an organization
	Kind      string   `dynamodbav:"k,omitempty"` // of the record that ID names: a person, an organization
	IDs       []int64  `dynamodbav:"s,omitempty"` // options of a set, in their order
	Zone      string   `dynamodbav:"z,omitempty"` // of a time: an IANA name
	ZoneID    int64    `dynamodbav:"y,omitempty"` // of a time: a number that only its writer knows the zone of
	Address   *Address `dynamodbav:"a,omitempty"`
	Formatted *string  `dynamodbav:"f,omitempty"` // of an address
}

// String is the value as one line, as the change log and a search have it: what two values differ in shows.
func (c Custom) String() string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	add(c.Text)
	if c.Until != "" {
		add("- " + c.Until)
	}
	add(string(c.Number))
	add(c.Currency)
	if c.ID != 0 {
		add(strconv.FormatInt(c.ID, 10))
	}
	add(JoinIDs(c.IDs))
	add(c.Zone)
	if c.ZoneID != 0 {
		add("time zone " + strconv.FormatInt(c.ZoneID, 10))
	}
	if text := c.Address.Text(); text != nil {
		add(*text)
	}
	if c.Formatted != nil {
		add("; formatted: " + *c.Formatted)
	}
	return strings.Join(parts, " ")
}

// JoinIDs writes ids as v1 does, "12,34"; "" for none.
func JoinIDs(ids []int64) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(texts, ",")
}

// Unique are the ids, each once, in the order in which they first come.
func Unique(ids []int64) []int64 {
	seen := make(map[int64]bool, len(ids))
	var out []int64
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}
