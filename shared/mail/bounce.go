package mail

import (
	"bufio"
	"bytes"
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
		case "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers":
			header, err := enmime.ReadHeader(bufio.NewReader(bytes.NewReader(terminated(trimPrelude(content)))), partErrors{enmime.NewPart("")})
			if err == nil && b.MessageID == "" {
				b.MessageID = messageID(repair(header.Get("Message-Id")))
			}
		}
	}
	return b
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
