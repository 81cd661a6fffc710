package mailbox

import (
	"fmt"
	"slices"
	"strings"
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
	ruleNotParsed    = 34
)

// Judgement is what the message alone, the receipt's verdicts and the team's users decide.
type Judgement struct {
	State    string // Quarantined, Ignored, Unparsable: it ends here; "" when its items are to be linked
	Rule     int
	Reason   string
	Evidence []string
	Check    SenderCheck
	User     User // who sent or forwarded it; zero for mail from outside
	Items    []Item
}

// Item is one message to be stored: the raw one, or one that it carries.
type Item struct {
	Parsed     Parsed
	Inner      string    // how it was carried; "" for the raw message itself
	Sent       bool      // written by a user
	About      []Address // external parties it is linked to, the main one first
	Others     []Address // further external parties: they prove that it belongs to a thread
	MayCreate  bool      // persons may come of it
	Proven     bool      // the sender is who From says, or a user vouches for it
	OnlyKnown  bool      // belongs to a known thread or nowhere
	Auto       bool
	Internal   bool
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
	j := Judgement{Check: SenderCheck{
		SPF: d.Checks.SPF, DKIM: d.Checks.DKIM, DMARC: d.Checks.DMARC, MailFrom: d.Checks.MailFrom, Spam: d.Spam, Virus: d.Virus,
	}}
	if d.NotMail != "" {
		return j.end(Unparsable, ruleNotParsed, d.NotMail)
	}
	if !p.written() {
		return j.end(Unparsable, ruleNotParsed, "it has no header of its own")
	}
	j.Check.Aligned, j.Check.Reason = read.Aligned(p, d.Checks)
	if p.Unparsed != "" {
		j.note("not parsed, linked by its headers: %s", p.Unparsed)
	}
	from := sender(p)
	user, isUser := r.firstUser(p.From)
	switch {
	case failed(d.Virus):
		return j.end(Quarantined, ruleUnsafe, "the virus scan failed; its files are locked")
	case r.dedicated(from.Email):
		return j.end(Ignored, ruleLoop, "it comes from a dedicated address")
	case isUser && !j.Check.Aligned:
		return j.end(Quarantined, ruleFalseUser, "From is a user of the team, but "+j.Check.Reason)
	case isUser:
		j.User = user
		return r.fromUser(j, p, read)
	case from.Email == "":
		return j.end(Quarantined, ruleInbound, "From holds no address")
	case p.FromFields > 1:
		return j.end(Quarantined, ruleInbound, "it has several From fields")
	case failed(d.Spam):
		return j.end(Quarantined, ruleUnsafe, "the spam scan failed")
	}
	relay, redirected := r.redirect(p, d.Checks, read)
	if failed(d.Checks.DMARC) && !redirected {
		return j.end(Quarantined, ruleInbound, "DMARC failed")
	}
	if redirected {
		j.note("relayed by the mailbox of %s", relay.Email)
	}
	return r.fromOutside(j, p)
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

// fromUser judges mail of an authenticated user: a forward to nobody but the team, or a mail to contacts.
func (r Roles) fromUser(j Judgement, p Parsed, read Reader) Judgement {
	external := r.externals(p.To, p.Cc, p.Bcc)
	if len(external) == 0 {
		return r.toOwn(j, p, read)
	}
	j.Rule = ruleOutbound
	if slices.ContainsFunc(slices.Concat(p.To, p.Cc), func(a Address) bool { return r.dedicated(a.Email) }) {
		j.Rule = ruleExposed
		j.note("the dedicated address is visible to the recipients")
	}
	if p.SubjectKind == SubjectForward {
		j.Rule = ruleOutsider
	}
	if len(external) > 1 {
		j.Rule = ruleSeveral
		j.note("%d external recipients", len(external))
	}
	j.Items = []Item{{
		Parsed: p, Sent: true, About: external, Proven: true, MayCreate: !p.Signals.Automatic(), Auto: p.Signals.Automatic(), References: referencesOf(p),
	}}
	return j
}

// toOwn judges mail of a user to nobody outside: the messages that it carries, or an internal one.
func (r Roles) toOwn(j Judgement, p Parsed, read Reader) Judgement {
	for _, in := range read.Forward(p) {
		it, rule := r.inner(in)
		for _, id := range referencesOf(p) {
			if id != in.Parsed.MessageID && !slices.Contains(it.References, id) {
				it.Vouched = append(it.Vouched, id)
			}
		}
		it.References = append(it.References, referencesOf(p)...)
		if rule == ruleNameless {
			j.note("row 9: the forwarded mail names no address")
		}
		if j.Rule == 0 {
			j.Rule = rule
		} else {
			it.Note = "" // once
		}
		j.Items = append(j.Items, it)
	}
	if len(j.Items) > 0 {
		j.note("forwarded by %s", j.User.Email)
		return j
	}
	j.Rule, j.Reason = ruleInternal, "internal: nobody outside the team takes part"
	j.Items = []Item{{Parsed: p, Sent: true, Internal: true, Proven: true, References: referencesOf(p)}}
	return j
}

// inner judges one message inside a forward. The user who forwards it vouches for it.
func (r Roles) inner(in Inner) (Item, int) {
	p := in.Parsed
	it := Item{Parsed: p, Inner: in.How, Note: in.Note, Proven: true, Auto: p.Signals.Automatic(), References: referencesOf(p)}
	it.MayCreate = !it.Auto
	from := sender(p)
	switch {
	case from.Email == "":
		return it, ruleNameless
	case !r.external(from.Email):
		it.Sent, it.About = true, r.externals(p.To, p.Cc, p.Bcc)
		it.Internal = len(it.About) == 0
		return it, ruleOwnForwarded
	}
	it.About, it.Others = []Address{from}, r.externals(p.To, p.Cc)
	if in.How == InnerAttached {
		return it, ruleAttached
	}
	return it, ruleForward
}

// fromOutside judges mail that no user wrote.
func (r Roles) fromOutside(j Judgement, p Parsed) Judgement {
	from := sender(p)
	it := Item{
		Parsed: p, About: r.externals([]Address{from}), Others: r.externals(p.To, p.Cc), Auto: p.Signals.Automatic(), References: referencesOf(p),
		Proven: j.Check.Aligned, MayCreate: j.Check.Aligned && !p.Signals.Automatic() && !robot(from.Email),
	}
	switch s := p.Signals; {
	case s.IsBounce():
		j.Rule, it.OnlyKnown, it.About = ruleBounce, true, nil
		it.References = append([]string{s.Bounce.MessageID}, it.References...)
	case s.IsReceipt(), s.CalendarMethod == "REPLY":
		j.Rule, it.OnlyKnown, it.MayCreate = ruleReceipt, true, false
	case s.List() && !s.AutoReply():
		j.Rule = ruleList
	case it.Auto:
		j.Rule = ruleAutoReply
	case slices.ContainsFunc(j.Evidence, func(e string) bool { return strings.HasPrefix(e, "relayed by") }):
		j.Rule = ruleRedirect
	default:
		j.Rule = ruleInbound
		if _, ok := r.firstUser(p.To, p.Cc); ok {
			j.Rule = ruleReply
		}
	}
	j.Evidence = append(j.Evidence, p.Signals.Evidence...)
	j.Items = []Item{it}
	return j
}

// redirect recognises mail that a user's mailbox relays under the original From (§3.2): MAIL FROM is of the user's own domain,
// SPF passes for it, and a field names the user.
func (r Roles) redirect(p Parsed, c Checks, read Reader) (User, bool) {
	names := slices.Clone(p.ResentFrom)
	for _, a := range p.Signals.ForwardedFor {
		names = append(names, Address{Email: a})
	}
	u, ok := r.firstUser(names)
	domain := read.Domain(u.Email)
	return u, ok && passed(c.SPF) && domain != "" && !read.FreeMail(domain) && read.Domain(c.MailFrom) == domain
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
