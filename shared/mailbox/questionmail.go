package mailbox

import (
	"context"
	"fmt"
	"html"
	"net/mail"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/dispatch"
	"github.com/lejek/lejek/shared/letter"
)

// write makes the mail: the same words as plain text and as HTML. Titles, names and subjects come from anybody, so each is one short line
// and nothing else. From lies in our own mail domain, by which the linker knows the mail should it ever come back.
func (q Questions) write(ctx context.Context, t Thread, s sheet, now time.Time) (m dispatch.Mail, err error) {
	links, stop, err := q.links(ctx, s.user.Stop.Team, t, s, now)
	if err != nil {
		return m, err
	}
	w := wording{who: letter.Brief(s.user.Name), intro: fmt.Sprintf("Which deal is the conversation %s about?", t.called()), links: links, stop: stop}
	for _, c := range s.choices {
		w.choices = append(w.choices, c.line())
	}
	w.choices = append(w.choices, "None of them")
	if s.more > 0 {
		w.more = fmt.Sprintf("These are the %d with the newest activity; %d more are open.", len(s.choices), s.more)
	}
	var answers *mail.Address
	if to := s.user.Answers(t.ID); to != "" {
		w.how, answers = orByNumber, &mail.Address{Name: "Lejek: which deal?", Address: to}
	}
	m.From, m.To = "questions@"+q.Domain, []string{s.user.Email}
	m.Raw, err = letter.Letter{
		From: mail.Address{Name: "Lejek", Address: m.From}, ReplyTo: answers, To: []mail.Address{{Name: w.who, Address: s.user.Email}},
		Subject: letter.Brief("Which deal? " + t.Subject), Date: now, Loop: m.From, Machine: true, Text: w.plainText(), HTML: w.html(),
	}.Bytes()
	return m, err
}

// called is a thread by its subject and whom it is with.
func (t Thread) called() string {
	name := fmt.Sprintf("“%s”", letter.Brief(t.Subject))
	if letter.Brief(t.Subject) == "" {
		name = "without a subject"
	}
	var parties []string
	for _, list := range [][]ThreadParty{t.From, t.To} {
		for _, p := range list {
			if p.PersonID == 0 || len(parties) == maxCalled {
				continue
			}
			who := letter.Brief(p.Email)
			if name := letter.Brief(p.Name); name != "" && name != who {
				who = name + " (" + who + ")"
			}
			parties = merged(parties, []string{who})
		}
	}
	if len(parties) > 0 {
		name += " with " + strings.Join(parties, ", ")
	}
	return name
}

const maxCalled = 3 // parties by which a thread is called

// line is a deal in the list.
func (l listedDeal) line() string {
	text := letter.Brief(l.deal.Title)
	var more []string
	if l.deal.Value != "" && l.deal.Value != "0" {
		more = append(more, string(l.deal.Value)+" "+l.deal.Currency)
	}
	if l.step != "" {
		more = append(more, letter.Brief(l.step))
	}
	if len(more) > 0 {
		text += " – " + strings.Join(more, ", ")
	}
	return text
}

// wording is what the mail says.
type wording struct {
	who, intro, how, more, stop string
	choices, links              []string // the last is none
}

const (
	byLink     = "Each link shows a page on which you confirm. "
	orByNumber = "You can also answer this mail with the number alone, in the first line. "
	lasting    = "The choice holds for the whole conversation, and can be changed in the mailbox at any time."
	whyAsked   = "Lejek asks because you sent or forwarded mail that may belong to several deals, once for each conversation."
)

// number is what a choice is called in the list.
func (w wording) number(i int) int {
	if i == len(w.choices)-1 {
		return 0
	}
	return i + 1
}

func (w wording) plainText() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Hello %s,\n\n%s\n\n", w.who, w.intro)
	for i, c := range w.choices {
		fmt.Fprintf(&b, "%d. %s\n   %s\n", w.number(i), c, w.links[i])
	}
	if w.more != "" {
		b.WriteString("\n" + w.more + "\n")
	}
	fmt.Fprintf(&b, "\n%s\n\n%s\nStop these mails: %s\n", byLink+w.how+lasting, whyAsked, w.stop)
	return b.String()
}

func (w wording) html() string {
	var b strings.Builder
	esc := html.EscapeString
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html><body>\n<p>Hello %s,</p>\n<p><b>%s</b></p>\n<table>\n", esc(w.who), esc(w.intro))
	for i, c := range w.choices {
		fmt.Fprintf(&b, "<tr><td>%d.</td><td><a href=\"%s\">%s</a></td></tr>\n", w.number(i), esc(w.links[i]), esc(c))
	}
	b.WriteString("</table>\n")
	if w.more != "" {
		fmt.Fprintf(&b, "<p>%s</p>\n", esc(w.more))
	}
	fmt.Fprintf(&b, "<p>%s</p>\n<p>%s <a href=\"%s\">Stop these mails</a></p>\n</body></html>\n", esc(byLink+w.how+lasting), esc(whyAsked), esc(w.stop))
	return b.String()
}
