package mail

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// readNotesBlock reads what old Lotus Notes prints under its separator: the sender and the date on a line of their own, then
// To, cc and Subject.
//
//	Jan Kowalski <jan@client.example> on 06/03/2024 10:15:00 AM
//	To:   anna@acme.example
//	cc:
//	Subject:   Offer
func (f finder) readNotesBlock(i int) (headerBlock, bool) {
	above := ""
	for j := i; j < len(f.lines) && j < i+8; j++ {
		l := f.lines[j]
		if isEmpty(l.text) {
			continue
		}
		if found, _, ok := splitLabel(l.text); ok && found.field == toField && above != "" {
			b, _ := f.readBlock(j, false)
			if _, ok := b.values[subjectField]; !ok || b.labels < 2 {
				return b, false
			}
			author, date := above, ""
			if on := strings.LastIndex(above, " on "); on > 0 {
				author, date = above[:on], above[on:]
			}
			if guessDate(date, time.UTC).IsZero() {
				return b, false
			}
			b.values[fromField], b.values[dateField] = author, date
			b.labels += 2
			return b, b.complete()
		}
		if len(above)+len(l.text) > 300 {
			break
		}
		above = strings.TrimSpace(above + " " + strings.TrimFunc(l.text, isBlank))
	}
	return headerBlock{}, false
}

// Columns of the block below: values begin at the second one.
const (
	notesValues = 30
	notesLines  = 40
)

var (
	columnGap   = regexp.MustCompile(`\S( {3,})\S`)
	brokenInTwo = regexp.MustCompile(`<[^<>@]*@?[^<>]*>`)
)

// readNotesColumns reads what Lotus Notes 6 and 7 print: the sender and the date in a narrow column on the left, labels without colons
// on the right, each above its value. Whatever is too long for its column is broken anywhere.
//
//	Jan Kowalski
//	<jan@client.exam
//	ple>                                                       To
//	                          <anna@acme.example>
//	06/03/2024 10:15                                           cc
//
//	                                                      Subject
//	                          Offer
func (f finder) readNotesColumns(i int) (headerBlock, bool) {
	b := headerBlock{values: map[field]string{}, languages: anyLanguage, depth: f.lines[i].depth, next: i}
	left := ""
	for j := i; j < len(f.lines) && j < i+notesLines && f.lines[j].depth >= b.depth; j++ {
		text := strings.TrimRight(f.lines[j].text, " \t\u00a0")
		if text == "" {
			if b.values[subjectField] != "" {
				break
			}
			continue
		}
		author, value := columns(text)
		if found, ok := columnLabel(value); ok && b.accepts(found) {
			b.set(found, "")
		} else if value != "" {
			if b.last == noField {
				return b, false
			}
			b.values[b.last] = strings.TrimSpace(b.values[b.last] + " " + value)
		}
		left, b.next = strings.TrimSpace(left+" "+author), j+1
		if len(left) > 300 {
			return b, false
		}
	}
	left = brokenInTwo.ReplaceAllStringFunc(left, func(address string) string { return strings.ReplaceAll(address, " ", "") })
	end := strings.LastIndexByte(left, '>') + 1
	if end == 0 {
		end = max(strings.IndexAny(left, "0123456789"), 0)
	}
	author, date := left[:end], left[end:]
	if _, ok := b.values[toField]; !ok || b.values[subjectField] == "" || guessDate(date, time.UTC).IsZero() {
		return b, false
	}
	b.values[fromField], b.values[dateField] = author, date
	b.labels += 2
	return b, b.complete()
}

// columns are the two halves of a line.
func columns(text string) (left, right string) {
	trimmed := strings.TrimLeft(text, " ")
	if len(text)-len(trimmed) >= notesValues {
		return "", trimmed
	}
	if gap := columnGap.FindStringSubmatchIndex(text); gap != nil && utf8.RuneCountInString(text[:gap[3]]) >= notesValues {
		return strings.TrimSpace(text[:gap[2]]), text[gap[3]:]
	}
	return trimmed, ""
}

// columnLabel recognises a label that stands alone in its column.
func columnLabel(text string) (label, bool) {
	found, ok := labels()[foldLabel(text)]
	switch found.field {
	case toField, ccField, bccField, subjectField:
		return found, ok
	}
	return label{}, false
}
