package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"github.com/lejek/lejek/shared/mailbox"
)

const fingerprintLetters = 500

// Fingerprint stands in for a Message-ID where there is none: sender, base subject, minute of the date, first 500 letters and
// digits of the body, the attached parts. Without minute and parts (dated false) it is equal for a message and the copy inside a forward, whose header block tells
// the time in words and in the forwarder's zone; it must not be used for more, since people do send "OK, thanks" twice.
func Fingerprint(p mailbox.Parsed, dated bool) string {
	var b strings.Builder
	if len(p.From) > 0 {
		if b.WriteString(p.From[0].Email); p.From[0].Email == "" {
			b.WriteString(strings.ToLower(p.From[0].Name))
		}
	}
	base, _ := BaseSubject(p.Subject)
	b.WriteString("\n" + strings.ToLower(base) + "\n")
	if dated && !p.Date.IsZero() {
		b.WriteString(p.Date.UTC().Format("2006-01-02T15:04"))
	}
	b.WriteString("\n" + bodyLetters(p))
	if dated {
		// Two scans sent a day apart by the same device may differ in nothing else. A quoted copy has no parts to compare.
		for _, part := range p.Parts {
			content := sha256.Sum256(part.Content)
			b.Write(content[:])
		}
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:16])
}

// bodyLetters leaves out whatever a mail program changes when it quotes: wrapping, marks, links, case.
func bodyLetters(p mailbox.Parsed) string {
	var text string
	if strings.TrimSpace(p.Text) != "" {
		text = p.Text[:min(len(p.Text), 16<<10)]
	} else {
		text = renderHTML(p.HTML[:min(len(p.HTML), 512<<10)])
		text = text[:min(len(text), 16<<10)]
	}
	out := make([]rune, 0, fingerprintLetters)
	for word := range strings.FieldsSeq(text) {
		if strings.Contains(word, "://") || strings.Contains(word, "[cid:") || strings.Contains(word, "<mailto:") {
			continue
		}
		for _, c := range word {
			if unicode.IsLetter(c) || unicode.IsDigit(c) {
				if out = append(out, unicode.ToLower(c)); len(out) == fingerprintLetters {
					return string(out)
				}
			}
		}
	}
	return string(out)
}
