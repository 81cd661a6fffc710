package mail

import (
	"strings"
	"time"

	"github.com/lejek/lejek/shared/mailbox"
)

// quotation is a forwarded message found in one form of the body.
type quotation struct {
	parsed   mailbox.Parsed
	note     string
	from, to int // where its body lies in the source
}

// find looks for the first border of another message and decides by it alone.
func find(lines []line, kind mailbox.SubjectKind, zone *time.Location) *quotation {
	explicit := false // inside a container that only forwards have
	container := -10  // line of the last container
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		switch l.mark {
		case markForward:
			explicit, container = true, i
		case markQuote:
			container = i
		}
		if separator := separatorOf(l.text); separator != noSeparator {
			if b, ok := blockBelow(lines, i+1); ok {
				if separator == forwardSeparator || explicit || kind != mailbox.SubjectReply {
					return b.quotation(lines, i, zone)
				}
				return nil
			}
			continue
		}
		if b, ok := readBlock(lines, i); ok {
			near := i-container <= 3
			switch {
			case explicit, kind == mailbox.SubjectForward:
				return b.quotation(lines, i, zone)
			case kind == mailbox.SubjectReply:
				return nil
			case near || b.labels >= 3:
				return b.quotation(lines, i, zone)
			}
		}
		if a, ok := readAttribution(lines, i, zone); ok {
			if explicit || kind == mailbox.SubjectForward {
				return a.quotation(lines, i)
			}
			return nil
		}
	}
	return nil
}

// blockBelow finds the header block under a separator, past a few empty lines.
func blockBelow(lines []line, i int) (headerBlock, bool) {
	for end := i + 4; i < len(lines) && i < end; i++ {
		if strings.TrimFunc(lines[i].text, isBlank) == "" {
			continue
		}
		return readBlock(lines, i)
	}
	return headerBlock{}, false
}

func (b headerBlock) quotation(lines []line, start int, zone *time.Location) *quotation {
	p := mailbox.Parsed{
		From:       blockAddresses(b.values[fromField], true),
		To:         blockAddresses(b.values[toField], false),
		Cc:         blockAddresses(b.values[ccField], false),
		Bcc:        blockAddresses(b.values[bccField], false),
		ReplyTo:    blockAddresses(b.values[replyToField], false),
		Subject:    headerText(b.values[subjectField]),
		Date:       guessDate(b.values[dateField], zone),
		References: capIDs(messageIDs([]string{b.values[referencesField]})),
	}
	if ids := messageIDs([]string{b.values[idField]}); len(ids) > 0 {
		p.MessageID = ids[0]
	}
	return cutOut(p, lines, start, b.next, b.depth)
}

func (a attribution) quotation(lines []line, start int) *quotation {
	return cutOut(mailbox.Parsed{From: []mailbox.Address{a.from}, Date: a.date}, lines, start, a.next, lines[start].depth)
}

// cutOut separates the note, the body of the message found and what the forwarder typed below it. The message lies at the
// depth of its header or deeper; if all of it is deeper, that is its own level.
func cutOut(p mailbox.Parsed, lines []line, start, next, depth int) *quotation {
	for next < len(lines) && strings.TrimFunc(lines[next].text, isBlank) == "" {
		next++
	}
	if next < len(lines) && lines[next].depth > depth && depth == 0 {
		depth = lines[next].depth
	}
	end := next
	for end < len(lines) && (lines[end].depth >= depth || strings.TrimFunc(lines[end].text, isBlank) == "") {
		end++
	}
	q := &quotation{note: trimNote(lines[:start])}
	if below := trimNote(lines[end:]); below != "" {
		q.note = strings.TrimSpace(q.note + "\n\n" + below)
	}
	q.parsed = p
	q.parsed.Text = joinLines(lines[next:end], depth)
	if next < len(lines) {
		q.from, q.to = lines[next].at, 1<<62
		if end < len(lines) {
			q.to = lines[end].at
		}
		if next == end {
			q.from, q.to = 0, 0
		}
	}
	return q
}

// trimNote is what the forwarder typed, without the rule that some programs draw under it.
func trimNote(lines []line) string {
	for len(lines) > 0 && strings.TrimFunc(lines[len(lines)-1].text, func(r rune) bool { return isRule(r) || isBlank(r) }) == "" {
		lines = lines[:len(lines)-1]
	}
	return joinLines(lines, 0)
}
