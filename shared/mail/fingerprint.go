package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/lejek/lejek/shared/mailbox"
)

// fingerprints stand in for a Message-ID where there is none: sender, base subject, minute of the date, first 500 letters and
// digits of the body, the attached parts. The second, without minute and parts, is equal for a message and the copy inside a
// forward, whose header block tells the time in words and in the forwarder's zone; it must not be used for more, since people do
// send "OK, thanks" twice.
func fingerprints(p mailbox.Parsed, letters []rune) (dated, content string) {
	var head strings.Builder
	if len(p.From) > 0 {
		if head.WriteString(p.From[0].Email); p.From[0].Email == "" {
			head.WriteString(strings.ToLower(p.From[0].Name))
		}
	}
	head.WriteString("\n" + strings.ToLower(p.BaseSubject) + "\n")
	body := "\n" + string(letters)
	minute := ""
	if !p.Date.IsZero() {
		minute = p.Date.UTC().Format("2006-01-02T15:04")
	}
	full := []byte(head.String() + minute + body)
	for _, part := range p.Parts {
		// Two scans sent a day apart by the same device may differ in nothing else. A quoted copy has no parts to compare.
		sum := sha256.Sum256(part.Content)
		full = append(full, sum[:]...)
	}
	return printOf(full), printOf([]byte(head.String() + body))
}

func printOf(of []byte) string {
	sum := sha256.Sum256(of)
	return hex.EncodeToString(sum[:16])
}
