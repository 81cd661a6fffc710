package mailbox

import (
	"slices"
	"strings"
)

// fromOutside judges mail that no user wrote. proven tells that From may be believed.
func (r Roles) fromOutside(j Judgement, p Parsed, proven bool) Judgement {
	from := r.behind(&j, p)
	automatic := p.Signals.Automatic()
	it := Item{
		Parsed: p, About: r.externals([]Address{from}), Others: r.externals(p.To, p.Cc), Auto: automatic, References: referencesOf(p),
		Proven: proven, MayCreate: proven && !automatic && !robot(from.Email),
	}
	switch s := p.Signals; {
	case s.IsBounce():
		j.Rule, it.OnlyKnown, it.About = ruleBounce, true, nil
		it.References = append([]string{s.Bounce.MessageID}, it.References...)
	case s.IsFeedback():
		j.Rule, it.OnlyKnown, it.About, it.MayCreate = ruleReceipt, true, nil, false
		it.References = append([]string{s.Bounce.MessageID}, it.References...)
	case s.IsReceipt(), s.CalendarMethod == "REPLY", dmarcReport(p):
		j.Rule, it.OnlyKnown, it.MayCreate = ruleReceipt, true, false
	case s.List() && !s.AutoReply():
		j.Rule = ruleList
	case it.Auto:
		j.Rule = ruleAutoReply
	case r.colleague(from.Email):
		return r.fromColleague(j, it)
	case j.Rule == ruleRedirect:
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

// fromColleague judges mail of somebody who writes from the team's own domain and has no account: outbound as a user's, but nobody
// to vouch for what it carries.
func (r Roles) fromColleague(j Judgement, it Item) Judgement {
	it.Sent, it.About, it.Others = true, it.Others, nil
	j.note("written by a colleague without account")
	if j.Rule = ruleOutbound; len(it.About) > 1 {
		j.Rule = ruleSeveral
	}
	if len(it.About) == 0 {
		j.Rule, j.Reason, it.Internal = ruleInternal, internal, true
	}
	j.Items = []Item{it}
	return j
}

// behind is who wrote a mail from outside: whom From names, unless that is a machine that passes on what somebody else wrote and
// says where an answer is to go, as web forms do, or a list that put itself into From ("Jan via Sales").
func (r Roles) behind(j *Judgement, p Parsed) Address {
	from := sender(p)
	name, _, via := strings.Cut(from.Name, " via ")
	if !robot(from.Email) && !via {
		return from
	}
	if named := r.externals(p.OriginalFrom); via && len(named) == 1 && !robot(named[0].Email) {
		j.note("From is %s; who wrote it is taken from X-Original-From", from.Email)
		return named[0]
	}
	to := slices.DeleteFunc(r.externals(p.ReplyTo), func(a Address) bool { return robot(a.Email) || a.Email == from.Email })
	if len(to) != 1 || len(p.ReplyTo) != 1 {
		return from
	}
	a := to[0]
	if a.Name == "" && via {
		a.Name = strings.Trim(name, " '\"")
	}
	j.note("From is %s; who wrote it is taken from Reply-To", from.Email)
	return a
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
	return u, ok && !u.Other && passed(c.SPF) && domain != "" && !read.FreeMail(domain) && read.Domain(c.MailFrom) == domain
}
