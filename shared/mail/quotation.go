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

// finder looks for a forwarded message in the lines of one form of the body.
type finder struct {
	lines []line
	rich  bool // they come from HTML, which no program wraps
	kind  mailbox.SubjectKind
	vague bool           // the subject's prefix claims a reply in Finnish and a forward in Danish and Norwegian
	zone  *time.Location // of times that name none
}

// find looks for the first border of another message and decides by it alone.
func (f finder) find() *quotation {
	explicit := false // inside a container that only forwards have
	container := -10  // line of the last container
	for i, l := range f.lines {
		switch l.mark {
		case markForward:
			explicit, container = true, i
		case markQuote:
			container = i
		}
		if separator := separatorOf(l.text); separator != noSeparator {
			if b, ok := f.blockBelow(i); ok {
				if separator == forwardSeparator || explicit || !f.reply(b) {
					return f.quotation(b, i)
				}
				return nil
			}
			continue
		}
		if b, ok := f.readBlock(i, false); ok {
			near := i-container <= 3
			switch {
			case explicit, f.kind == mailbox.SubjectForward && (near || b.sure()):
				return f.quotation(b, i)
			case f.reply(b):
				return nil
			case b.sure() && (near || b.labels >= 3):
				return f.quotation(b, i)
			}
		}
		if a, ok := f.readAttribution(i); ok {
			if explicit || f.kind == mailbox.SubjectForward {
				return f.attributed(a, i)
			}
			return nil
		}
	}
	return nil
}

// reply reports that the subject claims a reply, which also repeats the header of what it answers.
func (f finder) reply(b headerBlock) bool {
	if f.vague {
		return b.languages != anyLanguage && b.languages&finnish != 0
	}
	return f.kind == mailbox.SubjectReply
}

// blockBelow finds the header block under the separator in line i, past a few empty lines.
func (f finder) blockBelow(i int) (headerBlock, bool) {
	for j := i + 1; j < len(f.lines) && j <= i+4; j++ {
		if isEmpty(f.lines[j].text) {
			continue
		}
		b, ok := f.readBlock(j, true)
		if !ok {
			b, ok = f.readNotesBlock(j)
		}
		if !ok {
			b, ok = f.readNotesColumns(j)
		}
		if ok {
			b.next = f.pastRule(b.next, f.lines[i].text)
		}
		return b, ok
	}
	return headerBlock{}, false
}

// pastRule skips what some programs print between the header block and the message: a rule, or the separator again.
func (f finder) pastRule(next int, separator string) int {
	if next < len(f.lines) && isLongRule(f.lines[next].text) {
		return next + 1
	}
	for j := next; j < len(f.lines) && j < next+3; j++ {
		switch text := strings.TrimSpace(f.lines[j].text); {
		case strings.Contains(text, scissors):
			return j + 1
		case text == strings.TrimSpace(separator):
			if _, nested := f.blockBelow(j); !nested {
				return j + 1
			}
		}
	}
	return next
}

func (f finder) quotation(b headerBlock, start int) *quotation {
	p := mailbox.Parsed{
		From:       blockAuthor(b.values[fromField]),
		To:         blockAddresses(b.values[toField], false),
		Cc:         blockAddresses(b.values[ccField], false),
		Bcc:        blockAddresses(b.values[bccField], false),
		ReplyTo:    blockAddresses(b.values[replyToField], false),
		Subject:    headerText(b.values[subjectField]),
		Date:       guessDate(b.values[dateField], f.zone),
		References: capIDs(messageIDs([]string{b.values[referencesField]})),
	}
	if ids := messageIDs([]string{b.values[idField]}); len(ids) > 0 {
		p.MessageID = ids[0]
	}
	return f.cutOut(p, start, b.next, b.depth, false)
}

func (f finder) attributed(a attribution, start int) *quotation {
	return f.cutOut(mailbox.Parsed{From: []mailbox.Address{a.from}, Date: a.date}, start, a.next, a.depth, true)
}

// cutOut separates the note, the body of the message found and what the forwarder typed below it. Under an attribution the body
// may be indented, as old Outlook for Mac does in plain text.
func (f finder) cutOut(p mailbox.Parsed, start, next, depth int, mayIndent bool) *quotation {
	for next < len(f.lines) && isEmpty(f.lines[next].text) {
		next++
	}
	if next < len(f.lines) && f.lines[next].depth > depth && depth == 0 {
		depth = f.lines[next].depth
	}
	indented := mayIndent && !f.rich && next < len(f.lines) && strings.HasPrefix(f.lines[next].text, indent)
	end, rest := f.extent(next, depth, indented)
	q := &quotation{note: trimNote(f.lines[:start])}
	if below := trimNote(f.lines[rest:]); below != "" {
		q.note = strings.TrimSpace(q.note + "\n\n" + below)
	}
	q.parsed = p
	body := f.lines[next:end]
	if indented {
		body = unindented(body)
	}
	q.parsed.Text = joinLines(body, depth)
	if next < len(f.lines) {
		q.from, q.to = f.lines[next].at, 1<<62
		if end < len(f.lines) {
			q.to = f.lines[end].at
		}
		if next == end {
			q.from, q.to = 0, 0
		}
	}
	return q
}

// extent answers where the message that begins at line next ends, and where what follows it begins. The message lies at the
// given depth or deeper, all of it indented or none, and ends at a line that says so.
func (f finder) extent(next, depth int, indented bool) (end, rest int) {
	for end = next; end < len(f.lines); end++ {
		l := f.lines[end]
		switch {
		case isEmpty(l.text):
		case l.depth < depth && !f.brokenOff(end, depth), indented && l.depth == depth && !strings.HasPrefix(l.text, indent):
			return end, end
		case endsForward(l.text):
			return end, end + 1
		}
	}
	last := end
	for last > next && isEmpty(f.lines[last-1].text) {
		last--
	}
	if last > next && isLongRule(f.lines[last-1].text) {
		return last - 1, end
	}
	return end, end
}

// brokenOff reports that line i is the end of a quoted line that was cut by somebody who knew nothing of quoting.
func (f finder) brokenOff(i, depth int) bool {
	before := f.lines[i-1]
	return !f.rich && before.depth >= depth && !isEmpty(before.text) && i+1 < len(f.lines) && f.lines[i+1].depth >= depth
}

const indent = "    "

func unindented(lines []line) []line {
	out := make([]line, len(lines))
	for i, l := range lines {
		l.text = strings.TrimPrefix(l.text, indent)
		out[i] = l
	}
	return out
}

// trimNote is what the forwarder typed, without the rule that some programs draw under it.
func trimNote(lines []line) string {
	for len(lines) > 0 && strings.TrimFunc(lines[len(lines)-1].text, func(r rune) bool { return isRule(r) || isBlank(r) }) == "" {
		lines = lines[:len(lines)-1]
	}
	return joinLines(lines, 0)
}
