package mail

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// runLabels finds the labels inside a header block that was printed on one line. Yahoo forgets some colons.
var runLabels = func() *regexp.Regexp {
	var forms []string
	for form, l := range labels {
		if l.field >= toField && l.field <= subjectField {
			forms = append(forms, regexp.QuoteMeta(form))
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	return regexp.MustCompile(`(?i)(` + strings.Join(forms, "|") + `)\.?[ \x{a0}]?[:：]|(?:(Dw)|(Assunto)) `)
}()

// readRun takes apart a header block that was printed on one line ("From: A <a@b>To: … Subject: …"), given what stands behind
// the first label. At least two more labels must follow an address, and the subject ends it.
func (b *headerBlock) readRun(value string) bool {
	if b.labels > 0 || !strings.Contains(value, "@") || !strings.ContainsAny(value, ":：") || len(value) > 4000 {
		return false
	}
	run := headerBlock{values: map[field]string{}, languages: anyLanguage}
	start, current := 0, label{fromField, anyLanguage}
	for _, m := range runLabels.FindAllStringSubmatchIndex(value, -1) {
		found := labels[foldLabel(strings.TrimRight(value[m[0]:m[1]], ":： \u00a0"))]
		if wordAround(value, m[0]) || !run.accepts(found) || current.field == subjectField || found.field == fromField {
			continue
		}
		run.set(current, strings.TrimFunc(value[start:m[0]], isBlank))
		start, current = m[1], found
	}
	run.set(current, strings.TrimFunc(value[start:], isBlank))
	if run.labels < 3 || !strings.Contains(run.values[fromField], "@") {
		return false
	}
	run.depth = b.depth
	*b = run
	return true
}

// wordAround reports that a label is the end of a longer word ("Re-sent:"), or begins like no label does.
func wordAround(s string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:at])
	first, _ := utf8.DecodeRuneInString(s[at:])
	return unicode.IsLower(before) || before == '-' || unicode.IsLower(first)
}
