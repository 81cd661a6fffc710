package mailbox

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/change"
)

// returned marks the addresses that a bounce says cannot be reached for good, or whose owner complains (row 25), and the mail that came
// back, if it was written here. Anybody can write a bounce, so it counts only for addresses to which that mail really went.
func (r run) returned(ctx context.Context, it Item, f facts) (sets []change.Set, why []string, err error) {
	s := it.Parsed.Signals
	original := f.message(idGuard(s.Bounce.MessageID))
	if original == nil || !s.IsBounce() && !s.IsComplaint() {
		return nil, nil, nil
	}
	of, back := map[int64][]Undelivered{}, original.reported(s)
	for _, u := range back {
		persons := f.Persons[change.AddressOf(u.Email)]
		if len(persons) == 0 || !strings.HasPrefix(u.Status, "5") && u.Status != complaint {
			continue
		}
		for _, id := range persons[:min(len(persons), maxLinked)] {
			of[id] = append(of[id], u)
		}
		why = append(why, fmt.Sprintf("row 25: mail to an address of persons %v does not arrive (%s)", persons, u.Status))
	}
	if len(of) > 0 {
		sets, err = r.People.Bounced(ctx, r.Team, of, r.Received)
	}
	if err != nil {
		return nil, nil, err
	}
	complained := s.IsComplaint() && (len(back) > 0 || len(s.Bounce.Recipients) == 0)
	noted, told := r.cameBack(*original, back, complained)
	return append(sets, noted...), append(why, told...), nil
}

// reported are the recipients of a message whom it did not reach, or who complain, as a report says. A complaint that names nobody is that
// of the only one.
func (m Message) reported(s Signals) (list []Undelivered) {
	all := slices.Concat(m.To, m.Cc, m.Bcc)
	said := s.Bounce.Recipients
	if s.IsComplaint() && len(said) == 0 && len(all) == 1 {
		said = []Undelivered{{Email: all[0].Email}}
	}
	for _, u := range said {
		if s.IsComplaint() {
			u.Status, u.Failed = complaint, true
		}
		if u.Failed && slices.ContainsFunc(all, func(p Party) bool { return p.Email == u.Email }) {
			list = append(list, u)
		}
	}
	return list
}
