package mailbox

import (
	"context"
	"fmt"
	"html"
	"strings"
)

// maxShown is how much of a body is shown: an answer holds 6 MB, and what is sanitised may grow.
const maxShown = 1 << 20

// Body is what a message says, as HTML that is safe to show; "" when it says nothing.
func (b Box) Body(ctx context.Context, m Message) (string, error) {
	if m.BodyKey == "" {
		return "", nil
	}
	raw, err := b.Objects.Get(ctx, m.BodyKey)
	if err != nil {
		return "", fmt.Errorf("mailbox.Body %d: %w", m.ID, err)
	}
	text := strings.ToValidUTF8(string(raw[:min(len(raw), maxShown)]), "")
	if m.BodyType == "text/html" {
		return b.Sanitize(text), nil
	}
	lines := strings.ReplaceAll(html.EscapeString(text), "\r\n", "\n")
	return strings.ReplaceAll(lines, "\n", "<br>\n"), nil
}
