package mail

import (
	"testing"

	"github.com/lejek/lejek/shared/mailbox"
)

// TestScansThatDifferOnlyInTheirFileAreTwoMessages: devices send mail without Message-ID, Date or text.
func TestScansThatDifferOnlyInTheirFileAreTwoMessages(t *testing.T) {
	t.Parallel()
	scan := func(content string) mailbox.Parsed {
		p := mailbox.Parsed{From: []mailbox.Address{{Email: "scanner@acme.example"}}, Subject: "Scan", Parts: []mailbox.Part{{Name: "scan.pdf", Content: []byte(content)}}}
		summarise(&p)
		return p
	}
	first, again := scan("first").Fingerprint, scan("first").Fingerprint
	if first == scan("second").Fingerprint {
		t.Error("another file, the same fingerprint: it would count as sent twice and be lost")
	}
	if first != again {
		t.Error("the same message has two fingerprints")
	}
	if scan("first").ContentPrint != scan("second").ContentPrint {
		t.Error("the print that a quoted copy shares must not look at parts, which the copy lacks")
	}
}
