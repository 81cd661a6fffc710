package api

import (
	"reflect"

	"github.com/lejek/lejek/shared/manifest"
)

// A Description is what a route says of itself. The API's own description (/openapi.json) is made of these, and the tests hold
// every answer against it, so that neither can drift from what is bound.
type Description struct {
	Operation  manifest.Operation
	In         reflect.Type // the input, with its path, query, json and file tags
	Status     int          // of success
	Data       reflect.Type // what data holds, or each of its items; nil where there is none
	List       bool
	Paging     Paging
	Additional reflect.Type // additional_data beside the paging
	Related    bool         // related_objects are there
	Extra      reflect.Type // keys beside data
	Redirect   bool         // 302 instead of a body
	Public     bool         // a page for anyone, outside the envelope
}

// Paging is how a list goes on (contract §1.4).
type Paging int

const (
	Whole    Paging = iota // all at once
	ByCursor               // additional_data.next_cursor
	ByOffset               // additional_data.pagination
)

// Returns tells that data is of the type of v.
func (r Route) Returns(v any) Route { r.about.Data = reflect.TypeOf(v); return r }

// Lists tells that data is a list of what is of the type of v.
func (r Route) Lists(v any, p Paging) Route {
	r.about.List = true
	return r.Returns(v).Pages(p)
}

// Pages tells how an answer goes on whose data is no list itself.
func (r Route) Pages(p Paging) Route { r.about.Paging = p; return r }

// Created tells that success is 201.
func (r Route) Created() Route { r.about.Status = 201; return r }

// Adds tells what additional_data holds besides paging.
func (r Route) Adds(v any) Route { r.about.Additional = reflect.TypeOf(v); return r }

// Relates tells that related_objects stand beside the data.
func (r Route) Relates() Route { r.about.Related = true; return r }

// Beside tells the keys that stand in the envelope beside data.
func (r Route) Beside(v any) Route { r.about.Extra = reflect.TypeOf(v); return r }

// Redirects tells that success is a redirect.
func (r Route) Redirects() Route { r.about.Status, r.about.Redirect = 302, true; return r }

// Described is a handler that tells what its routes are.
type Described interface{ Describe() []Description }
