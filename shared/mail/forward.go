package mail

import (
	"path"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/mailbox"
)

// maxAttached bounds how many attached messages are read.
const maxAttached = 100

// Forward finds the messages that a message carries: one that is quoted in its body, or else those that are attached to it.
// Whether to look at all is for the caller to say, who knows that the sender is a user and all recipients are the team's own;
// on other mail the answer would be a guess about a stranger's text.
//
// A quoted message is believed when the first thing that looks like the border of another message says so: a separator of
// a forward, or a header block under a subject that does not claim a reply, or a bare attribution line under one that
// claims a forward. What lies deeper belongs to the body of the message found.
func Forward(p mailbox.Parsed, limits Limits) []mailbox.Inner {
	if p.Signals.IsBounce() {
		return nil // the message inside is one of ours that came back
	}
	if inner, ok := quoted(p); ok {
		return []mailbox.Inner{inner}
	}
	return attached(p, limits.orDefault())
}

// attached reads messages that were forwarded whole, under their own Message-ID.
func attached(p mailbox.Parsed, limits Limits) []mailbox.Inner {
	var found []mailbox.Inner
	for _, part := range p.Parts {
		if !isMessage(part) || len(found) == maxAttached {
			continue
		}
		inner, work, err := parse(part.Content, limits)
		if err != nil || len(inner.From) == 0 && inner.MessageID == "" {
			continue
		}
		// All attached messages together may cost as much as one.
		if limits.Work = limits.Work - work; limits.Work <= 0 {
			limits.Work = 1
		}
		found = append(found, mailbox.Inner{How: mailbox.InnerAttached, Parsed: inner, Note: strings.TrimSpace(BodyText(p))})
	}
	return found
}

func isMessage(part mailbox.Part) bool {
	return part.MediaType == "message/rfc822" || part.MediaType == "message/global" ||
		strings.EqualFold(path.Ext(part.Name), ".eml") && !strings.HasPrefix(part.MediaType, "multipart/")
}

// quoted looks for the message in both forms of the body and lets each fill what the other lacks: Outlook prints bare names
// in plain text where its HTML links the addresses.
func quoted(p mailbox.Parsed) (mailbox.Inner, bool) {
	zone := p.Date.Location() // the forwarder's program prints times in the forwarder's zone
	rich := find(htmlLines(p.HTML, true), p.SubjectKind, zone)
	plain := find(textLines(p.Text), p.SubjectKind, zone)
	if rich == nil && plain == nil {
		return mailbox.Inner{}, false
	}
	best := rich
	inner := mailbox.Inner{How: mailbox.InnerHTML}
	if rich == nil {
		best, inner.How = plain, mailbox.InnerText
	}
	inner.Parsed, inner.Note = best.parsed, best.note
	if rich != nil {
		inner.Parsed.HTML = p.HTML[rich.from:min(rich.to, len(p.HTML))]
	}
	if rich != nil && plain != nil {
		in, other := &inner.Parsed, plain.parsed
		in.Text = other.Text
		inner.Note = plain.note
		if len(other.From) > 0 && (len(in.From) == 0 || in.From[0].Email == "") {
			in.From = other.From
		}
		for _, list := range []struct{ mine, theirs *[]mailbox.Address }{{&in.To, &other.To}, {&in.Cc, &other.Cc}} {
			if len(*list.mine) == 0 {
				*list.mine = *list.theirs
			}
		}
		if in.Subject == "" {
			in.Subject = other.Subject
		}
		if in.Date.IsZero() {
			in.Date = other.Date
		}
	}
	// Thunderbird names the message it forwards.
	if ids := messageIDs(p.Header["X-Forwarded-Message-Id"]); len(ids) == 1 && inner.Parsed.MessageID == "" {
		inner.Parsed.MessageID = ids[0]
	}
	inner.Parsed.FromFields = 1
	summarise(&inner.Parsed)
	return inner, true
}

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
