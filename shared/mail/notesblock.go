package mail

import (
	"strings"
	"time"
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
