// Package mail turns the bytes of a received message into plain values.
//
// Mail on the wire is written by forty years of programs, some broken and some hostile, so parsing is arranged as a series
// of narrowing doors. A pre-scan walks the MIME boundaries without building anything and turns away what would cost too
// much: such a message is read by its headers only, so that it still finds its thread. What passes goes through enmime,
// used only to split the tree; media types, transfer encodings, charsets, addresses and ids are decoded here, because each
// of them has a failure that must cost one field, never the message. Nothing that was repaired is hidden: it is listed in
// Defects, and an address that had to be rescued says so.
//
// On top of that stand the readings a linker needs: the base subject, a fingerprint, the mail inside a forward (Forward)
// and whether the sender is who From claims (Aligned). The package decides nothing about a team's records; it is a pure
// function of the bytes, and its results are declared in package mailbox.
package mail

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strings"

	"github.com/jhillyerd/enmime/v2"

	"github.com/lejek/lejek/shared/mailbox"
)

// Limits bound what parsing one message may cost. The zero value of a field means its default.
type Limits struct {
	Depth       int // nested multiparts
	Parts       int // MIME parts in all
	HeaderBytes int // of one header block; all blocks together may have eight times as much
	Work        int // bytes times the depth at which they lie: what splitting costs
}

// DefaultLimits pass every message that people send and keep the worst 40 MB under two seconds.
var DefaultLimits = Limits{Depth: 50, Parts: 1000, HeaderBytes: 256 << 10, Work: 200 << 20}

func (l Limits) orDefault() Limits {
	for _, f := range []struct{ field, fallback *int }{
		{&l.Depth, &DefaultLimits.Depth}, {&l.Parts, &DefaultLimits.Parts},
		{&l.HeaderBytes, &DefaultLimits.HeaderBytes}, {&l.Work, &DefaultLimits.Work},
	} {
		if *f.field <= 0 {
			*f.field = *f.fallback
		}
	}
	return l
}

// ErrNotMail is the answer to bytes without a single header field that mail would have.
var ErrNotMail = errors.New("no mail header found")

// Parse reads a raw message. The only error is ErrNotMail; a message that is over the limits or beyond repair is returned
// with its headers and the reason in Unparsed.
func Parse(raw []byte, limits Limits) (mailbox.Parsed, error) {
	p, _, err := parse(raw, limits.orDefault())
	return p, err
}

// parse also tells how much of Limits.Work the message took.
func parse(raw []byte, limits Limits) (mailbox.Parsed, int, error) {
	raw = trimPrelude(raw)
	scan := prescan(raw, limits)

	head := enmime.NewPart("")
	block := closeColons(scan.header)
	fields, err := readFields(block, head)
	if err != nil {
		return mailbox.Parsed{}, scan.work, ErrNotMail // the cause would quote the message
	}
	header := repairHeader(fields)
	if !looksLikeMail(header) {
		return mailbox.Parsed{}, scan.work, ErrNotMail
	}
	p := readHeader(header)
	p.Unparsed = scan.refused
	if len(scan.broken) > 0 {
		p.Defects = append(p.Defects, "the header of a part was malformed")
	}
	if p.Unparsed == "" {
		root := singlePart(fields, raw[scan.body:])
		if root == nil || len(block) < len(scan.header) {
			root = splitLeniently(&p, mend(raw, scan.broken), limits)
		}
		if root != nil {
			readBody(&p, root, raw[scan.body:])
		}
	}
	p.Defects = append(p.Defects, defectsOf(head)...)
	slices.Sort(p.Defects)
	p.Defects = slices.Compact(p.Defects)
	summarise(&p)
	return p, scan.work, nil
}

const unreadablePart = "A part of this message could not be read. The message as it was received still has it.\n"

// singlePart is the tree of a message that is not multipart; nil if it is, which enmime has to take apart.
func singlePart(fields textproto.MIMEHeader, content []byte) *enmime.Part {
	kind, _ := mediaType(fields.Get("Content-Type"))
	if strings.HasPrefix(kind, "multipart/") {
		return nil
	}
	root := enmime.NewPart(cmp.Or(kind, "text/plain"))
	root.Header, root.Content = fields, content
	return root
}

