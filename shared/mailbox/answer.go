package mailbox

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/signed"
	"github.com/lejek/lejek/shared/value"
)

// Answer is the mail that answered a question.
type Answer struct {
	RawID  string
	DealID int64 // 0: none
}

const maxUnread = 20 // answers of a question that are kept for being settled with it

// asked is the thread whose question the mail answers, 0 for any other mail: a user writes to the signed address that came with the
// question, and to nobody else but the team. What goes to others too, carries another mail or comes from outside, is mail like any other: an address book
// may have the address for the team's. The question itself may look as if it were forwarded, where the subject has no prefix that is known.
func (r run) asked() int64 {
	carries := slices.ContainsFunc(r.judged.Items, func(it Item) bool { return it.Inner != "" && !r.roles.dedicated(sender(it.Parsed).Email) })
	if r.judged.User.ID == 0 || carries || len(r.roles.externals(r.Parsed.To, r.Parsed.Cc, r.Parsed.Bcc)) > 0 {
		return 0
	}
	for _, recipient := range r.Recipients {
		if _, tag, tagged := strings.Cut(recipient, "+"); tagged && !strings.HasPrefix(tag, signed.TagChoose) {
			return 0
		}
	}
	return r.heard.of(signed.TagChoose)
}

// answer takes a mail as the answer to the question about a thread. It is no message of the thread; the ledger tells what became of it.
func (r run) answer(ctx context.Context, thread int64) (Entry, error) {
	if !r.Again {
		seen, err := r.Store.Look(ctx, r.Team, r.RawID, nil, nil)
		if err != nil {
			return Entry{}, err
		}
		if seen.Entry != nil {
			return *seen.Entry, nil
		}
	}
	found, err := r.Store.Mail(ctx, r.Team, []int64{thread}, nil)
	if err != nil {
		return Entry{}, err
	}
	e := r.entry(Ignored)
	e.Rule, e.ThreadIDs = ruleAnswer, []int64{thread}
	e.Why = e.because(append(r.heard.why, fmt.Sprintf("row %d: it answers the question about thread %d", ruleAnswer, thread))...)
	t := found.Threads[thread]
	unread := t.Question != nil && slices.Contains(t.Question.Unread, r.RawID)
	switch {
	case t.Deleted || t.Question == nil:
		e.Reason = "the thread of the question that it answers is gone"
	case t.Question.Answer != nil && t.Question.Answer.RawID == r.RawID: // and was interrupted then
		e.Reason = answeredWith(t.ID, t.Question.Answer.DealID)
	case r.judged.User.ID != t.Question.UserID:
		e.Reason = fmt.Sprintf("only user %d was asked about thread %d", t.Question.UserID, t.ID)
	case r.Parsed.Signals.Automatic():
		e.Reason = "automatic mail answers no question"
	case r.Released != 0:
		e.Reason = "its sender is not proven, so it answers no question"
	case !t.open(t.Question.Code) && unread:
		e.Reason = unreadable
	case !t.open(t.Question.Code):
		e.Reason = fmt.Sprintf("the question about thread %d was decided already", t.ID)
	default:
		return r.decideBy(ctx, e, t)
	}
	return r.close(ctx, e, nil)
}

// unreadable is why an answer that waited for its thread to be decided otherwise did nothing.
const unreadable = "it could not be read as an answer, and its thread was decided otherwise"

func answeredWith(thread, deal int64) string {
	if deal == 0 {
		return fmt.Sprintf("answered the question about thread %d: no deal", thread)
	}
	return fmt.Sprintf("answered the question about thread %d: deal %d", thread, deal)
}

// decideBy does what the number says that a user typed. What cannot be read stays open with its thread.
func (r run) decideBy(ctx context.Context, e Entry, t Thread) (Entry, error) {
	n, ok := numberIn(r.Read.Text(r.Parsed))
	reason := ""
	var deal *int64
	switch {
	case !ok:
		reason = "its first line is not the number of a choice"
	case n > len(t.Question.DealIDs):
		reason = fmt.Sprintf("there was no choice %d", n)
	case n > 0:
		d, err := r.Deals.Deal(ctx, r.Team, t.Question.DealIDs[n-1])
		if fault.Is(err, fault.NotFound) {
			reason = fmt.Sprintf("deal %d, choice %d, has been deleted", t.Question.DealIDs[n-1], n)
		} else if err != nil {
			return e, err
		}
		deal = &d.ID
	}
	if reason == "" {
		if err := r.Choose(ctx, r.actor, t, deal, r.RawID); err != nil {
			return e, err
		}
		e.Reason = answeredWith(t.ID, value.Deref(deal))
		return r.close(ctx, e, nil)
	}
	e.State, e.Reason = NeedsChoice, reason
	set := change.Set{Team: r.Team}
	if q := *t.Question; !slices.Contains(q.Unread, r.RawID) && len(q.Unread) < maxUnread {
		q.Unread = append(slices.Clone(q.Unread), r.RawID)
		t.Question = &q
		set.Put(t.Ref(), t, t.Version) // with the entry: who decides the thread sees it
	} else if !slices.Contains(q.Unread, r.RawID) {
		e.State = Ignored
	}
	return r.close(ctx, e, []change.Set{set})
}

// numberForm is a number alone, as people write it.
var numberForm = regexp.MustCompile(`(?i)^[#(]?\s*([0-9]{1,3}|none(?: of them)?)\s*[.)。]{0,2}$`)

// narrow is a letter of full width, as keyboards of East Asia make them, in the width of ASCII.
func narrow(r rune) rune {
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	return r
}

// numberIn is the number in the first line that is not empty; whatever stands below was not typed, or is not looked at.
func numberIn(text string) (int, bool) {
	for line := range strings.Lines(text) {
		line = strings.Map(narrow, strings.TrimSpace(strings.Trim(strings.TrimSpace(line), "\ufeff\u200b")))
		if line == "" {
			continue
		}
		found := numberForm.FindStringSubmatch(line)
		if found == nil {
			return 0, false
		}
		n, err := strconv.Atoi(found[1])
		return n, err == nil || strings.EqualFold(found[1][:4], "none")
	}
	return 0, false
}
