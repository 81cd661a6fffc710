package mail

import (
	"testing"

	"github.com/lejek/lejek/shared/mailbox"
)

// TestScansThatDifferOnlyInTheirFileAreTwoMessages: devices send mail without Message-ID, Date or text.
func TestScansThatDifferOnlyInTheirFileAreTwoMessages(t *testing.T) {
	t.Parallel()
	scan := func(content string) mailbox.Parsed {
		return mailbox.Parsed{From: []mailbox.Address{{Email: "scanner@acme.example"}}, Subject: "Scan", Parts: []mailbox.Part{{Name: "scan.pdf", Content: []byte(content)}}}
	}
	first, again := Fingerprint(scan("first"), true), Fingerprint(scan("first"), true)
	if first == Fingerprint(scan("second"), true) {
		t.Error("another file, the same fingerprint: it would count as sent twice and be lost")
	}
	if first != again {
		t.Error("the same message has two fingerprints")
	}
	if Fingerprint(scan("first"), false) != Fingerprint(scan("second"), false) {
		t.Error("the print that a quoted copy shares must not look at parts, which the copy lacks")
	}
}
