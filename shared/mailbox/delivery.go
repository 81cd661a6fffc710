package mailbox

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Delivery is one raw message as it reached one team.
type Delivery struct {
	Team       int64
	RawID      string // SES messageId
	RawKey     string // in the mail bucket
	Recipients []string
	// FormerUntil is when one of these addresses, which the team gave up, stops to receive mail; nil where none is among them.
	FormerUntil *time.Time
	Received    time.Time
	Checks      Checks
	Spam        string
	Virus       string
	Parsed      Parsed
	NotMail     string // why the bytes could not be read as a mail at all
	Released    int64  // the user who let it out of quarantine; 0: nobody
	Again       bool   // it is in the ledger, and is to be decided anew
	Ours        *Ours  // a user writes it here; nil: it was received
	Swept       bool   // its notice is lost: recipients and verdicts are what its header tells
}

// Stamped is the delivery with the verdicts that the receiving server wrote on top of the message; for one whose notice is lost, or
// never was. absent is the verdict where there is none.
func (d Delivery) Stamped(absent string) Delivery {
	p := d.Parsed
	stamp := func(name string) string {
		if v := p.Header[name]; len(v) > 0 {
			return strings.TrimSpace(v[0])
		}
		return ""
	}
	d.Spam, d.Virus = cmp.Or(stamp("X-Ses-Spam-Verdict"), absent), cmp.Or(stamp("X-Ses-Virus-Verdict"), absent)
	d.Checks = Checks{SPF: absent, DKIM: absent, DMARC: absent, MailFrom: strings.Trim(stamp("Return-Path"), "<> ")}
	if r := p.AuthResults; r.Present {
		d.Checks.SPF, d.Checks.DKIM, d.Checks.DMARC = verdictOf(r.SPF), verdictOf(r.DKIM), verdictOf(r.DMARC)
		if _, domain, _ := strings.Cut(d.Checks.MailFrom, "@"); r.MailFrom != "" && !strings.EqualFold(domain, r.MailFrom) {
			d.Checks.MailFrom = "postmaster@" + r.MailFrom // whose it is, the check knows; a sender may have written the other
		}
	}
	return d
}

// Verdicts, as SES's notices tell them.
const (
	Pass = "PASS"
	Gray = "GRAY" // undecided
)

// verdictOf is a result of RFC 8601 as SES's notices tell it.
func verdictOf(result string) string {
	switch result {
	case "pass":
		return Pass
	case "fail", "softfail", "permerror":
		return "FAIL"
	}
	return Gray
}

// Reader is what package mail knows about mail. It is handed in, because nothing that an API function imports may reach a
// parser.
type Reader struct {
	Aligned func(Parsed, Checks) (bool, string)
	Forward func(Parsed) []Inner // the messages that a forward carries
	Text    func(Parsed) string  // the body as plain text
	// Safe is what of a stranger's HTML may be shown. has tells whether an image that it shows by its Content-ID is there.
	Safe     func(html string, has func(contentID string) bool) string
	Domain   func(address string) string
	FreeMail func(address string) bool
}

// Site is an address's registrable domain, if that says who somebody works for.
func (r Reader) Site(address string) string {
	if domain := r.Domain(address); domain != "" && !r.FreeMail(domain) {
		return domain
	}
	return ""
}

// User is a member of the team, as far as mail is concerned.
type User struct {
	ID    int64
	Email string
	Name  string
	Zone  string // IANA name of the time zone
	Other bool   // confirmed beside the main one: the mailbox is the user's, its domain need not be the team's
	Quiet bool   // is not to be asked anything by mail
}

// Roles tell whose an address is. A user is a user even where a person has the same address.
type Roles struct {
	Users  []User                      // the first is the team's first user
	Domain string                      // of the dedicated addresses
	Site   func(address string) string // the domain that whoever writes from it works for; empty where anybody may
}

// user is the user with that address, or with one that reaches the same mailbox.
func (r Roles) user(email string) (User, bool) {
	if email == "" {
		return User{}, false
	}
	same := sameBox(email)
	i := slices.IndexFunc(r.Users, func(u User) bool { return u.Email == email || sameBox(u.Email) == same })
	if i < 0 {
		return User{}, false
	}
	return r.Users[i], true
}

// sameBox is one of all addresses of a mailbox: without what follows a plus, and with Gmail's two domains and its dots made one.
func sameBox(email string) string {
	local, domain, _ := strings.Cut(email, "@")
	local, _, _ = strings.Cut(local, "+")
	if domain == "googlemail.com" {
		domain = "gmail.com"
	}
	if domain == "gmail.com" {
		local = strings.ReplaceAll(local, ".", "")
	}
	return local + "@" + domain
}

// dedicated addresses receive mail for Lejek; nobody sits behind them.
func (r Roles) dedicated(email string) bool { return strings.HasSuffix(email, "@"+r.Domain) }

// colleague addresses are in a domain that a user writes from, unless anybody can get one there.
func (r Roles) colleague(email string) bool {
	if r.Site == nil {
		return false
	}
	site := r.Site(email)
	return site != "" && slices.ContainsFunc(r.Users, func(u User) bool { return !u.Other && r.Site(u.Email) == site })
}

// external addresses are neither a user's nor a colleague's nor dedicated.
func (r Roles) external(email string) bool {
	_, user := r.user(email)
	return email != "" && !user && !r.dedicated(email) && !r.colleague(email)
}

// externals are the external ones among lists of addresses, each once, in their order.
func (r Roles) externals(lists ...[]Address) (out []Address) {
	for _, list := range lists {
		for _, a := range list {
			if r.external(a.Email) && !slices.ContainsFunc(out, func(o Address) bool { return o.Email == a.Email }) {
				out = append(out, a)
			}
		}
	}
	return out
}

// firstUser is the first user among lists of addresses.
func (r Roles) firstUser(lists ...[]Address) (User, bool) {
	for _, list := range lists {
		for _, a := range list {
			if u, ok := r.user(a.Email); ok {
				return u, true
			}
		}
	}
	return User{}, false
}

// robots are local parts behind which no person reads.
var robots = []string{
	"noreply", "no-reply", "no_reply", "no.reply", "donotreply", "do-not-reply", "do_not_reply", "mailer-daemon", "mailerdaemon",
	"postmaster", "bounce", "bounces", "nie-odpowiadaj", "nieodpowiadaj", "notifications", "notification", "unsubscribe",
}

func robot(email string) bool {
	local, _, _ := strings.Cut(email, "@")
	local, _, _ = strings.Cut(local, "+")
	return slices.Contains(robots, local)
}

func failed(verdict string) bool { return strings.EqualFold(verdict, "FAIL") }
func passed(verdict string) bool { return strings.EqualFold(verdict, "PASS") }
