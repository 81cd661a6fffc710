package mail

import (
	"path"
	"strings"

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
	for i, part := range p.Parts {
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
		inner.CarrierPart = i
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
	// The forwarder's program prints times in the forwarder's zone.
	f := finder{kind: p.SubjectKind, vague: vaguePrefix(p.Subject), zone: p.Date.Location()}
	if p.Signals.List() && f.kind == mailbox.SubjectNew {
		f.kind = mailbox.SubjectReply // digests print the headers of what they hold
	}
	f.lines, f.rich = htmlLines(p.HTML, true), true
	rich := f.find()
	f.lines, f.rich = textLines(p.Text), false
	plain := f.find()
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
	readQuotedBounce(&inner.Parsed)
	summarise(&inner.Parsed)
	return inner, true
}
