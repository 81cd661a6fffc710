package mail

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// headerBlock is the header that a mail program printed above a message it forwards.
type headerBlock struct {
	values map[field]string
	labels int // that carry meaning
	depth  int // of quoting
	next   int // first line after it
}

// readBlock reads the header block that starts at line i. It takes two labels, one of them From with something like a name,
// to make one. Values may be wrapped, labels may stand apart by an empty line or run together on one.
func readBlock(lines []line, i int) (headerBlock, bool) {
	b := headerBlock{values: map[field]string{}, depth: lines[i].depth, next: i}
	last, blanks := noField, 0
	for j := i; j < len(lines) && j < i+60; j++ {
		l := lines[j]
		if strings.TrimFunc(l.text, isBlank) == "" {
			if blanks++; blanks > 1 || b.labels == 0 {
				break
			}
			continue
		}
		if l.depth < b.depth {
			break
		}
		f, value, ok := splitLabel(l.text)
		if _, seen := b.values[f]; ok && seen && f != ignoredField {
			break
		}
		switch {
		case ok:
			run := false
			if f == fromField && b.labels == 0 {
				value, run = b.splitRun(value)
			}
			b.set(f, value)
			if last = f; run {
				b.next = j + 1
				return b, b.complete()
			}
		case b.labels > 0 && blanks == 0 && b.continues(last, lines[j-1], l):
			b.values[last] = strings.TrimSpace(b.values[last] + " " + strings.TrimSpace(l.text))
		default:
			return b, b.complete()
		}
		b.next, blanks = j+1, 0
	}
	return b, b.complete()
}

func isBlank(r rune) bool {
	return unicode.IsSpace(r) || r == '*' || r == '|' || unicode.Is(unicode.Cf, r)
}

func (b *headerBlock) set(f field, value string) {
	b.values[f] = value
	if f != ignoredField {
		b.labels++
	}
}

func (b *headerBlock) complete() bool {
	return b.labels >= 2 && strings.IndexFunc(b.values[fromField], unicode.IsLetter) >= 0
}

// continues decides whether a line without a label goes on with the value above. It does after an empty value, after a line
// that was cut at the margin, and inside a list of addresses.
func (b *headerBlock) continues(last field, before, l line) bool {
	value := b.values[last]
	if last == ccField && value == "" || last == ignoredField && value == "" {
		return false
	}
	indented := strings.HasPrefix(l.text, " ") || strings.HasPrefix(l.text, "\t")
	switch {
	case value == "", indented, strings.HasSuffix(value, ","), strings.HasSuffix(value, ";"),
		strings.Count(value, "<") > strings.Count(value, ">"), strings.Count(value, `"`)%2 == 1:
		return true
	case last == fromField && !strings.Contains(value, "@"), last == toField || last == ccField:
		return strings.Contains(l.text, "@") && !strings.HasSuffix(strings.TrimSpace(l.text), ":") && utf8.RuneCountInString(l.text) < 200 && strings.Contains(l.text, "<")
	}
	return utf8.RuneCountInString(before.text) >= 60 && last == subjectField
}

// splitLabel recognises "From: value" with all that programs put around the label.
func splitLabel(text string) (field, string, bool) {
	text = strings.TrimFunc(text, isBlank)
	colon := strings.IndexAny(text, ":：")
	if colon <= 0 || colon > 80 {
		return noField, "", false
	}
	f, ok := labels[foldLabel(text[:colon])]
	if !ok {
		return noField, "", false
	}
	_, size := utf8.DecodeRuneInString(text[colon:])
	return f, strings.TrimFunc(text[colon+size:], isBlank), true
}

// splitRun takes apart a header block that was printed on one line ("From: A <a@b>To: … Subject: …") and returns the value
// of its first label. The labels must be of one language, at least two of them, and the subject ends it.
func (b *headerBlock) splitRun(value string) (string, bool) {
	if !strings.Contains(value, ":") || len(value) > 4000 {
		return value, false
	}
	lower := strings.ToLower(value)
	if len(lower) != len(value) {
		return value, false
	}
	type found struct {
		at, end int
		field   field
	}
	for _, language := range labelTable {
		var run []found
		for i, forms := range strings.Split(language, "|") {
			f := []field{fromField, toField, ccField, bccField, dateField, subjectField}[i]
			for form := range strings.SplitSeq(forms, ",") {
				if at := strings.Index(lower, form+":"); f != fromField && at > 0 && !wordBefore(value, at) {
					run = append(run, found{at, at + len(form) + 1, f})
					break
				}
			}
		}
		slices.SortFunc(run, func(x, y found) int { return x.at - y.at })
		if i := slices.IndexFunc(run, func(x found) bool { return x.field == subjectField }); i >= 0 {
			run = run[:i+1]
		}
		if len(run) < 2 {
			continue
		}
		for i, r := range run {
			end := len(value)
			if i+1 < len(run) {
				end = max(run[i+1].at, r.end)
			}
			b.set(r.field, strings.TrimFunc(value[r.end:end], isBlank))
		}
		return strings.TrimFunc(value[:run[0].at], isBlank), true
	}
	return value, false
}

// wordBefore reports whether a lower-case letter stands before the position, so that "Re-sent:" is not "Sent:".
func wordBefore(s string, at int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:at])
	return unicode.IsLetter(r) && unicode.IsLower(r) || r == '-'
}
