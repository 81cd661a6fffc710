package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lejek/lejek/infra/corpus/real"
	parser "github.com/lejek/lejek/shared/mail"
)

// reading is what became of the corpus when it was only parsed.
type reading struct {
	mails, bytes                          int
	failed, aside, empty, invalid, mended int
	parts, forwards                       int
}

// parse reads all mail of the corpus, spam too, in one goroutine, some times over, and says how many messages a core parses in a
// second, and whether any lost its body.
func parse(ctx context.Context, out io.Writer) error {
	mails, err := real.All(ctx)
	if err != nil {
		return err
	}
	var r reading
	for _, m := range mails {
		r.read(m.Raw)
	}
	const rounds = 5
	best := time.Duration(1 << 62)
	for range rounds {
		start := time.Now()
		for _, m := range mails {
			if _, err := parser.Parse(m.Raw, parser.DefaultLimits); err != nil && ctx.Err() != nil {
				return ctx.Err()
			}
		}
		best = min(best, time.Since(start))
	}
	fmt.Fprintf(out, "%d messages, %d MB: no mail %d, put aside %d, without body %d, invalid UTF-8 %d, mended %d; %d parts, %d quoted or attached messages\n",
		r.mails, r.bytes>>20, r.failed, r.aside, r.empty, r.invalid, r.mended, r.parts, r.forwards)
	fmt.Fprintf(out, "%.0f messages and %.0f MB per second and core, the best of %d rounds\n",
		float64(r.mails)/best.Seconds(), float64(r.bytes)/(1<<20)/best.Seconds(), rounds)
	if r.failed+r.aside+r.invalid > 0 {
		return fmt.Errorf("not all of the corpus can be read")
	}
	return nil
}

func (r *reading) read(raw []byte) {
	r.mails++
	r.bytes += len(raw)
	p, err := parser.Parse(raw, parser.DefaultLimits)
	if err != nil {
		r.failed++
		return
	}
	count := func(is bool, n *int) {
		if is {
			*n++
		}
	}
	count(p.Unparsed != "", &r.aside)
	count(strings.TrimSpace(p.Text+p.HTML) == "", &r.empty)
	count(!utf8.ValidString(p.Subject+p.Text+p.HTML+p.Snippet), &r.invalid)
	count(len(p.Defects) > 0, &r.mended)
	r.parts += len(p.Parts)
	r.forwards += len(parser.Forward(p, parser.DefaultLimits))
}
