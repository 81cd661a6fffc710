package activities

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Icons are those that a type may have (contract §3.4).
var Icons = strings.Fields(`task email meeting deadline call lunch calendar downarrow document smartphone camera scissors cogs bubble
	uparrow checkbox signpost shuffle addressbook linegraph picture car world search clip sound brush key padlock pricetag suitcase
	finish plane loop wifi truck cart bulb bell presentation`)

// maxTypes bounds a list that is read whole whenever an activity is written.
const maxTypes = 200

// TypeStore is where types are kept.
type TypeStore interface {
	// ActivityTypes are all types of the team, by id.
	ActivityTypes(ctx context.Context, team int64) ([]Type, error)
	NextTypeID(ctx context.Context, team int64) (int64, error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// TypeInput is what a client may write of a type.
type TypeInput struct {
	Name, Icon, Color value.Opt[string]
	Order             value.Opt[int64]
}

// Types is what can be done with types of activities.
type Types struct {
	Store TypeStore
	Now   func() time.Time
}

// Create adds a type behind the others. Its key is made of its name and never changes; two types never share one.
func (s Types) Create(ctx context.Context, a auth.Actor, in TypeInput) (t Type, err error) {
	var id int64
	err = change.Retry(ctx, func() error {
		all, err := s.Store.ActivityTypes(ctx, a.Team)
		if err != nil {
			return err
		}
		now := s.Now().UTC().Truncate(time.Millisecond)
		if t, err = (Type{Custom: true, Active: true, AddTime: now}).apply(in, now); err != nil {
			return err
		}
		if len(all) >= maxTypes {
			return fault.New(fault.Invalid, "There are %d activity types already, which is as many as a team can have", maxTypes)
		}
		for _, other := range all {
			t.Order = max(t.Order, other.Order+1)
		}
		t.Key = freeKey(t.Name, all)
		if id == 0 {
			if id, err = s.Store.NextTypeID(ctx, a.Team); err != nil {
				return fmt.Errorf("activities.Types.Create: %w", err)
			}
		}
		t.ID = id
		set := change.By(a)
		set.Put(t.Ref(), t, 0)
		// The key's guard is free, so that two who make the same key at once do not both have it.
		set.Members = append(set.Members, change.Member{Of: change.Named(KindKey, t.Key), ID: t.ID, Seen: new([]int64)})
		set.Audit(a, now, "activityType.created", t.Ref(), map[string]string{"name": t.Name})
		return s.Store.Commit(ctx, set)
	})
	return t, err
}

// Update writes the given fields.
func (s Types) Update(ctx context.Context, a auth.Actor, id int64, in TypeInput) (Type, error) {
	return s.change(ctx, a, id, func(t Type, now time.Time) (Type, error) { return t.apply(in, now) })
}

// Delete takes the type out of use; activities that have it keep it.
func (s Types) Delete(ctx context.Context, a auth.Actor, id int64) (Type, error) {
	return s.change(ctx, a, id, func(t Type, now time.Time) (Type, error) {
		t.Active, t.UpdateTime = false, now
		return t, nil
	})
}

func (s Types) change(ctx context.Context, a auth.Actor, id int64, apply func(Type, time.Time) (Type, error)) (t Type, err error) {
	err = change.Retry(ctx, func() error {
		all, err := s.Store.ActivityTypes(ctx, a.Team)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(t Type) bool { return t.ID == id && t.Active })
		if i < 0 {
			return fault.Missing("Activity type")
		}
		if t, err = apply(all[i], s.Now().UTC().Truncate(time.Millisecond)); err != nil {
			return err
		}
		same := all[i]
		if same.UpdateTime = t.UpdateTime; t == same {
			t = all[i]
			return nil // nothing of it changes
		}
		set := change.By(a)
		set.Put(t.Ref(), t, all[i].Version)
		act := "activityType.changed"
		if !t.Active {
			act = "activityType.deleted"
		}
		set.Audit(a, t.UpdateTime, act, t.Ref(), map[string]string{"name": t.Name})
		return s.Store.Commit(ctx, set)
	})
	return t, err
}

func (t Type) apply(in TypeInput, now time.Time) (Type, error) {
	var bad fault.Fields
	t.Name = in.Name.Or(t.Name)
	if t.Icon = in.Icon.Or(t.Icon); !slices.Contains(Icons, t.Icon) {
		bad.Add("icon_key", "must be one of %s", strings.Join(Icons, ", "))
	}
	in.Color.Into(&t.Color)
	if c := t.Color; c != nil && (len(*c) != 6 || strings.Trim(*c, "0123456789abcdefABCDEF") != "") {
		bad.Add("color", "must be six hexadecimal digits, such as 1A2B3C")
	}
	t.Order = in.Order.Or(t.Order)
	t.UpdateTime = now
	return t, bad.Err()
}

// freeKey is a slug of the name that no type has had, in use or not: activities name their type by it.
func freeKey(name string, all []Type) string {
	slug := strings.Trim(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return '_'
	}, name), "_")
	if slug == "" {
		slug = "type"
	}
	key := slug
	for n := 2; slices.ContainsFunc(all, func(t Type) bool { return t.Key == key }); n++ {
		key = fmt.Sprintf("%s_%d", slug, n)
	}
	return key
}
