package mail

import (
	"path"
	"strings"
	"unicode"

	"github.com/jhillyerd/enmime/v2"
	"golang.org/x/text/unicode/norm"
)

const maxName = 150 // bytes; below what every file system takes, with room for " (2)"

// safeName makes a file name from what the sender calls one: the last path element, without anything that a file system,
// a shell, a header or a reader's eye could take for something else. Empty if nothing is left.
func safeName(name string) string {
	name = strings.ReplaceAll(norm.NFC.String(repair(name)), `\`, "/")
	name = name[strings.LastIndexByte(name, '/')+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r) && r != '\u200d', r == unicode.ReplacementChar:
			return -1 // formats such as the right-to-left override turn "gpj.exe" around
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ". ")
	if len(name) <= maxName {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 20 {
		ext = ""
	}
	stem := name[:maxName-len(ext)]
	return strings.TrimRight(strings.ToValidUTF8(stem, ""), ". ") + ext
}

// extension names the types that commonly arrive without a file name.
func extension(mediaType string) string {
	switch mediaType {
	case "text/plain", "text/rfc822-headers", "message/delivery-status":
		return ".txt"
	case "text/html":
		return ".html"
	case "text/calendar":
		return ".ics"
	case "text/vcard", "text/x-vcard":
		return ".vcf"
	case "text/csv":
		return ".csv"
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "image/gif":
		return ".gif"
	case "application/pdf":
		return ".pdf"
	case "application/ms-tnef":
		return ".dat"
	case "application/pgp-signature":
		return ".asc"
	case "application/pkcs7-signature", "application/x-pkcs7-signature":
		return ".p7s"
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		return ".p7m"
	case "message/rfc822":
		return ".eml"
	}
	return ""
}

// attachedName calls an attached message by its subject, as mail programs do.
func attachedName(content []byte) string {
	content = content[:min(len(content), 64<<10)]
	header, err := readFields(content, enmime.NewPart(""))
	if err == nil {
		subject := strings.ReplaceAll(headerText(headerValue(header.Get("Subject"))), "/", "-")
		if name := safeName(strings.ReplaceAll(subject, `\`, "-")); name != "" {
			return safeName(name + ".eml")
		}
	}
	return "message.eml"
}
