package dynamo

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

// A page that a sieve picks from looks at maxExamined rows at most and reads less than maxRead in all, rows and whatever the
// sieve needs to know of them; then it ends, full or not, with a cursor. One Query reads up to a mebibyte, whatever it is asked
// for, so the last one begins while there is room for that.
const (
	maxRead   = 2_000_000
	queryRead = 1 << 20
	maxLogs   = 100 // change logs read for one page, a query each
	sample    = 10  // items read by key before it is known how large such items are
)

// sifting is a page in the making.
type sifting struct {
	*DB
	team                 int64
	redirects            change.Redirects
	sieve                value.Sieve
	limit                int // of the page
	known                map[value.Need]any
	examined, used, logs int
	learned, learnedSize int // of used: what was read by key
}

// sift answers a list with a sieve. Rows are read in a few rounds: first about as many as the page holds, then as many as
// the share of answers among them suggests, or as many as there is room for.
func sift[T any](ctx context.Context, db *DB, team int64, k kindOf[T], l value.List, p plan, in *dynamodb.QueryInput, redirects change.Redirects) (page value.Page[T], err error) {
	s := &sifting{DB: db, team: team, redirects: redirects, sieve: l.Sieve, known: map[value.Need]any{}, limit: l.Limit}
	var last item // the last row that is behind us
	for {
		n := s.next(len(page.Items))
		if n == 0 {
			page.Next = p.cursorAt(last, l)
			return page, nil
		}
		in.Limit = aws.Int32(int32(n))
		out, err := db.client.Query(ctx, in)
		if err != nil {
			return page, unavailable(fmt.Errorf("query %s: %w", p.index.Name, err))
		}
		rows := make([]any, len(out.Items)) // nil for what is no answer anyway
		for i, it := range out.Items {
			s.examined++
			s.used += storedSize(it)
			if !db.alive(it) {
				continue
			}
			v, err := k.read(it, redirects)
			if err != nil {
				return page, err
			}
			if l.Matches(k.facets(v)) {
				rows[i] = v
			}
		}
		answers, err := s.settle(ctx, rows, last == nil)
		if err != nil {
			return page, err
		}
		for i, match := range answers {
			if match {
				size := page.Size + wireSize(out.Items[i]) + l.Beside
				if len(page.Items) == l.Limit || size > maxPage && len(page.Items) > 0 {
					page.Next = p.cursorAt(last, l)
					return page, nil
				}
				page.Items, page.Size = append(page.Items, rows[i].(T)), size
			}
			last = out.Items[i]
		}
		if len(answers) < len(rows) {
			page.Next = p.cursorAt(last, l)
			return page, nil
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return page, nil
		}
	}
}

// next is how many rows to read next; 0 ends the page.
func (s *sifting) next(found int) int {
	if s.examined == 0 {
		return min(s.limit+1, maxExamined/4)
	}
	room := maxRead - queryRead - s.used
	if room < 0 || s.examined >= maxExamined {
		return 0
	}
	each := max(1, s.used/s.examined)
	n := room / each * 9 / 10 // leaves room for one more round
	if n < s.examined/4 {
		n = (maxRead - s.used) / each * 95 / 100
	}
	if found > 0 {
		n = min(n, max(s.examined/2, (s.limit+1-found)*s.examined/found*5/4))
	}
	return max(1, min(n, maxExamined-s.examined))
}

// settle asks the sieve about rows, reads what it needs to know, and asks again. The answers end before the first row that
// there was no room left to read for; but one is always settled on a page, or it would never end.
func (s *sifting) settle(ctx context.Context, rows []any, first bool) (answers []bool, err error) {
	answers, decided := make([]bool, len(rows)), make([]bool, len(rows))
	ask := func(rows []any) (needs []value.Need) {
		for i, row := range rows {
			if row == nil || decided[i] {
				decided[i] = true
				continue
			}
			match, missing := s.sieve.Ask(row, s.known)
			answers[i], decided[i] = match, len(missing) == 0
			needs = append(needs, missing...)
		}
		return needs
	}
	needs := ask(rows)
	for room := true; room && len(needs) > 0; needs = ask(rows) {
		if room, err = s.learn(ctx, needs, false); err != nil {
			return nil, err
		}
	}
	for first && len(rows) > 0 && !decided[0] {
		if _, err = s.learn(ctx, ask(rows[:1]), true); err != nil {
			return nil, err
		}
		ask(rows[:1])
	}
	if end := slices.Index(decided, false); end >= 0 {
		return answers[:end], nil
	}
	return answers, nil
}

// learn reads what is needed, in order, as far as there is room, or all of it; and tells whether that was all.
func (s *sifting) learn(ctx context.Context, needs []value.Need, all bool) (bool, error) {
	var keyed, logs []value.Need
	seen := map[value.Need]bool{}
	for _, n := range needs {
		switch {
		case seen[n]:
		case n.Part == value.PartLog:
			logs = append(logs, n)
		default:
			keyed = append(keyed, n)
		}
		seen[n] = true
	}
	for len(keyed) > 0 {
		n := min(sample, len(keyed))
		if s.learned > 0 && !all {
			each := max(1, s.learnedSize/s.learned)
			if n = min(batchSize, len(keyed), (maxRead*95/100-s.used)/each); n <= 0 {
				return false, nil
			}
		}
		if err := s.batchOf(ctx, keyed[:n]); err != nil {
			return false, err
		}
		keyed = keyed[n:]
	}
	for _, n := range logs {
		if s.logs >= maxLogs && !all {
			return false, nil
		}
		s.logs++
		if err := s.log(ctx, n); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (s *sifting) batchOf(ctx context.Context, needs []value.Need) error {
	keys := make([]schema.Key, len(needs))
	var absorbed []schema.Key // summaries that count with others
	for i, n := range needs {
		if keys[i] = keyOf(s.team, change.Ref(n.Of)); n.Part == value.PartSummary {
			keys[i] = summaryKey(s.team, change.Ref(n.Of))
			for _, of := range s.redirects.Collections(change.Ref(n.Of))[1:] {
				absorbed = append(absorbed, summaryKey(s.team, of))
			}
		}
	}
	keys = append(keys, absorbed...)
	found, err := s.batchAs(ctx, keys, false)
	if err != nil {
		return fmt.Errorf("what filters need to know: %w", err)
	}
	for i, n := range needs {
		it := found[keys[i]]
		s.learned++
		s.learnedSize += storedSize(it)
		s.used += storedSize(it)
		s.known[n] = nil
		switch {
		case n.Part == value.PartSummary:
			s.known[n], err = s.summaryIn(found, change.Ref(n.Of))
		case s.alive(it):
			s.known[n], err = kinds[change.Ref(n.Of).Kind()].readAny(it, s.redirects)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// summaryIn is a record's summary with those that count with it; nil when there is none.
func (s *sifting) summaryIn(found map[schema.Key]item, of change.Ref) (any, error) {
	var all *change.Summary
	for _, part := range s.redirects.Collections(of) {
		it := found[summaryKey(s.team, part)]
		if !s.alive(it) {
			continue
		}
		sum, err := decodeSummary(it)
		if err != nil {
			return nil, err
		}
		if all != nil {
			sum = all.With(sum)
		}
		all = &sum
	}
	if all == nil {
		return nil, nil
	}
	return *all, nil
}

// log reads the writes to a record since a time, oldest first; it is right at once.
func (s *sifting) log(ctx context.Context, n value.Need) (err error) {
	s.known[n], err = s.changes(ctx, s.team, change.Ref(n.Of), n.Since, func(it item) { s.used += storedSize(it) })
	return err
}
