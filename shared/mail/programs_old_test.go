package mail_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/mail"
)

func TestForwardReadsOldOfficeSuites(t *testing.T) {
	t.Parallel()
	notes := "Please log.\n\n----- Forwarded by Anna Nowak/ACME on 06/03/2024 10:20 AM -----\n" + strings.Repeat(" ", 75) + "\n"
	for name, body := range map[string]string{
		"GroupWise":                     "Please log.\n\n>>> Jan Kowalski <jan@client.example> 6/3/2024 10:15 AM >>>\nDear Anna,\n\n200 chairs, please.\n",
		"GroupWise, the name in quotes": "Please log.\n\n>>> \"Jan Kowalski\" <jan@client.example> 03.06.2024 10:15 >>>\nDear Anna,\n\n200 chairs, please.\n",
		"Notes 6": notes +
			"             Jan Kowalski\n             <jan@client.exam\n             ple>                                                       To\n" +
			"                                       Anna Nowak <anna@acme.example>,\n                                       Ewa Lis <ewa@acme.example>\n" +
			"             06/03/2024 10:15                                           cc\n             AM\n" +
			"                                                                   Subject\n                                       Offer for chairs, stools and\n                                       desks\n" +
			"\n\n\nDear Anna,\n\n200 chairs, please.\n",
		"Notes 7, with a copy": notes +
			"             \"Jan Kowalski\"\n             <jan@client.exam\n             ple>                                                       To\n                                       <anna@acme.example>\n" +
			"             06/03/2024 10:15                                           cc\n             AM                        <ewa@acme.example>\n" +
			"                                                                   Subject\n                                       Offer for chairs, stools and desks\n\n\nDear Anna,\n\n200 chairs, please.\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := mail.Forward(parse(t, fwd+body), mail.Limits{})
			if len(found) != 1 {
				t.Fatalf("%d mails inside", len(found))
			}
			in := found[0].Parsed
			if len(in.From) != 1 || in.From[0].Name != "Jan Kowalski" || in.From[0].Email != "jan@client.example" || found[0].Note != "Please log." || strings.TrimSpace(in.Text) != "Dear Anna,\n\n200 chairs, please." {
				t.Errorf("from %+v, note %q, text %q", in.From, found[0].Note, in.Text)
			}
			if in.Date.Day() != 3 || in.Date.Month() != time.June && in.Date.Month() != time.March || in.Date.Hour() != 10 || in.Date.Minute() != 15 {
				t.Errorf("date %v", in.Date)
			}
			if strings.HasPrefix(name, "Notes") && (in.Subject != "Offer for chairs, stools and desks" || len(in.To)+len(in.Cc) < 1 || in.To[0].Email != "anna@acme.example") {
				t.Errorf("subject %q, to %+v, cc %+v", in.Subject, in.To, in.Cc)
			}
		})
	}
	for name, raw := range map[string]string{
		"a reply by GroupWise": strings.Replace(fwd, "Subject: Fwd: ", "Subject: Re: ", 1) + "Yes.\n\n>>> Jan <jan@client.example> 6/3/2024 10:15 AM >>>\nMay we?\n",
		"arrows in a text":     fwd + "Look here >>>\n\n>>> and here >>>\n",
	} {
		if found := mail.Forward(parse(t, raw), mail.Limits{}); len(found) != 0 {
			t.Errorf("%s is taken for a forward: %+v", name, found)
		}
	}
}
