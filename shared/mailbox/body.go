package mailbox

import (
	"context"
	"fmt"
	"html"
	"slices"
	"strings"
)

const (
	maxRead  = 4 << 20   // bytes of a body that are looked at
	maxShown = 200 << 10 // bytes that are kept to be shown: a page of twenty fits into an answer; the raw message has all
)

// shown is the part of a message that people see, made fit to be shown before it is stored, so that nothing that hands it out
// can forget to: HTML that is safe when there is any, else the text.
func (r run) shown(it Item, n int) (body, mediaType string) {
	p := it.Parsed
	if strings.TrimSpace(p.HTML) != "" {
		has := func(contentID string) bool {
			return slices.ContainsFunc(r.parts(it, n), func(p Part) bool { return p.ContentID == contentID })
		}
		safe := r.Read.Safe(strings.ToValidUTF8(p.HTML[:min(len(p.HTML), maxRead)], ""), has)
		if len(safe) > maxShown {
			safe = r.Read.Safe(strings.ToValidUTF8(safe[:maxShown], ""), has) + "<p>[…]</p>" // whole tags again
		}
		return safe, "text/html"
	}
	if strings.TrimSpace(p.Text) == "" {
		return "", ""
	}
	text := p.Text
	if len(text) > maxShown {
		text = strings.ToValidUTF8(text[:maxShown], "") + "\n[…]"
	}
	return text, "text/plain"
}

// Body is what a message says, as HTML that is safe to show; "" when it says nothing.
func (b Box) Body(ctx context.Context, m Message) (string, error) {
	if m.BodyKey == "" {
		return "", nil
	}
	raw, err := b.Objects.Get(ctx, m.BodyKey)
	if err != nil {
		return "", fmt.Errorf("mailbox.Body %d: %w", m.ID, err)
	}
	if m.BodyType == "text/html" {
		return string(raw), nil
	}
	lines := strings.ReplaceAll(html.EscapeString(string(raw)), "\r\n", "\n")
	return strings.ReplaceAll(lines, "\n", "<br>\n"), nil
}
