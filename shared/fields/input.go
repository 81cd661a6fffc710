package fields

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Limits of definitions.
const (
	maxOwn         = 500 // fields of an entity
	maxName        = 255
	maxDescription = 1000
	maxOptions     = 10_000 // of a field (contract §2.8)
	maxLabel       = 255
	maxSize        = 3 << 20 // bytes of a field's options in an answer, which holds 6 MB
)

// Input is what a client may write of a field; what is absent stays as it is.
type Input struct {
	Name        value.Opt[string]
	Description value.Opt[string]
	Shown       ShownInput
	Important   MarkedInput
	Required    MarkedInput
}

// ShownInput is where a field shows from now on.
type ShownInput struct {
	Add, Details, InProjects value.Opt[bool]
	Everywhere               value.Opt[bool]
	Pipelines                value.Opt[[]int64]
	InAddDeal, InAddPerson   value.Opt[bool]
}

// MarkedInput is where a field is important or required from now on.
type MarkedInput struct {
	Enabled  value.Opt[bool]
	Stages   value.Opt[[]int64]
	Statuses value.Opt[map[string][]string]
}

func (in Input) empty() bool {
	s, marks := in.Shown, []MarkedInput{in.Important, in.Required}
	return !(in.Name.Set || in.Description.Set || s.Add.Set || s.Details.Set || s.InProjects.Set || s.Everywhere.Set || s.Pipelines.Set ||
		s.InAddDeal.Set || s.InAddPerson.Set ||
		slices.ContainsFunc(marks, func(m MarkedInput) bool { return m.Enabled.Set || m.Stages.Set || m.Statuses.Set }))
}

// OptionInput is an option as a client writes it; ID is 0 for a new one.
type OptionInput struct {
	ID    int64
	Label string
	Color value.Opt[string]
}

// apply writes an input onto the field; among are the team's other fields. It names every input that is wrong.
func (o Own) apply(in Input, among []*Own, bad *fault.Fields) Own {
	if in.Name.Set {
		if o.Name = strings.TrimSpace(in.Name.V); o.Name == "" {
			bad.Add("field_name", "must be given")
		} else if utf8.RuneCountInString(o.Name) > maxName {
			bad.Add("field_name", "must be at most %d characters", maxName)
		}
	}
	if in.Description.Into(&o.Description); utf8.RuneCountInString(value.Deref(o.Description)) > maxDescription {
		bad.Add("description", "must be at most %d characters", maxDescription)
	}
	o.Shown = o.Shown.apply(in.Shown, among)
	o.Important, o.Required = o.Important.apply(in.Important), o.Required.apply(in.Required)
	for pipeline, statuses := range in.Required.Statuses.V {
		for _, s := range statuses {
			if s != "won" && s != "lost" {
				bad.Add("required_fields.statuses."+pipeline, "must be won, lost or both")
			}
		}
		if n, err := strconv.ParseInt(pipeline, 10, 64); err != nil || n < 1 {
			bad.Add("required_fields.statuses", "%q is no id of a pipeline", pipeline)
		}
	}
	return o
}

// apply is where the field shows then; nil when that is as by default. Its place in a dialog is the next that is free.
func (s *Shown) apply(in ShownInput, among []*Own) *Shown {
	now := value.Deref(s)
	now.Add = in.Add.Or(now.Add)
	now.HideDetails = !in.Details.Or(!now.HideDetails)
	now.InProjects = in.InProjects.Or(now.InProjects)
	now.SomeOnly = !in.Everywhere.Or(!now.SomeOnly)
	if now.Pipelines = in.Pipelines.Or(now.Pipelines); !now.SomeOnly {
		now.Pipelines = nil
	}
	now.InAddDeal = place(now.InAddDeal, in.InAddDeal, among, func(s *Shown) *DialogPlace { return s.InAddDeal })
	now.InAddPerson = place(now.InAddPerson, in.InAddPerson, among, func(s *Shown) *DialogPlace { return s.InAddPerson })
	if !now.Add && !now.HideDetails && !now.InProjects && !now.SomeOnly && now.InAddDeal == nil && now.InAddPerson == nil {
		return nil
	}
	return &now
}

func place(had *DialogPlace, in value.Opt[bool], among []*Own, of func(*Shown) *DialogPlace) *DialogPlace {
	switch {
	case !in.Has() || in.V == (had != nil):
		return had
	case !in.V:
		return nil
	}
	next := int64(1)
	for _, other := range among {
		if other.Shown != nil && of(other.Shown) != nil {
			next = max(next, of(other.Shown).Order+1)
		}
	}
	return &DialogPlace{Order: next}
}

// apply is where the field is marked then; nil for nowhere.
func (m *Marked) apply(in MarkedInput) *Marked {
	enabled := in.Enabled.Or(m != nil)
	if !enabled {
		return nil
	}
	now := value.Deref(m)
	now.Stages = in.Stages.Or(now.Stages)
	now.Statuses = in.Statuses.Or(now.Statuses)
	return &now
}

// targets are the pipelines and stages that an input names, each by the input's name.
func (in Input) targets() map[change.Ref]string {
	refs := map[change.Ref]string{}
	add := func(kind, name string, ids []int64) {
		for _, id := range ids {
			refs[change.Of(kind, id)] = name
		}
	}
	add(change.Pipeline, "ui_visibility.show_in_pipelines.pipeline_ids", in.Shown.Pipelines.V)
	add(change.Stage, "important_fields.stage_ids", in.Important.Stages.V)
	add(change.Stage, "required_fields.stage_ids", in.Required.Stages.V)
	for pipeline := range in.Required.Statuses.V {
		if n, err := strconv.ParseInt(pipeline, 10, 64); err == nil {
			add(change.Pipeline, "required_fields.statuses", []int64{n})
		}
	}
	return refs
}
