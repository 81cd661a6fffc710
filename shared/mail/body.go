package mail

import (
	"html"
	"slices"
	"strings"

	"github.com/jhillyerd/enmime/v2"

	"github.com/lejek/lejek/shared/mailbox"
)

// body is what one branch of the tree shows: as plain text, as HTML, or both.
type body struct{ text, html string }

// walker sorts the leaves of a message into its body and its parts.
type walker struct {
	body    body
	parts   []mailbox.Part
	named   []candidate
	defects []string
	signals *mailbox.Signals
	room    int // how much more text may become body
}

// maxBody is more than any person reads; the rest of a longer body is kept as a file.
const maxBody = 4 << 20

func cut(s string, size int) string { return strings.ToValidUTF8(s[:min(len(s), size)], "") }

// candidate is a text leaf that was filed as an attachment because it has a name.
type candidate struct {
	part  int
	body  body
	whole bool
}

func (w *walker) read(root *enmime.Part) {
	w.body = w.walk(root, "")
	if w.body == (body{}) && len(w.named) > 0 {
		// A message without a body whose text has a name: the text is the body.
		w.body = w.named[0].body
		if w.named[0].whole {
			w.parts = slices.Delete(w.parts, w.named[0].part, w.named[0].part+1)
		}
	}
	shown := shownIDs(w.body.html)
	for i := range w.parts {
		w.parts[i].Inline = shown[w.parts[i].ContentID]
	}
	text, encoded := extractUUEncoded(w.body.text)
	w.body.text = text
	w.parts = append(w.parts, encoded...)
	nameParts(w.parts)
}

// walk returns what the part shows. In multipart/alternative the last of each kind wins (RFC 2046 §5.1.4); in every other
// multipart, also in unknown ones, the children stand one below the other.
func (w *walker) walk(p *enmime.Part, parent string) body {
	w.defects = append(w.defects, defectsOf(p)...)
	if p.FirstChild == nil {
		return w.leaf(p, parent)
	}
	kind, params := mediaType(p.Header.Get("Content-Type"))
	if kind == "multipart/report" {
		w.signals.Report = strings.ToLower(params["report-type"])
		if w.signals.Report == "" {
			w.signals.Report = "unknown"
		}
	}
	if kind == "multipart/encrypted" {
		w.signals.Encrypted = "pgp"
	}
	var shown []body
	for child := p.FirstChild; child != nil; child = child.NextSibling {
		if b := w.walk(child, kind); b != (body{}) {
			shown = append(shown, b)
		}
	}
	if kind != "multipart/alternative" {
		return stack(shown)
	}
	var last body
	for _, b := range shown {
		if strings.TrimSpace(b.text) != "" {
			last.text = b.text
		}
		if strings.TrimSpace(b.html) != "" {
			last.html = b.html
		}
	}
	return last
}

// stack joins bodies that are shown one below the other. If one of them is HTML, so is the whole; text that comes only as
// HTML is then rendered for the plain version, unless all of it is.
func stack(shown []body) body {
	var all body
	rich := slices.ContainsFunc(shown, func(b body) bool { return b.html != "" })
	plain := slices.ContainsFunc(shown, func(b body) bool { return b.text != "" })
	var text, markup []string
	for _, b := range shown {
		switch {
		case plain && b.text == "":
			text = append(text, renderHTML(b.html))
		case plain:
			text = append(text, b.text)
		}
		switch {
		case rich && b.html == "":
			markup = append(markup, `<div style="white-space:pre-wrap">`+html.EscapeString(b.text)+`</div>`)
		case rich:
			markup = append(markup, b.html)
		}
	}
	all.text, all.html = strings.Join(text, "\n"), strings.Join(markup, "\n")
	return all
}
