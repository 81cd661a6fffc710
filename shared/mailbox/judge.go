package mailbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Rows of the decision table by which mail is judged; docs/mail.md lists them for those who read them in the ledger.
const (
	ruleOutbound     = 1  // a user writes to one contact
	ruleExposed      = 2  // the same, with the dedicated address where the contact sees it
	ruleSeveral      = 3  // a user writes to several contacts
	ruleReply        = 4  // a contact answers all
	ruleForward      = 5  // a user forwards inline
	ruleAttached     = 6  // a user forwards as attachment
	ruleOwnForwarded = 7  // a user forwards what a user had sent
	ruleOutsider     = 8  // a user forwards to a contact
	ruleNameless     = 9  // the forwarded mail names no address
	ruleRedirect     = 10 // a user's mailbox relays
	ruleAnswer       = 18 // a user answers which deal a thread is about
	ruleFalseUser    = 20 // From is a user's, unproven
	ruleInbound      = 21 // anybody writes to the dedicated address
	ruleInternal     = 22 // colleagues only
	ruleAutoReply    = 24
	ruleBounce       = 25
	ruleList         = 26
	ruleReceipt      = 27
	ruleRepeat       = 28 // the same message again
	ruleSameID       = 29 // another message under a known Message-ID
	ruleLoop         = 31 // our own mail comes back
	ruleUnsafe       = 32 // spam or virus
	ruleClosed       = 33 // encrypted, or in a form that only one program reads
	ruleNotParsed    = 34
)

// Judgement is what the message alone, the receipt's verdicts and the team's users decide.
type Judgement struct {
	Why
	State  string // Quarantined, Ignored, Unparsable: it ends here; "" when its items are to be linked
	Reason string
	User   User // who sent or forwarded it; zero for mail from outside
	Items  []Item
}

// Item is one message to be stored: the raw one, or one that it carries.
type Item struct {
	Parsed     Parsed
	Inner      string    // how it was carried; "" for the raw message itself
	Sent       bool      // written by a user, or by a colleague without account
	About      []Address // external parties it is linked to, the main one first
	Others     []Address // further external parties: they prove that it belongs to a thread
	MayCreate  bool      // persons may come of it
	Proven     bool      // the sender is who From says, or a user vouches for it
	OnlyKnown  bool      // belongs to a known thread or nowhere
	Auto       bool
	Internal   bool
	Unresolved bool // a forward in which nobody was found to give it to
	Note       string
	References []string // ids by which it finds its thread, nearest first: its own, then those of what carries it
	Vouched    []string // of these, what the user who forwards it cites himself, and not a stranger in it
}

func (j *Judgement) note(format string, args ...any) {
	j.Evidence = append(j.Evidence, fmt.Sprintf(format, args...))
}

func (j Judgement) end(state string, rule int, reason string) Judgement {
	j.State, j.Rule, j.Reason = state, rule, reason
	j.note("row %d: %s", rule, reason)
	return j
}

// Judge applies the rows of the table that need no records of the team.
func (r Roles) Judge(d Delivery, read Reader) Judgement {
	p := d.Parsed
	j := Judgement{Why: Why{Label: labelOf(p), Check: SenderCheck{
		SPF: d.Checks.SPF, DKIM: d.Checks.DKIM, DMARC: d.Checks.DMARC, MailFrom: d.Checks.MailFrom, Spam: d.Spam, Virus: d.Virus,
	}}}
	if d.Ours != nil {
		return r.fromHere(j, d)
	}
	if d.NotMail != "" {
		return j.end(Unparsable, ruleNotParsed, d.NotMail)
	}
	if !p.written() {
		return j.end(Unparsable, ruleNotParsed, "it has no header of its own")
	}
	j.Check.Aligned, j.Check.Reason = read.Aligned(p, d.Checks)
	j.oddities(d)
	from := sender(p)
	user, isUser := r.firstUser(p.From)
	switch {
	case d.Released == 0 && failed(d.Virus):
		return j.end(Quarantined, ruleUnsafe, "the virus scan failed; its files are locked")
	case r.dedicated(from.Email), slices.ContainsFunc(p.Signals.Loop, r.dedicated):
		return j.end(Ignored, ruleLoop, "it comes from a dedicated address")
	case d.Released == 0 && isUser && !j.Check.Aligned:
		return j.end(Quarantined, ruleFalseUser, "From is a user of the team, but "+j.Check.Reason)
	case isUser:
		j.User = user
		return r.fromUser(j, p, read)
	case d.Released != 0:
		return r.fromOutside(j, p, true)
	case from.Email == "":
		return j.end(Quarantined, ruleInbound, "From holds no address")
	case p.FromFields > 1:
		return j.end(Quarantined, ruleInbound, "it has several From fields")
	case failed(d.Spam):
		return j.end(Quarantined, ruleUnsafe, "the spam scan failed")
	case r.colleague(from.Email) && !j.Check.Aligned:
		return j.end(Quarantined, ruleFalseUser, "From is in the team's own domain, but "+j.Check.Reason)
	}
	relay, redirected := r.redirect(p, d.Checks, read)
	if failed(d.Checks.DMARC) && !redirected {
		return j.end(Quarantined, ruleInbound, "DMARC failed")
	}
	if redirected {
		j.Rule = ruleRedirect
		j.note("relayed by the mailbox of %s", relay.Email)
	}
	return r.fromOutside(j, p, j.Check.Aligned || redirected)
}

// oddities notes what is out of the ordinary and decides nothing.
func (j *Judgement) oddities(d Delivery) {
	p := d.Parsed
	if j.FormerUntil = d.FormerUntil; d.FormerUntil != nil {
		j.note("it came to a former address of the team, which receives mail until %s", d.FormerUntil.Format(time.DateOnly))
	}
	switch {
	case d.Released != 0:
		j.note("user %d released it from quarantine", d.Released)
	case d.Again:
		j.note("decided anew")
	case d.Swept:
		j.note("found in the bucket without a notice: recipient and verdicts are taken from its header")
	}
	if p.Unparsed != "" {
		j.note("row %d: not parsed, linked by its headers: %s", ruleNotParsed, p.Unparsed)
	}
	if p.Signals.Encrypted != "" {
		j.note("row %d: linked by its headers, since its content is closed (%s)", ruleClosed, p.Signals.Encrypted)
	}
	for what, verdict := range map[string]string{"spam": d.Spam, "viruses": d.Virus} {
		if strings.EqualFold(verdict, "PROCESSING_FAILED") {
			j.note("the scan for %s did not come to a result", what)
		}
	}
	slices.Sort(j.Evidence)
}

// written reports that whoever sent the message wrote a header: the receiving server adds fields to anything.
func (p Parsed) written() bool {
	return slices.ContainsFunc([]string{"From", "To", "Cc", "Subject", "Date", "Message-Id", "Sender", "Mime-Version", "Content-Type"}, func(name string) bool {
		return len(p.Header[name]) > 0
	})
}

func sender(p Parsed) Address {
	if len(p.From) == 0 {
		return Address{}
	}
	return p.From[0]
}

// referencesOf are the ids that a message answers: In-Reply-To, then References from the newest to the oldest.
func referencesOf(p Parsed) (ids []string) {
	refs := slices.Clone(p.References)
	slices.Reverse(refs)
	for _, id := range slices.Concat(p.InReplyTo, refs) {
		if id != "" && id != p.MessageID && !slices.Contains(ids, id) && len(ids) < maxReferences {
			ids = append(ids, id)
		}
	}
	return ids
}

const maxReferences = 100
