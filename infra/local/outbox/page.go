package outbox

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"

	"github.com/lejek/lejek/infra/local/node"
	"github.com/lejek/lejek/infra/local/process"
)

// maxCopies is how many messages the page may hold before it is cleared: it keeps all of them in memory.
const maxCopies = 1000

// StartPage runs aws-ses-v2-local and returns its URL.
func StartPage(ctx context.Context, tools node.Tools) (*process.Process, string, error) {
	port, err := process.FreePort()
	if err != nil {
		return nil, "", err
	}
	p, err := process.Start(ctx, "server running at", tools.Node, tools.SES(), "--host", "127.0.0.1", "--port", strconv.Itoa(port))
	if err != nil {
		return nil, "", fmt.Errorf("outbox.StartPage: %w", err)
	}
	return p, fmt.Sprintf("http://127.0.0.1:%d", port), nil
}

func proxy(page *url.URL) http.Handler {
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(page) }}
}

// copyToPage never fails a sending: the message is kept, the page is for the eye.
func (o *Outbox) copyToPage(ctx context.Context, form url.Values) {
	if o.Page == "" {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.copied >= maxCopies {
		if err := o.post(ctx, "/clear-store", nil); err != nil {
			slog.Warn("outbox: clearing the page", "error", err)
			return
		}
		o.copied = 0
	}
	if err := o.post(ctx, "/", form); err != nil {
		slog.Warn("outbox: copying a message to the page", "error", err)
		return
	}
	o.copied++
}

func (o *Outbox) post(ctx context.Context, path string, form url.Values) error {
	req, err := http.NewRequestWithContext(ctx, "POST", o.Page+path, strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("outbox.post(%s): %w", path, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "AWS local") // it asks for any
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("outbox.post(%s): %w", path, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 300))
		return fmt.Errorf("outbox.post(%s): %s: %s", path, res.Status, text)
	}
	return nil
}
