package reminders

import (
	"fmt"
	"html"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/letter"
)

// message is what a reminder is written from.
type message struct {
	activity Activity
	owner    Owner
	linked   []Linked
	from     string
	link     string
	now      time.Time
}

// line is one line of the list in a reminder; without a link, only text.
type line struct{ name, text, link string }

// compose writes the mail: the same words as plain text and as HTML. From lies in our own mail domain, by which the linker knows
// the mail should it ever come back.
func compose(m message) ([]byte, error) {
	due := m.activity.DueAt.In(m.owner.Zone)
	subject := letter.Brief(m.activity.Subject)
	if subject == "" {
		subject = letter.Brief(m.activity.Type)
	}
	title := fmt.Sprintf("%s is due %s", subject, m.when(due))
	return letter.Letter{
		From: mail.Address{Name: "Lejek", Address: m.from}, To: []mail.Address{{Name: letter.Brief(m.owner.Name), Address: m.owner.Email}},
		Subject: "Reminder: " + subject + ", " + due.Format("15:04"), Date: m.now, Loop: m.from, Machine: true,
		Text: m.plainText(title), HTML: m.html(title),
	}.Bytes()
}

// when is the due time as its owner reads it.
func (m message) when(due time.Time) string {
	now := m.now.In(m.owner.Zone)
	day := due.Format("Monday, 2 January 2006")
	switch due.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		day = "today"
	case now.AddDate(0, 0, 1).Format(time.DateOnly):
		day = "tomorrow"
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		day = "since yesterday"
	}
	return fmt.Sprintf("%s at %s", day, due.Format("15:04"))
}

// lines are the facts below the title.
func (m message) lines() []line {
	a, due := m.activity, m.activity.DueAt.In(m.owner.Zone)
	list := []line{
		{"Activity", letter.Brief(a.Subject) + " (" + letter.Brief(a.Type) + ")", m.url(change.Of(change.Activity, a.ID))},
		{"Due", due.Format("Monday, 2 January 2006, 15:04") + " (" + m.owner.Zone.String() + ")", ""},
	}
	if a.Duration != "" {
		list = append(list, line{"Duration", strings.TrimSuffix(a.Duration, ":00"), ""})
	}
	if a.Location != "" {
		list = append(list, line{"Location", letter.Brief(a.Location), ""})
	}
	for _, l := range m.linked {
		name := l.Ref.Kind()
		list = append(list, line{strings.ToUpper(name[:1]) + name[1:], letter.Brief(l.Name), m.url(l.Ref)})
	}
	return list
}

func (m message) plainText(title string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Hello %s,\r\n\r\n%s.\r\n\r\n", letter.Brief(m.owner.Name), title)
	for _, l := range m.lines() {
		fmt.Fprintf(&b, "%s: %s\r\n", l.name, l.text)
		if l.link != "" {
			fmt.Fprintf(&b, "  %s\r\n", l.link)
		}
	}
	b.WriteString("\r\n" + why + "\r\n")
	return b.String()
}

func (m message) html(title string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\r\n<html><body>\r\n<p>Hello %s,</p>\r\n<p><b>%s.</b></p>\r\n<table>\r\n", html.EscapeString(letter.Brief(m.owner.Name)), html.EscapeString(title))
	for _, l := range m.lines() {
		text := html.EscapeString(l.text)
		if l.link != "" {
			text = fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString(l.link), text)
		}
		fmt.Fprintf(&b, "<tr><td>%s</td><td>%s</td></tr>\r\n", l.name, text)
	}
	fmt.Fprintf(&b, "</table>\r\n<p>%s</p>\r\n</body></html>\r\n", html.EscapeString(why))
	return b.String()
}

const why = "Lejek sent this because you own the activity. It goes out once."

// entities are the names of records in paths.
var entities = map[string]string{
	change.Activity: "activities", change.Deal: "deals", change.Person: "persons", change.Organization: "organizations",
}

func (m message) url(ref change.Ref) string {
	return strings.NewReplacer("{entities}", entities[ref.Kind()], "{id}", strconv.FormatInt(ref.ID(), 10)).Replace(m.link)
}
