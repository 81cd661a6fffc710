package teams

import (
	"context"
	"fmt"
	"html"
	"net/mail"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/letter"
)

// ask mails a link. What the mail service does not take is told to who asked, who may ask again; what it may have taken counts as sent.
func (s Addresses) ask(ctx context.Context, u User, email, link string) error {
	from := "addresses@" + s.Domain
	title := fmt.Sprintf("%s would like to use %s in Lejek.", letter.Line(u.Name), email)
	rest := "If that is you, open this link and confirm it. It works once, for three days. If it is not, there is nothing to do."
	raw, err := letter.Letter{
		From: mail.Address{Name: "Lejek", Address: from}, To: []mail.Address{{Address: email}}, Subject: "Is this your address?",
		Date: s.now(), Loop: from, Machine: true,
		Text: title + "\n\n" + rest + "\n\n" + link + "\n",
		HTML: fmt.Sprintf("<!DOCTYPE html>\n<html><body>\n<p>%s</p>\n<p>%s</p>\n<p><a href=\"%s\">Confirm</a></p>\n</body></html>\n",
			html.EscapeString(title), html.EscapeString(rest), html.EscapeString(link)),
	}.Bytes()
	if err != nil {
		return fmt.Errorf("teams.ask: %w", err)
	}
	switch _, fate, err := s.Sender.Send(ctx, from, []string{email}, raw); fate {
	case letter.Refused:
		return fault.BadField("email", "is not taken by the mail service: %s", err)
	case letter.NotTaken:
		return fault.New(fault.Unavailable, "The mail service does not take mail just now; please add the address again later").Because(err)
	}
	return nil
}
