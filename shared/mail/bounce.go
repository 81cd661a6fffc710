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
		if address := NormalizeAddress(strings.Trim(strings.TrimSpace(value), "<>")); strings.EqualFold(name, "original-rcpt-to") && isAddress(address) && len(b.Recipients) < 100 {
			b.Recipients = append(b.Recipients, address)
		}
	}
}

func readDeliveryStatus(b *mailbox.Bounce, content []byte) {
	for line := range strings.Lines(decodeCharset(content, "")) {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(name) {
		case "final-recipient", "original-recipient":
			_, address, _ := strings.Cut(value, ";")
			address = NormalizeAddress(strings.Trim(strings.TrimSpace(address), "<>"))
			if isAddress(address) && !slices.Contains(b.Recipients, address) && len(b.Recipients) < 100 {
				b.Recipients = append(b.Recipients, address)
			}
		case "status":
			if b.Status == "" {
				b.Status, _, _ = strings.Cut(value, " ")
			}
		}
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
	if b := bounceInText(p); b.MessageID != "" && len(b.Recipients) > 0 {
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
		if b := bounceInText(p); b.MessageID != "" || b.Status != "" || len(b.Recipients) > 0 || local == "mailer-daemon" {
			p.Signals.Report, p.Signals.Bounce = "delivery-status", b
		}
	}
}

// bounceInText is what a notification's text tells, up to the copy of what came back.
func bounceInText(p *mailbox.Parsed) (b mailbox.Bounce) {
	text := p.Text[:min(len(p.Text), 64<<10)]
	if m := returnedID.FindStringSubmatchIndex(text); m != nil {
		b.MessageID, text = messageID(text[m[2]:m[3]]), text[:m[0]]
	}
	b.Status = enhancedStatus.FindString(text)
	for _, a := range addresses(p.Header["X-Failed-Recipients"], false) {
		b.Recipients = append(b.Recipients, a.Email)
	}
	for _, found := range failedAddress.FindAllStringSubmatch(text, 100) {
		if address := NormalizeAddress(found[1]); isAddress(address) && !slices.Contains(b.Recipients, address) {
			b.Recipients = append(b.Recipients, address)
		}
	}
	return b
}
