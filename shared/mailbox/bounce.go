package mailbox

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/change"
)

// returned marks the addresses that a bounce says cannot be reached for good (row 25). Anybody can write a bounce, so it counts only
// for addresses to which the mail that it returns really went.
func (r run) returned(ctx context.Context, it Item, f facts) (sets []change.Set, why []string, err error) {
	b := it.Parsed.Signals.Bounce
	original := f.message(idGuard(b.MessageID))
	if !it.Parsed.Signals.IsBounce() || original == nil || !strings.HasPrefix(b.Status, "5") {
		return nil, nil, nil
	}
	marked := []int64{}
	for _, email := range b.Recipients {
		went := slices.ContainsFunc(slices.Concat(original.To, original.Cc, original.Bcc), func(p Party) bool { return p.Email == email })
		persons := f.Persons[change.AddressOf(email)]
		if !went || len(persons) == 0 {
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
	return sets, why, nil
}
