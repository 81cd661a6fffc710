package mail

import (
	"regexp"
	"slices"
	"strings"

	"github.com/jhillyerd/enmime/v2"

	"github.com/lejek/lejek/shared/mailbox"
)

// readBounce reads the machine's part of a delivery status notification (RFC 3464) and the header of the mail that came
// back, which is how the bounce finds its thread.
func readBounce(parts []mailbox.Part) mailbox.Bounce {
	var b mailbox.Bounce
	for _, part := range parts {
		content := part.Content[:min(len(part.Content), 64<<10)]
		switch part.MediaType {
		case "message/delivery-status", "message/global-delivery-status":
			readDeliveryStatus(&b, content)
		case "message/feedback-report":
			readFeedback(&b, content)
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
			header, err := readFields(trimPrelude(content), enmime.NewPart(""))
			if err == nil && b.MessageID == "" {
				b.MessageID = messageID(repair(header.Get("Message-Id")))
			}
		}
	}
	return b
}

// readFeedback reads who complains. Many services leave that out, and then only the mail is known.
func readFeedback(b *mailbox.Bounce, content []byte) {
	for line := range strings.Lines(decodeCharset(content, "")) {
		name, value, _ := strings.Cut(line, ":")
		switch value = strings.TrimSpace(value); strings.ToLower(name) {
		case "feedback-type":
			b.Feedback = strings.ToLower(value)
		case "original-rcpt-to":
			undelivered(b, value, "", false)
		}
	}
}

// readDeliveryStatus reads the fields of each recipient, which an empty line ends. The first ones are about the message.
func readDeliveryStatus(b *mailbox.Bounce, content []byte) {
	var named []string
	var status, action string
	end := func() {
		failed := action == "failed" || action == "" && strings.HasPrefix(status, "5")
		for _, address := range named {
			undelivered(b, address, status, failed)
		}
		named, status, action = nil, "", ""
	}
	for line := range strings.Lines(decodeCharset(content, "")) {
		name, value, ok := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch strings.ToLower(name) {
		case "final-recipient", "original-recipient":
			_, address, _ := strings.Cut(value, ";")
			named = append(named, address)
		case "action":
			action, _, _ = strings.Cut(strings.ToLower(value), " ")
		case "status":
			status, _, _ = strings.Cut(value, " ")
		default:
			if !ok && strings.TrimSpace(line) == "" {
				end()
			}
		}
	}
	end()
}

const maxUndelivered = 100

// undelivered adds a recipient, once.
func undelivered(b *mailbox.Bounce, address, status string, failed bool) {
	address = NormalizeAddress(strings.Trim(strings.TrimSpace(address), "<>"))
	known := slices.ContainsFunc(b.Recipients, func(u mailbox.Undelivered) bool { return u.Email == address })
	if isAddress(address) && !known && len(b.Recipients) < maxUndelivered {
		b.Recipients = append(b.Recipients, mailbox.Undelivered{Email: address, Status: status, Failed: failed})
	}
}

var (
	returnedID     = regexp.MustCompile(`(?im)^[> ]*Message-ID:\s*(<[^<>\s]+>)`)
	failedAddress  = regexp.MustCompile(`(?m)^\s*<?([^\s<>()]+@[^\s<>():]+)>?:?\s*$`)
	enhancedStatus = regexp.MustCompile(`\b[45]\.\d{1,3}\.\d{1,3}\b`)
)

// readPlainBounce recognises the notifications of servers that never heard of RFC 3464, such as qmail's: a mailer-daemon writes a
// text that ends with a copy of what came back.
func readPlainBounce(p *mailbox.Parsed) {
	if len(p.From) == 0 || p.Signals.Report != "" {
		return
	}
	local, _, _ := strings.Cut(p.From[0].Email, "@")
	if local != "mailer-daemon" && local != "postmaster" || !p.Signals.EmptyReturnPath && len(p.Header["X-Failed-Recipients"]) == 0 && local != "mailer-daemon" {
		return
	}
	if b, _ := bounceInText(p); b.MessageID != "" && len(b.Recipients) > 0 {
		p.Signals.Report, p.Signals.Bounce = "delivery-status", b
	}
}

// readQuotedBounce recognises a notification in what a user forwards within the text, where nothing is left of its header and of the
// machine's part. What it returns may be named there or not: it is a bounce all the same.
func readQuotedBounce(p *mailbox.Parsed) {
	if len(p.From) != 1 {
		return
	}
	switch local, _, _ := strings.Cut(p.From[0].Email, "@"); local {
	case "mailer-daemon", "postmaster":
		if b, status := bounceInText(p); b.MessageID != "" || status != "" || len(b.Recipients) > 0 || local == "mailer-daemon" {
			p.Signals.Report, p.Signals.Bounce = "delivery-status", b
		}
	}
}

// bounceInText is what a notification's text tells, up to the copy of what came back.
func bounceInText(p *mailbox.Parsed) (b mailbox.Bounce, status string) {
	text := p.Text[:min(len(p.Text), 64<<10)]
	if m := returnedID.FindStringSubmatchIndex(text); m != nil {
		b.MessageID, text = messageID(text[m[2]:m[3]]), text[:m[0]]
	}
	status = enhancedStatus.FindString(text)
	for _, a := range addresses(p.Header["X-Failed-Recipients"], false) {
		undelivered(&b, a.Email, status, true)
	}
	for _, found := range failedAddress.FindAllStringSubmatch(text, maxUndelivered) {
		undelivered(&b, found[1], status, strings.HasPrefix(status, "5"))
	}
	return b, status
}
