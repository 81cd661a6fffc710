package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/smtp"
	"slices"
	"strings"
	"time"

	"github.com/lejek/lejek/infra/corpus/real"
	"github.com/lejek/lejek/infra/local/system"
)

// client speaks to a running system.
type client struct {
	at    system.Ready
	drain func(context.Context) error // waits until nothing is queued; nil for a system in another process
}

// connections at once; the queue takes mails faster than they are linked anyway.
const connections = 4

// send delivers all mails over SMTP, each under a sender taken from the message as far as it names one.
func (c client) send(ctx context.Context, mails []real.Mail) error {
	failed := make(chan error, connections)
	work := make(chan real.Mail)
	for range connections {
		go func() {
			var err error
			for m := range work {
				if err != nil {
					continue // drain
				}
				if e := smtp.SendMail(c.at.SMTP, nil, envelopeFrom(m.Raw), []string{c.at.InboundAddress}, m.Raw); e != nil {
					err = fmt.Errorf("send %s: %w", m.File, e)
				}
			}
			failed <- err
		}()
	}
	for _, m := range mails {
		if ctx.Err() != nil {
			break
		}
		work <- m
	}
	close(work)
	var first error
	for range connections {
		if err := <-failed; err != nil && first == nil {
			first = err
		}
	}
	if first == nil {
		first = ctx.Err()
	}
	return first
}

// envelopeFrom is the address in Return-Path; the null sender where there is none.
func envelopeFrom(raw []byte) string {
	for line := range strings.Lines(string(raw[:min(len(raw), 8192)])) {
		value, ok := strings.CutPrefix(line, "Return-Path: ")
		if address := strings.Trim(value, "<> \r\n"); ok && strings.Count(address, "@") == 1 && !strings.ContainsAny(address, " <>\"") {
			return address
		}
	}
	return ""
}

// line is what the ledger tells of a raw mail.
type line struct {
	State     string
	Rule      *int
	Evidence  []string
	MessageID *string `json:"message_id"`
	Messages  []int64 `json:"mail_message_ids"`
	Threads   []int64 `json:"mail_thread_ids"`
}

// figures are how many there are of everything.
type figures struct {
	entries, messages, threads, counted, persons, files, lost, dead int
	lines                                                           []line
	states                                                          map[string]int
	rules                                                           map[int]int
}

func (f figures) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %d entries, %d messages in %d threads, %d persons, %d files\n  states:", f.entries, f.messages, f.threads, f.persons, f.files)
	for _, s := range slices.Sorted(maps.Keys(f.states)) {
		fmt.Fprintf(&b, " %s %d", s, f.states[s])
	}
	b.WriteString("\n  rows of the table:")
	for _, r := range slices.Sorted(maps.Keys(f.rules)) {
		fmt.Fprintf(&b, " %d: %d", r, f.rules[r])
	}
	return b.String() + "\n"
}

// settled waits until no mail is waiting any more.
func (c client) settled(ctx context.Context) error {
	if c.drain != nil {
		return c.drain(ctx)
	}
	for {
		queues, err := c.queues(ctx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(queues, func(q queue) bool { return len(q.Waiting)+q.InFlight > 0 }) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Second):
		}
	}
}

// queue is how a queue stands.
type queue struct {
	Waiting, Dead []struct{}
	InFlight      int `json:"in_flight"`
}

func (c client) queues(ctx context.Context) (list []queue, err error) {
	err = c.plain(ctx, "/_local/queues", &list)
	return list, err
}

// figures counts everything through the API.
func (c client) figures(ctx context.Context) (f figures, err error) {
	f.states, f.rules = map[string]int{}, map[int]int{}
	messages, threads := map[int64]bool{}, map[int64]bool{}
	err = c.pages(ctx, "/api/v2/inboundMail?limit=500", func(page []json.RawMessage) error {
		for _, raw := range page {
			var e line
			if err := json.Unmarshal(raw, &e); err != nil {
				return err
			}
			f.entries++
			f.lines = append(f.lines, e)
			f.states[e.State]++
			if e.Rule != nil {
				f.rules[*e.Rule]++
			}
			for _, id := range e.Messages {
				messages[id] = true
			}
			for _, id := range e.Threads {
				threads[id] = true
			}
		}
		return nil
	})
	if err != nil {
		return f, err
	}
	f.messages, f.threads = len(messages), len(threads)
	held := map[int64]bool{}
	for id := range threads {
		var t struct {
			Count int `json:"message_count"`
		}
		if err := c.get(ctx, fmt.Sprintf("/v1/mailbox/mailThreads/%d", id), &t, nil); err != nil {
			return f, err
		}
		f.counted += t.Count
		var list []struct{ ID int64 }
		if err := c.get(ctx, fmt.Sprintf("/v1/mailbox/mailThreads/%d/mailMessages", id), &list, nil); err != nil {
			return f, err
		}
		for _, m := range list {
			held[m.ID] = true
		}
	}
	for id := range messages {
		if !held[id] {
			f.lost++
		}
	}
	if err := c.pages(ctx, "/api/v2/persons?limit=500", func(page []json.RawMessage) error { f.persons += len(page); return nil }); err != nil {
		return f, err
	}
	if f.files, err = c.files(ctx); err != nil {
		return f, err
	}
	queues, err := c.queues(ctx)
	if err != nil {
		return f, err
	}
	for _, q := range queues {
		f.dead += len(q.Dead)
	}
	return f, nil
}

func (c client) files(ctx context.Context) (n int, err error) {
	for start := 0; ; start += 100 {
		var page []json.RawMessage
		if err := c.get(ctx, fmt.Sprintf("/v1/files?limit=100&start=%d", start), &page, nil); err != nil {
			return n, err
		}
		if n += len(page); len(page) < 100 {
			return n, nil
		}
	}
}

// pages walks a list of v2 to its end.
func (c client) pages(ctx context.Context, target string, each func([]json.RawMessage) error) error {
	for next := target; ; {
		var page []json.RawMessage
		var more struct {
			Next *string `json:"next_cursor"`
		}
		if err := c.get(ctx, next, &page, &more); err != nil {
			return err
		}
		if err := each(page); err != nil {
			return err
		}
		if more.Next == nil {
			return nil
		}
		next = target + "&cursor=" + *more.Next
	}
}

// get reads an answer's data, and what stands beside it.
func (c client) get(ctx context.Context, target string, data, additional any) error {
	body := struct {
		Data       any `json:"data"`
		Additional any `json:"additional_data"`
	}{data, additional}
	return c.plain(ctx, target, &body)
}

func (c client) plain(ctx context.Context, target string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.at.URL+target, nil)
	if err != nil {
		return err
	}
	req.Header.Set("x-api-token", c.at.Token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s", target, res.Status)
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		return fmt.Errorf("GET %s: %w", target, err)
	}
	return nil
}
