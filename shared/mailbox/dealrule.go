package mailbox

import (
	"context"
	"fmt"
	"strings"

	"github.com/lejek/lejek/shared/fault"
)

// choice is what a rule says about a thread's deal.
type choice struct {
	deal      *int64
	undecided string
	tagged    int64 // the mail is addressed to it, by this number: that of a deal which it has absorbed, perhaps
	why       string
}

const (
	severalDeals = "several open deals"
	closedDeal   = "its deal is closed and another is open"
	nobody       = "nobody to link it to"
	braked       = "too many new persons at once by the same sender"
)

// dealOf chooses the thread's deal.
func (r run) dealOf(ctx context.Context, t *Thread, c cast) (choice, error) {
	tagged, tag, ignored, err := r.tagged(ctx)
	if err != nil {
		return choice{}, err
	}
	if tagged != nil && r.overrules(t, tag) {
		return choice{deal: &tagged.ID, tagged: tag, why: fmt.Sprintf("row 15: addressed to deal %d", tagged.ID)}, nil
	}
	if tagged != nil {
		ignored = append(ignored, fmt.Sprintf("row 15: it is addressed to deal %d, but that was decided otherwise since", tagged.ID))
	}
	var has *Deal
	if t != nil && t.DealID != nil {
		d, err := r.Deals.Deal(ctx, r.Team, *t.DealID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return choice{}, err
		}
		if err == nil {
			has = &d
		}
	}
	ch := chooseDeal(t, has, c.open)
	ch.why = strings.Join(append(ignored, ch.why), "; ")
	if ch.deal == nil && ch.undecided == "" && len(c.linked) == 0 && c.organization == 0 && !t.filed() {
		ch.undecided = nobody
		if c.braked {
			ch.undecided = braked
		}
	}
	return ch, nil
}

// filed tells that a thread is where it belongs though nobody is linked: with the organization that a mail was addressed to, or with no deal,
// as a user said.
func (t *Thread) filed() bool {
	return t != nil && (t.OrganizationID != nil || t.DealID == nil && t.DealChosenTime != nil)
}

// chooseDeal applies rows 16 to 19. has is the thread's deal, if it has one that still exists; open are the open deals of all
// linked persons.
func chooseDeal(t *Thread, has *Deal, open []Deal) choice {
	if has != nil {
		settled := t.DealChosenTime != nil && (has.CloseTime == nil || t.DealChosenTime.After(*has.CloseTime))
		if has.Status == dealOpen || settled || len(open) == 0 {
			return choice{deal: &has.ID, why: fmt.Sprintf("row 16: the thread has deal %d", has.ID)}
		}
		return choice{undecided: closedDeal, why: fmt.Sprintf("row 16: deal %d is closed, %d other open", has.ID, len(open))}
	}
	if t != nil && t.DealID == nil && t.DealChosenTime != nil {
		return choice{why: "a user took the thread off its deal"}
	}
	if t != nil && t.Undecided == closedDeal && len(open) > 0 {
		return choice{undecided: closedDeal, why: fmt.Sprintf("row 16: a user is still to choose, %d open deals", len(open))}
	}
	switch len(open) {
	case 0:
		return choice{why: "row 19: no open deal"}
	case 1:
		return choice{deal: &open[0].ID, why: fmt.Sprintf("row 17: deal %d is the one open deal", open[0].ID)}
	}
	return choice{undecided: severalDeals, why: fmt.Sprintf("row 18: %d open deals", len(open))}
}

const dealOpen = "open"
