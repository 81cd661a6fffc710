package mailbox

import (
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dispatch"
)

// Question is which deal a thread is about, as the user who brought it in is asked by mail. A thread has one in its life. The
// transaction that stores the mail leaves it, with a line of package dispatch; what is open when that comes to it, is asked.
type Question struct {
	UserID  int64
	Code    string // in the links of the mail; gone with the first decision, whoever or whatever makes it
	Time    time.Time
	DealIDs []int64 // as the mail lists them, from 1; of every copy of it, should it go out twice
	Answer  *Answer
	Unread  []string // raw mails that answered it in a way that nobody can read
	dispatch.Delivery
}

// Void is the state of a question that was none any more when it was to be sent.
const Void = "void"

// asks tells whether the thread of an item is to be asked about: the mail was sent or forwarded by a user, and left it open.
func (r run) asks(it Item, t Thread) bool {
	user := r.judged.User.ID
	return t.Question == nil && t.Undecided != "" && t.choosable() && user != 0 && !r.Again && !it.Auto && !r.Parsed.Signals.Automatic() &&
		slices.ContainsFunc(r.roles.Users, func(u User) bool { return u.ID == user && !u.Quiet })
}

// choosable tells whether it is a deal that is to be chosen.
func (t Thread) choosable() bool { return t.Undecided == severalDeals || t.Undecided == closedDeal }

func (r run) question() *Question {
	return &Question{
		UserID: r.judged.User.ID, Code: strings.ToLower(rand.Text()[:16]), Time: r.now, Delivery: dispatch.Delivery{State: dispatch.Pending},
	}
}

// waiting is the line of a question that the thread did not have before. It waits for the next minute.
func (t Thread) waiting(before *Thread) []change.Due {
	if t.Question == nil || before != nil && before.Question != nil {
		return nil
	}
	var set change.Set
	at := t.Question.Time.Add(time.Minute)
	set.Wait(t.Ref(), nil, &at)
	return set.Dues
}

// answered voids the links of a question once nothing is open any more; they stay void, should it be opened again.
func (t Thread) answered() Thread {
	if t.Question == nil || t.Question.Code == "" || t.choosable() {
		return t
	}
	q := *t.Question
	q.Code = ""
	t.Question = &q
	return t
}

// unread are the raw mails that answered its question in a way that nobody can read.
func (t Thread) unread() []string {
	if t.Question == nil {
		return nil
	}
	return t.Question.Unread
}

// open tells whether a link with that code still asks something.
func (t Thread) open(code string) bool {
	return !t.Deleted && t.Question != nil && code != "" && t.Question.Code == code && t.choosable()
}
