package mail

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Labels are looked for before so many colons, and so many bytes before each.
const (
	maxRunColons = 24
	maxRunLabel  = 40
)

// forgotten are the labels whose colons Yahoo forgets.
var forgotten = []string{"Dw ", "Assunto "}

// readRun takes apart a header block that was printed on one line ("From: A <a@b>To: … Subject: …"), given what stands behind
// the first label. At least two more labels must follow an address, and the subject ends it.
func (b *headerBlock) readRun(value string) bool {
	if b.labels > 0 || !strings.Contains(value, "@") || !strings.ContainsAny(value, ":：") || len(value) > 4000 {
		return false
	}
	run := headerBlock{values: map[field]string{}, languages: anyLanguage, depth: b.depth}
	start, current := 0, label{fromField, anyLanguage}
	for at, n := 0, 0; n < maxRunColons && current.field != subjectField; n++ {
		begin, end, found := nextRunLabel(value, at)
		if end < 0 {
			break
		}
		at = end
		if begin >= start && found.field >= toField && found.field <= subjectField && run.accepts(found) {
			run.set(current, strings.TrimFunc(value[start:begin], isBlank))
			start, current = end, found
		}
	}
	run.set(current, strings.TrimFunc(value[start:], isBlank))
	if run.labels < 3 || !strings.Contains(run.values[fromField], "@") {
		return false
	}
	*b = run
	return true
}

// nextRunLabel finds the next place behind which a value may begin, and the longest label before it; -1 if there is none.
func nextRunLabel(s string, from int) (begin, end int, l label) {
	end = -1
	if colon := strings.IndexAny(s[from:], ":：") + from; colon >= from {
		_, size := utf8.DecodeRuneInString(s[colon:])
		end = colon + size
		begin, l = labelBefore(s, from, colon)
	}
	for _, word := range forgotten {
		if i := strings.Index(s[from:], word) + from; i >= from && (end < 0 || i < begin || i < end && l.field == noField) && !insideWord(s, i) {
			begin, end, l = i, i+len(word), labels()[foldLabel(word)]
		}
	}
	return begin, end, l
}

// labelBefore finds the longest label that ends at the colon.
func labelBefore(s string, from, colon int) (int, label) {
	text := strings.TrimRight(s[:colon], " .\u00a0")
	for i := max(from, colon-maxRunLabel); i < len(text); i++ {
		if !utf8.RuneStart(s[i]) || insideWord(s, i) {
			continue
		}
		if l, ok := labels()[foldLabel(text[i:])]; ok {
			return i, l
		}
	}
	return colon, label{}
}

// insideWord reports that no label begins here: it would be the end of a longer word ("Re-sent:"), or be written small.
func insideWord(s string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:at])
	first, _ := utf8.DecodeRuneInString(s[at:])
	return unicode.IsLower(before) || before == '-' || !unicode.IsLetter(first) || unicode.IsLower(first)
}
