package outbox

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/lejek/lejek/infra/local/engine"
)

// simulated is the domain of SES's mailbox simulator: addresses there behave as their local part says, whatever follows a plus.
const simulated = "simulator.amazonses.com"

// Notice is a mail that comes back because of one that was sent. Its sender in the envelope is nobody.
type Notice struct {
	To  string
	Raw []byte
}

// simulate sends back what comes of each recipient at the simulator, to the mail's sender, as SES does with feedback forwarding.
func (o *Outbox) simulate(e Envelope, raw []byte) {
	if o.Feedback == nil {
		return
	}
	for _, to := range e.Destinations {
		local, domain, _ := strings.Cut(strings.ToLower(to), "@")
		local, _, _ = strings.Cut(local, "+")
		notice, ok := notices[local]
		if !ok || domain != simulated {
			continue
		}
		text := strings.ReplaceAll(notice(o, e, to), "\n", "\r\n")
		o.Feedback(Notice{e.Source, []byte(strings.ReplaceAll(text, returned, string(e.departed(raw))))})
	}
}

// returned is where the mail itself stands in a notice: its line breaks are its own.
const returned = "{{returned}}"

// notices are what the simulator's addresses answer with. Others there take the mail and say nothing.
var notices = map[string]func(*Outbox, Envelope, string) string{
	"bounce": func(o *Outbox, e Envelope, to string) string { return o.bounce(e, to, "550 5.1.1 user unknown") },
	"suppressionlist": func(o *Outbox, e Envelope, to string) string {
		return o.bounce(e, to, "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address.")
	},
	"complaint": (*Outbox).complaint,
	"ooto":      (*Outbox).outOfOffice,
}

const between = "----=_Part_1_1.1"

// bounce is a delivery status notification (RFC 3464).
func (o *Outbox) bounce(e Envelope, to, why string) string {
	return o.header(e, "MAILER-DAEMON@"+engine.Region+".amazonses.com", "Delivery Status Notification (Failure)") +
		"Content-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"" + between + "\"\n\n" +
		"--" + between + "\nContent-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: 7bit\nContent-Description: Notification\n\n" +
		"An error occurred while trying to deliver the mail to the following recipients:\n" + to + "\n" +
		"--" + between + "\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: 7bit\nContent-Description: Delivery Status Notification\n\n" +
		"Reporting-MTA: dns; b1-1.smtp-out." + engine.Region + ".amazonses.com\n\n" +
		"Action: failed\nFinal-Recipient: rfc822; " + to + "\nDiagnostic-Code: smtp; " + why + "\nStatus: 5.1.1\n\n" +
		"--" + between + "\nContent-Type: message/rfc822\nContent-Description: Undelivered Message\n\n" + returned + "\n--" + between + "--\n"
}

// complaint is a feedback report (RFC 5965).
func (o *Outbox) complaint(e Envelope, to string) string {
	return o.header(e, "complaints@"+engine.Region+".email-abuse.amazonses.com", "complaint about message from 127.0.0.1") +
		"Content-Type: multipart/report; report-type=feedback-report;\n\tboundary=\"" + between + "\"\n\n" +
		"--" + between + "\nContent-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: 7bit\n\n" +
		"This is an email abuse report for an email message from Amazon SES.\n" +
		"--" + between + "\nContent-Type: message/feedback-report\n\n" +
		"Feedback-Type: abuse\nUser-Agent: Amazon SES Mailbox Simulator\nVersion: 1\nOriginal-Mail-From: <" + e.internetID() + ">\n" +
		"Original-Rcpt-To: <" + to + ">\nSource-IP: 127.0.0.1\n\n" +
		"--" + between + "\nContent-Type: message/rfc822\n\n" + returned + "\n--" + between + "--\n"
}

// outOfOffice is an automatic reply (RFC 3834).
func (o *Outbox) outOfOffice(e Envelope, to string) string {
	return o.header(e, to, "Automatic reply: out of the office") + "Auto-Submitted: auto-replied\nIn-Reply-To: <" + e.internetID() + ">\nReferences: <" + e.internetID() + ">\n" +
		"Content-Type: text/plain; charset=us-ascii\n\nI am out of the office.\n"
}

func (o *Outbox) header(e Envelope, from, subject string) string {
	return fmt.Sprintf("From: %s\nTo: %s\nSubject: %s\nMessage-ID: <%s@%s.amazonses.com>\nDate: %s\nMIME-Version: 1.0\n",
		from, e.Source, subject, messageID(), engine.Region, o.Now().UTC().Format("Mon, 2 Jan 2006 15:04:05 -0700"))
}

// internetID is the Message-ID that SES puts in the place of the sender's.
func (e Envelope) internetID() string { return e.MessageID + "@" + engine.Region + ".amazonses.com" }

// departed is a message as it leaves SES, which writes Message-ID and Date anew.
func (e Envelope) departed(raw []byte) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "Message-ID: <%s>\r\nDate: %s\r\n", e.internetID(), e.Sent.Format("Mon, 2 Jan 2006 15:04:05 -0700"))
	header, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	dropped := false
	for line := range bytes.Lines(header) {
		if !bytes.HasPrefix(line, []byte(" ")) && !bytes.HasPrefix(line, []byte("\t")) {
			name, _, _ := strings.Cut(strings.ToLower(string(line)), ":")
			dropped = name == "message-id" || name == "date"
		}
		if !dropped {
			out.Write(line)
		}
	}
	return append(append(bytes.TrimRight(out.Bytes(), "\r\n"), "\r\n\r\n"...), body...)
}