// splitLeniently takes a multipart message apart. The second try drops the part that could not be read, which is why it is not
// the first, and puts a file there that says so.
func splitLeniently(p *mailbox.Parsed, raw []byte, limits Limits) *enmime.Part {
	root, err := splitParts(raw, limits, false)
	if err != nil {
		p.Defects = append(p.Defects, "a malformed part was skipped")
		if root, err = splitParts(raw, limits, true); err == nil {
			stub := enmime.NewPart("text/plain")
			stub.Header, stub.Content = textproto.MIMEHeader{"Content-Disposition": {`attachment; filename="unreadable part.txt"`}}, []byte(unreadablePart)
			root.AddChild(stub)
		}
	}
	if err != nil {
		p.Unparsed = "malformed"
		return nil
	}
	return root
}

// readBody sorts the leaves of a message into bodies and parts.
func readBody(p *mailbox.Parsed, root *enmime.Part, content []byte) {
	if root.FirstChild == nil && strings.HasPrefix(root.ContentType, "multipart/") {
		// Boundaries were announced and never came: what is there is text.
		root.ContentType, root.Content = "text/plain", content
		p.Defects = append(p.Defects, "multipart without parts, read as text")
	}
	w := walker{signals: &p.Signals, room: maxBody}
	w.read(root)
	p.Text, p.HTML, p.Parts = w.body.text, w.body.html, w.parts
	p.Defects = append(p.Defects, w.defects...)
	if p.Signals.IsBounce() || p.Signals.IsFeedback() {
		p.Signals.Bounce = readBounce(p.Parts)
	}
	readPlainBounce(p)
}

// splitParts runs enmime over the message. Part contents stay encoded (RawContent): its base64 reader keeps an error for
// every stray byte and its charset conversion also rewrites attached text files.
func splitParts(raw []byte, limits Limits, skipMalformed bool) (*enmime.Part, error) {
	seen := 0
	return enmime.NewParser(
		enmime.RawContent(true),
		enmime.DisableCharacterDetection(true),
		enmime.DisableTextConversion(true),
		enmime.MultipartWOBoundaryAsSinglePart(true),
		enmime.SkipMalformedParts(skipMalformed),
		enmime.MaxStoredPartErrors(10),
		enmime.SetCustomParseMediaType(func(value string) (string, map[string]string, []string, error) {
			// The pre-scan counted already; should it and enmime ever see different boundaries, this ends the run.
			if seen++; seen > 4*limits.Parts+100 {
				return "", nil, nil, errors.New("too many parts")
			}
			mediaType, params := mediaType(value)
			return mediaType, params, nil, nil
		}),
	).ReadParts(bytes.NewReader(raw))
}

// summarise fills what is derived from the rest of the message.
func summarise(p *mailbox.Parsed) {
	p.BaseSubject, p.SubjectKind = BaseSubject(p.Subject)
	g := gistOf(*p)
	p.Snippet = g.snippet()
	p.Fingerprint, p.ContentPrint = fingerprints(*p, g.letters)
}

// partErrors lets enmime.ReadHeader report into a part, as it does when it reads a tree.
type partErrors struct{ part *enmime.Part }

func (c partErrors) AddError(name, format string, args ...any) { c.add(name, true, format, args) }

func (c partErrors) AddWarning(name, format string, args ...any) { c.add(name, false, format, args) }

func (c partErrors) add(name string, severe bool, format string, args []any) {
	if len(c.part.Errors) < 10 {
		c.part.Errors = append(c.part.Errors, &enmime.Error{Name: name, Detail: fmt.Sprintf(format, args...), Severe: severe})
	}
}

// defectsOf names what enmime repaired in one part. Details may quote the message, so only the kinds are kept.
func defectsOf(part *enmime.Part) []string {
	var names []string
	for _, e := range part.Errors {
		if e.Name != enmime.ErrorMissingContentType {
			names = append(names, strings.ToLower(e.Name))
		}
	}
	return names
}
