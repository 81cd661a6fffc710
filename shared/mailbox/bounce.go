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
	b, s := it.Parsed.Signals.Bounce, it.Parsed.Signals
	original := f.message(idGuard(b.MessageID))
	if s.IsComplaint() {
		b.Status = complaint
	}
	if original == nil || !(s.IsBounce() && strings.HasPrefix(b.Status, "5") || s.IsComplaint()) {
		return nil, nil, nil
	}
	if all := slices.Concat(original.To, original.Cc, original.Bcc); s.IsComplaint() && len(b.Recipients) == 0 && len(all) == 1 {
		b.Recipients = []string{all[0].Email} // nobody else can have
	}
	marked, reached := []int64{}, []string{}
	for _, email := range b.Recipients {
		if !slices.ContainsFunc(slices.Concat(original.To, original.Cc, original.Bcc), func(p Party) bool { return p.Email == email }) {
			continue
		}
		reached = append(reached, email)
		persons := f.Persons[change.AddressOf(email)]
		if len(persons) == 0 {
			continue
		}
		persons = slices.DeleteFunc(slices.Clone(persons), func(id int64) bool { return slices.Contains(marked, id) }) // one write a person
		more, err := r.People.Bounced(ctx, r.Team, persons[:min(len(persons), maxLinked)], email, b.Status, r.Received)
		if err != nil {
			return nil, nil, err
		}
		marked = union(marked, persons...)
		sets = append(sets, more...)
		why = append(why, fmt.Sprintf("row 25: mail to an address of persons %v does not arrive (%s)", persons, b.Status))
	}
	back, told := r.cameBack(*original, reached, b.Status)
	return append(sets, back...), append(why, told...), nil
}
