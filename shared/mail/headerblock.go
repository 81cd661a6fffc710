package mail

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxBlockValue bounds a wrapped value; it has room for a thousand recipients.
const maxBlockValue = 64 << 10

// headerBlock is the header that a mail program printed above a message it forwards.
type headerBlock struct {
	values    map[field]string
	labels    int    // that carry meaning
	languages uint64 // in which all its labels are known; English ones are known in all
	depth     int    // of quoting
	next      int    // first line after it
	apart     bool   // its labels stand apart by empty lines
	stacked   bool   // its values stand below their labels
	last      field
}

// readBlock reads the header block that starts at line i. It takes two labels of one language, one of them From with something
// like a name, to make one. Values may be wrapped, labels may stand apart by an empty line or run together on one. Under a
// separator the labels may lack their colons.
func (f finder) readBlock(i int, underSeparator bool) (headerBlock, bool) {
	b := headerBlock{values: map[field]string{}, languages: anyLanguage, depth: f.lines[i].depth, next: i}
	blanks, bare := 0, false
	for j := i; j < len(f.lines) && j < i+60; j++ {
		l := f.lines[j]
		if isEmpty(l.text) {
			if blanks++; blanks > 1 || b.labels == 0 || b.labels > 1 && !b.apart {
				break
			}
			continue
		}
		if l.depth < b.depth {
			break
		}
		if b.labels == 1 && blanks == 1 {
			b.apart = true
		}
		found, value, ok := splitLabel(l.text)
		if !ok && underSeparator {
			found, value, ok = splitBareLabel(l.text, b.labels, bare)
			bare = bare || ok && b.labels == 0
		}
		if ok = ok && b.accepts(found); ok {
			if found.field == fromField && b.readRun(value) {
				b.next = j + 1
				return b, b.complete()
			}
			b.set(found, value)
		} else if b.last != noField && blanks == 0 && f.continues(&b, j) {
			b.values[b.last] = strings.TrimSpace(b.values[b.last] + " " + strings.TrimSpace(l.text))
		} else {
			break
		}
		b.next, blanks = j+1, 0
	}
	return b, b.complete()
}

func isBlank(r rune) bool {
	return unicode.IsSpace(r) || r == '*' || r == '|' || unicode.Is(unicode.Cf, r)
}

func isEmpty(text string) bool { return strings.TrimFunc(text, isBlank) == "" }

// accepts reports whether the block may go on with a label: once each, and in a language in which the others are known.
func (b *headerBlock) accepts(l label) bool {
	if _, seen := b.values[l.field]; seen && l.field != ignoredField {
		return false
	}
	return l.languages&english != 0 || l.languages&b.languages != 0
}

func (b *headerBlock) set(l label, value string) {
	b.values[l.field], b.last = value, l.field
	if l.languages&english == 0 {
		b.languages &= l.languages
	}
	if l.field != ignoredField {
		b.labels++
	}
}

func (b *headerBlock) complete() bool {
	return b.labels >= 2 && strings.IndexFunc(b.values[fromField], unicode.IsLetter) >= 0
}

// sure tells the header of a mail from a timetable ("From: Warsaw, To: Berlin"): it names an address, or a subject and a date.
func (b *headerBlock) sure() bool {
	_, subject := b.values[subjectField]
	return rescue(unmailto(b.values[fromField])).Email != "" || subject && strings.ContainsFunc(b.values[dateField], unicode.IsDigit)
}

// continues decides whether line j, which has no label, goes on with the value above. It does after an empty value, inside a
// list of addresses, and after a line of plain text that was cut at the margin.
func (f finder) continues(b *headerBlock, j int) bool {
	value, text := b.values[b.last], f.lines[j].text
	if len(value)+len(text) > maxBlockValue {
		return false
	}
	if value == "" {
		switch b.last {
		case fromField, toField, dateField:
			b.stacked = true
			return true
		}
		return b.stacked && b.last == subjectField
	}
	indented := strings.HasPrefix(text, " ") || strings.HasPrefix(text, "\t")
	if indented && !f.rich || strings.HasSuffix(value, ",") || strings.HasSuffix(value, ";") {
		return b.last != subjectField || indented
	}
	switch b.last {
	case fromField, toField, ccField, bccField, replyToField:
		if strings.Count(value, "<") > strings.Count(value, ">") || strings.Count(value, `"`)%2 == 1 {
			return true
		}
		listed := strings.Contains(text, "@") && strings.Contains(text, "<") && utf8.RuneCountInString(text) < 200 && !strings.HasSuffix(strings.TrimSpace(text), ":")
		if listed && (b.last != fromField || !strings.Contains(value, "@")) {
			return true
		}
	}
	return f.cutBefore(j)
}

// cutBefore reports that the line above ends where a program that wraps plain text would have cut it.
func (f finder) cutBefore(j int) bool {
	if f.rich {
		return false
	}
	above := utf8.RuneCountInString(f.lines[j-1].text) + 2*f.lines[j-1].depth
	word, _, _ := strings.Cut(strings.TrimSpace(f.lines[j].text), " ")
	return above <= 80 && above+1+utf8.RuneCountInString(word) > 70
}

// splitLabel recognises "From: value" with all that programs put around the label.
func splitLabel(text string) (label, string, bool) {
	text = strings.TrimFunc(text, isBlank)
	colon := strings.IndexAny(text, ":：")
	if colon <= 0 || colon > 80 {
		return label{}, "", false
	}
	word := foldLabel(text[:colon])
	l, ok := labels()[word]
	if !ok && isTrace(word) {
		l, ok = label{ignoredField, anyLanguage}, true
	}
	if !ok {
		return label{}, "", false
	}
	_, size := utf8.DecodeRuneInString(text[colon:])
	return l, strings.TrimFunc(text[colon+size:], isBlank), true
}

// isTrace recognises fields that programs print which forward the whole header.
func isTrace(word string) bool {
	for _, prefix := range []string{"x-", "content-", "list-", "resent-", "thread-", "arc-", "dkim-", "received", "delivered-to", "return-path", "errors-to"} {
		if strings.HasPrefix(word, prefix) {
			return !strings.Contains(word, " ")
		}
	}
	return false
}

// splitBareLabel recognises labels of programs that print no colons. The first must be From, with an address, if others are to
// follow it; Yahoo forgets the colon of two labels only.
func splitBareLabel(text string, labelsBefore int, bare bool) (label, string, bool) {
	word, value, _ := strings.Cut(strings.TrimFunc(text, isBlank), " ")
	word = foldLabel(word)
	l, ok := labels()[word]
	switch {
	case !ok:
	case labelsBefore == 0:
		ok = l.field == fromField && strings.Contains(value, "@")
	default:
		ok = bare || word == "dw" || word == "assunto"
	}
	return l, strings.TrimFunc(value, isBlank), ok
}
