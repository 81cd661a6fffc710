package mail

import (
	"net/textproto"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/mailbox"
)

// repairHeader makes every value valid UTF-8: raw 8-bit text in a header is UTF-8 (RFC 6532) or, mostly, windows-1252.
func repairHeader(fields textproto.MIMEHeader) map[string][]string {
	header := make(map[string][]string, len(fields))
	for name, values := range fields {
		repaired := make([]string, len(values))
		for i, v := range values {
			repaired[i] = strings.TrimSpace(headerValue(v))
		}
		header[textproto.CanonicalMIMEHeaderKey(repair(name))] = repaired
	}
	return header
}

// headerValue decodes raw 8-bit text.
func headerValue(v string) string {
	if utf8.ValidString(v) {
		return repair(v)
	}
	return decodeCharset([]byte(v), "")
}

// looksLikeMail asks for one field that every program writes.
func looksLikeMail(header map[string][]string) bool {
	for _, name := range []string{"From", "To", "Date", "Subject", "Message-Id", "Received", "Return-Path", "Mime-Version", "Sender", "Cc"} {
		if len(header[name]) > 0 {
			return true
		}
	}
	return false
}

// readHeader fills everything that the header alone tells.
func readHeader(header map[string][]string) mailbox.Parsed {
	get := func(name string) string {
		if v := header[name]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	p := mailbox.Parsed{
		MessageID:    messageID(get("Message-Id")),
		InReplyTo:    messageIDs(header["In-Reply-To"]),
		References:   capIDs(messageIDs(header["References"])),
		ThreadIndex:  threadIndex(get("Thread-Index")),
		FromFields:   len(header["From"]),
		From:         addresses(header["From"], true),
		Sender:       addresses(header["Sender"], false),
		ReplyTo:      addresses(header["Reply-To"], false),
		To:           addresses(header["To"], false),
		Cc:           addresses(header["Cc"], false),
		Bcc:          addresses(header["Bcc"], false),
		ResentFrom:   addresses(header["Resent-From"], false),
		OriginalFrom: addresses(header["X-Original-From"], false),
		Subject:      headerText(get("Subject")),
		Date:         headerDate(get("Date")),
		AuthResults:  authResults(header["Authentication-Results"]),
		ReceivedFor:  receivedFor(get("Received")),
		Header:       header,
	}
	p.Signals = readSignals(header, p.Subject)
	return p
}

// headerText decodes an unstructured field and folds its white space.
func headerText(value string) string {
	return strings.Join(strings.FieldsFunc(decodeWords(value), func(r rune) bool {
		return r == ' ' || r < ' ' || r == 0x7f || r == '\u2028' || r == '\u2029'
	}), " ")
}

// receivedFor reads the "for" clause of the topmost Received field (RFC 5321 §4.4): with a lone raw object it is the only
// trace of the envelope.
func receivedFor(value string) string {
	words := strings.Fields(value)
	i := slices.Index(words, "for")
	if i < 0 || i+1 >= len(words) {
		return ""
	}
	email := NormalizeAddress(strings.Trim(words[i+1], "<>;,"))
	if !strings.Contains(email, "@") {
		return ""
	}
	return email
}
