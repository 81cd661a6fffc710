package mailbox

import (
	"slices"
	"time"
)

// fromUser judges mail of an authenticated user: a forward to nobody but the team, or a mail to contacts. Whom a forward to a
// contact carries is not asked: its person is whom it goes to (row 8).
func (r Roles) fromUser(j Judgement, p Parsed, read Reader) Judgement {
	external := r.externals(p.To, p.Cc, p.Bcc)
	if len(external) == 0 {
		return r.toOwn(j, p, read)
	}
	j.Rule = ruleOutbound
	if slices.ContainsFunc(slices.Concat(p.To, p.Cc), func(a Address) bool { return r.dedicated(a.Email) }) {
		j.Rule, j.Exposed = ruleExposed, true
		j.note("row %d: the dedicated address is visible to the recipients, who can write to it from now on", ruleExposed)
	}
	if len(external) > 1 {
		j.Rule = ruleSeveral
		j.note("%d external recipients", len(external))
	}
	if p.SubjectKind == SubjectForward {
		j.Rule = ruleOutsider
	}
	j.Items = []Item{{
		Parsed: p, Sent: true, About: external, Proven: true, MayCreate: !p.Signals.Automatic(), Auto: p.Signals.Automatic(), References: referencesOf(p),
	}}
	return j
}

// toOwn judges mail of a user to nobody outside: the messages that it carries, or an internal one. A forward whose mail could not
// be found is not internal: a user has to say whose it is.
func (r Roles) toOwn(j Judgement, p Parsed, read Reader) Judgement {
	for _, in := range read.Forward(p.printed(j.User.Zone)) {
		it, rule := r.inner(in)
		for _, id := range referencesOf(p) {
			if id != in.Parsed.MessageID && !slices.Contains(it.References, id) {
				it.Vouched = append(it.Vouched, id)
			}
		}
		it.References = append(it.References, referencesOf(p)...)
		if rule == ruleNameless {
			j.note("row %d: the forwarded mail names no address", ruleNameless)
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
	it := Item{Parsed: p, Sent: true, Proven: true, References: referencesOf(p)}
	switch {
	case p.Unparsed != "":
		j.Rule, it.Unresolved = ruleNotParsed, true
	case p.Signals.Encrypted != "":
		j.Rule, it.Unresolved = ruleClosed, true
	case p.SubjectKind == SubjectForward:
		j.Rule, it.Unresolved = ruleNameless, true
		j.note("row %d: it claims to be a forward, and no mail was found in it", ruleNameless)
	default:
		j.Rule, j.Reason, it.Internal = ruleInternal, internal, true
	}
	j.Items = []Item{it}
	return j
}

// printed is a message whose Date tells the zone in which its author's program prints times. Servers that send for a program in a
// browser write Date in UTC, whatever the author sees.
func (p Parsed) printed(zone string) Parsed {
	if _, offset := p.Date.Zone(); offset == 0 && zone != "" {
		if at, err := time.LoadLocation(zone); err == nil {
			p.Date = p.Date.In(at)
		}
	}
	return p
}

const internal = "internal: nobody outside the team takes part"

// inner judges one message inside a forward. The user who forwards it vouches for it.
func (r Roles) inner(in Inner) (Item, int) {
	p := in.Parsed
	it := Item{Parsed: p, Inner: in.How, Note: in.Note, Proven: true, Auto: p.Signals.Automatic(), References: referencesOf(p)}
	it.MayCreate = !it.Auto
	from := sender(p)
	switch {
	case p.Signals.IsBounce():
		it.MayCreate = false
		if id := p.Signals.Bounce.MessageID; id != "" {
			it.References, it.Vouched = append([]string{id}, it.References...), []string{id}
		}
		return it, ruleBounce
	case from.Email == "":
		it.Unresolved = true
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
