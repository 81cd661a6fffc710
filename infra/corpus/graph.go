package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"

	"github.com/lejek/lejek/infra/corpus/real"
	"github.com/lejek/lejek/shared/mail"
)

// groups joins names into groups, by which of them are the same in some way.
type groups map[string]string

func (g groups) of(name string) string {
	for g[name] != "" && g[name] != name {
		name = g[name]
	}
	return name
}

func (g groups) join(a, b string) {
	if a, b = g.of(a), g.of(b); a != b {
		g[a] = b
	}
}

// related is how the evidence tells of another thread that the ids of a mail lead to; joined is how it tells of a thread that was found
// by other means.
var (
	related = regexp.MustCompile(`^it also mentions a message of thread (\d+)$`)
	joined  = regexp.MustCompile(`^(thread \d+ inferred|Outlook counts it)`)
)

// partition holds the threads against the graph of ids: a mail is joined with all that it mentions.
//
// A thread holds mails of one part of the graph, unless the evidence of one tells that it came by its subject. A part of the graph may be
// in several threads for two reasons, both of which the rules want and the evidence of the mail in between tells: a mail that cites a
// thread in which none of its parties takes part does not get in, and a mail that links two threads which came before it joins one of
// them, since threads are not merged. Any other difference is an error.
func partition(out io.Writer, mails []real.Mail, lines []line) error {
	threads := map[string][]int64{} // by Message-ID
	relations, bySubject := groups{}, map[int64]bool{}
	for _, l := range lines {
		if l.MessageID == nil || len(l.Threads) == 0 {
			continue
		}
		for _, t := range l.Threads {
			if !slices.Contains(threads[*l.MessageID], t) {
				threads[*l.MessageID] = append(threads[*l.MessageID], t)
			}
			for _, e := range l.Evidence {
				if m := related.FindStringSubmatch(e); m != nil {
					relations.join(strconv.FormatInt(t, 10), m[1])
				}
				bySubject[t] = bySubject[t] || joined.MatchString(e)
			}
		}
	}
	ids := groups{}
	for _, m := range mails {
		p, err := mail.Parse(m.Raw, mail.DefaultLimits)
		if err != nil || len(threads[p.MessageID]) == 0 {
			continue // not stored, so it joins nothing
		}
		for _, id := range append(slices.Concat(p.InReplyTo, p.References), p.Signals.Bounce.MessageID) {
			if id != "" {
				ids.join(p.MessageID, id)
			}
		}
	}
	holds, parts := map[string][]int64{}, map[int64][]string{}
	for id, list := range threads {
		part := ids.of(id)
		for _, t := range list {
			if !slices.Contains(holds[part], t) {
				holds[part] = append(holds[part], t)
			}
			if !slices.Contains(parts[t], part) {
				parts[t] = append(parts[t], part)
			}
		}
	}
	var wrong []string
	split, pieces := 0, 0
	for part, list := range holds {
		if len(list) > 1 {
			split, pieces = split+1, pieces+len(list)
		}
		for _, t := range list[1:] {
			if relations.of(strconv.FormatInt(t, 10)) != relations.of(strconv.FormatInt(list[0], 10)) {
				wrong = append(wrong, fmt.Sprintf("the mails around <%s> are in threads %v, and nothing tells why", part, list))
			}
		}
	}
	merged := 0
	for t, list := range parts {
		if len(list) > 1 {
			merged++
			if !bySubject[t] {
				wrong = append(wrong, fmt.Sprintf("thread %d holds mails around %q, which no id joins", t, list))
			}
		}
	}
	fmt.Fprintf(out, "ids: %d mails with an id in %d threads; by their ids they fall into %d parts, %d of which are in %d threads that are marked as related; %d threads were joined by subject\n",
		len(threads), len(parts), len(holds), split, pieces, merged)
	if len(wrong) > 0 {
		return fmt.Errorf("%d threads are not those that the ids give: %q", len(wrong), wrong[:min(len(wrong), 10)])
	}
	return nil
}
