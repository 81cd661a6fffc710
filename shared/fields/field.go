// Package fields holds what a deal, a person, an organization or an activity is made of: the built-in fields, which are tables
// here, and those that a team adds. A team's own fields of one entity lie in one item, so that each request reads them anew with
// one call and a deleted field is gone everywhere at once, though the records still hold its values. The numbers of all fields
// are one space: a filter names a field by number alone, and a record keeps its custom values by number.
package fields

import (
	"time"

	"github.com/lejek/lejek/shared/change"
)

// Entities that have fields, by the kinds of their records.
const (
	Deal         = change.Deal
	Person       = change.Person
	Organization = change.Organization
	Activity     = change.Activity
	Note         = change.Note
)

// Type of a field (contract §2.8).
type Type string

const (
	Varchar     Type = "varchar"
	VarcharAuto Type = "varchar_auto"
	Text        Type = "text"
	Phone       Type = "phone"
	Double      Type = "double"
	Monetary    Type = "monetary"
	Date        Type = "date"
	DateRange   Type = "daterange"
	Time        Type = "time"
	TimeRange   Type = "timerange"
	Enum        Type = "enum"
	Set         Type = "set"
	Address     Type = "address"
	Org         Type = "org"
	People      Type = "people"
	User        Type = "user"

	// Only built-in fields have these.
	Int            Type = "int"
	Boolean        Type = "boolean"
	VarcharOptions Type = "varchar_options"
	Stage          Type = "stage"
	Status         Type = "status"
	VisibleTo      Type = "visible_to"
	Picture        Type = "picture"
	DealLink       Type = "deal"
	Lead           Type = "lead"
	Project        Type = "project"
	ActivityLink   Type = "activity"
)

// Creatable are the types of custom fields.
var Creatable = []Type{
	Varchar, Text, Double, Phone, Date, DateRange, Time, TimeRange, Set, Enum, VarcharAuto, Address, Monetary, Org, People, User,
}

// HasOptions reports a type whose values are options.
func (t Type) HasOptions() bool { return t == Enum || t == Set }

// Target is the kind of records that values of the type point at; "" for none.
func (t Type) Target() string {
	switch t {
	case Org:
		return change.Organization
	case People:
		return change.Person
	case User:
		return kindUser
	}
	return ""
}

// Field is one field of an entity.
type Field struct {
	ID     int64  // names it in filters; unique among all fields of all entities of a team
	Code   string // in v2; "" where v2's records do not have it
	Key    string // in v1; "" where v1's do not
	Name   string
	Type   Type
	Traits Traits
	// MandatoryIf is the condition under which a built-in field must be filled: another field and what it must hold.
	MandatoryIf [2]string
	// Choices are the options of a built-in field that are always the same. Custom fields and those that are Editable have theirs
	// in Options.
	Choices []Choice
	Options *Options
	Own     *Own // what is known besides of a team's own field; nil for a built-in one
}

// Custom reports a field that the team made.
func (f Field) Custom() bool { return f.Own != nil }

// Traits are what can be done with a built-in field.
type Traits int

const (
	Edit    Traits = 1 << iota // its value is written by users
	Add                        // shows when a record is made
	Details                    // shows in the details
	Free                       // may be left empty
	Apart                      // neither filtered nor sorted by
	Extra                      // in v2 only when asked for
)

// Has reports a trait.
func (t Traits) Has(one Traits) bool { return t&one != 0 }

// Choice is an option that never changes; its ID is a number, a text or a boolean.
type Choice struct {
	ID    any
	Label string
	Alt   string
}

// Own is a field that a team made, as stored. Attributes are left out when empty, and have short names, since every read of a
// record reads all of them.
type Own struct {
	ID          int64     `dynamodbav:"id"`
	Code        string    `dynamodbav:"code"`
	Name        string    `dynamodbav:"name"`
	Type        Type      `dynamodbav:"type"`
	Options     *Options  `dynamodbav:"opts,omitempty"` // of an enum or a set
	Description *string   `dynamodbav:"desc,omitempty"`
	Shown       *Shown    `dynamodbav:"shown,omitempty"` // nil: as by default
	Important   *Marked   `dynamodbav:"imp,omitempty"`
	Required    *Marked   `dynamodbav:"req,omitempty"`
	AddTime     time.Time `dynamodbav:"add"`
	UpdateTime  time.Time `dynamodbav:"upd"`
	CreatedBy   int64     `dynamodbav:"by"`
	UpdatedBy   int64     `dynamodbav:"updBy"`
}

// Shown tells a user interface where a field shows. The API keeps it and does nothing by it.
type Shown struct {
	Add         bool         `dynamodbav:",omitempty"`
	HideDetails bool         `dynamodbav:",omitempty"`
	InProjects  bool         `dynamodbav:",omitempty"`
	SomeOnly    bool         `dynamodbav:",omitempty"` // only in these pipelines, else in all
	Pipelines   []int64      `dynamodbav:",omitempty"`
	InAddDeal   *DialogPlace `dynamodbav:",omitempty"` // in the dialog that adds a deal; nil: not there
	InAddPerson *DialogPlace `dynamodbav:",omitempty"`
}

// DialogPlace is where a field shows in a dialog.
type DialogPlace struct{ Order int64 }

// Marked tells a user interface where a field is important or required: everywhere, or only in stages, or when a deal of a
// pipeline is closed. Nil is nowhere.
type Marked struct {
	Stages   []int64             `dynamodbav:",omitempty"`
	Statuses map[string][]string `dynamodbav:",omitempty"` // by pipeline: won, lost
}

// field is the team's field as all fields are seen.
func (o *Own) field() Field {
	return Field{
		ID: o.ID, Code: o.Code, Key: o.Code, Name: o.Name, Type: o.Type, Traits: Edit | Free, Options: o.Options, Own: o,
	}
}

// Definitions is what a team's item holds for one entity: its own fields, in order, and what became of the options of built-in
// fields, by number.
type Definitions struct {
	Entity  string
	Version int64
	Own     []*Own
	BuiltIn map[int64]*Options
}

// Ref names the item.
func (d Definitions) Ref() change.Ref { return change.Named(KindDefinitions, d.Entity) }

// KindDefinitions is the kind of a team's definitions; KindOptions that of a part of a field's options.
const (
	KindDefinitions = "fields"
	KindOptions     = "fieldOptions"
	kindUser        = "user"
)
