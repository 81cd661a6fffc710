package mailbox

import (
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
)

// States of a mail that was written here.
const (
	Sending     = "sending"     // stored, and on its way
	Sent        = "sent"        // the mail service has it
	Failed      = "failed"      // it did not go out
	Unconfirmed = "unconfirmed" // it may have gone out or not: nobody came back to tell
	Bounced     = "bounced"     // it came back, from one of its recipients at least
	Complained  = "complained"  // one of its recipients called it spam
)

// Outgoing is what became of a mail that was written here. It is stored as Sending before it is handed over, and noted afterwards. A function
// that dies in between leaves it Sending, which is Unconfirmed once no function can be at work any more: it is not sent again by
// itself, since a customer who gets a mail twice is worse than a user who has to look.
type Outgoing struct {
	State    string
	Until    time.Time // of Sending
	SentTime *time.Time
	Error    string // why it failed, or what is not known
	Returned []Return
}

// Return is a recipient whom the mail did not reach, or who does not want it.
type Return struct {
	Email  string
	Status string // as in 5.1.1, or "complaint"
	Time   time.Time
}

const (
	complaint  = "complaint"
	maxReturns = 60
)

// StateAt is the state as it is now.
func (o Outgoing) StateAt(now time.Time) string {
	if o.State == Sending && !now.Before(o.Until) {
		return Unconfirmed
	}
	return o.State
}

// back is the mail with recipients whom it did not reach, or who complain; false when that is known. Who complains may not be told.
func (o Outgoing) back(list []Undelivered, complained bool, at time.Time) (Outgoing, bool) {
	had, was := len(o.Returned), o.State
	o.Returned = slices.Clone(o.Returned)
	for _, u := range list {
		known := slices.ContainsFunc(o.Returned, func(r Return) bool { return r.Email == u.Email && r.Status == u.Status })
		if !known && len(o.Returned) < maxReturns {
			o.Returned = append(o.Returned, Return{u.Email, u.Status, at})
		}
	}
	switch {
	case complained:
		o.State = Complained
	case o.State != Complained && len(list) > 0:
		o.State = Bounced
	}
	return o, len(o.Returned) > had || o.State != was
}

// Ours tells of a delivery that it is no mail that came, but one that a user writes here and that is about to be sent.
type Ours struct {
	User   User
	Thread int64 // that it is in
	New    bool  // which begins with it
	Until  time.Time
}

// place is the thread that the user names: nothing else leads to one, neither ids nor a subject.
func (o Ours) place(pl place, f facts) place {
	pl = place{why: []string{"a user writes it here"}}
	if t, ok := f.Threads[o.Thread]; ok && !t.Deleted {
		pl.thread = &t
	}
	return pl
}

// fromHere judges a mail that a user writes here: there is nobody to be doubted, and nothing that it carries.
func (r Roles) fromHere(j Judgement, d Delivery) Judgement {
	j.User, j.Rule = d.Ours.User, ruleOutbound
	j.Check.Aligned, j.Check.Reason = true, "written here"
	external := r.externals(d.Parsed.To, d.Parsed.Cc, d.Parsed.Bcc)
	it := Item{Parsed: d.Parsed, Sent: true, About: external, Proven: true, MayCreate: true, References: referencesOf(d.Parsed)}
	switch {
	case len(external) == 0:
		j.Rule, j.Reason, it.Internal, it.MayCreate = ruleInternal, internal, true, false
	case len(external) > 1:
		j.Rule = ruleSeveral
		j.note("%d external recipients", len(external))
	}
	j.Items = []Item{it}
	return j
}

// cameBack notes on a mail that was written here that it did not reach everybody, or that somebody complains of it.
func (r run) cameBack(original Message, list []Undelivered, complained bool) (sets []change.Set, why []string) {
	if original.Outgoing == nil {
		return nil, nil
	}
	now, news := original.Outgoing.back(list, complained, r.Received)
	if !news {
		return nil, nil
	}
	original.Outgoing, original.UpdateTime = &now, r.now
	set := change.Set{Team: r.Team}
	set.Put(original.Ref(), original, original.Version)
	why = append(why, fmt.Sprintf("row 25: message %d is %s", original.ID, now.State))
	for _, u := range list {
		why = append(why, fmt.Sprintf("row 25: it did not reach %s (%s)", u.Email, u.Status))
	}
	return []change.Set{set}, why
}
