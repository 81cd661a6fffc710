package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

var (
	mailThreadKind  = kindOf[mailbox.Thread]{name: change.MailThread, extra: threadKeys, follow: followPlaced[mailbox.Thread]}
	mailMessageKind = kindOf[mailbox.Message]{name: change.MailMessage, extra: messageKeys, follow: followPlaced[mailbox.Message]}
	aliasKind       = kindOf[mailbox.Alias]{name: change.MessageID}
)

// threadKeys list a user's threads by last message, archived ones apart.
func threadKeys(team int64, t mailbox.Thread, it item) {
	if t.Deleted {
		expire(it, true, t.UpdateTime)
		return
	}
	it[schema.ByTime.PK] = text(threadList(team, t.UserID, t.Archived))
	it[schema.ByTime.SK] = text(value.SortTime(t.LastMessageTime) + "#" + padded(t.ID))
}

func messageKeys(_ int64, m mailbox.Message, it item) { expire(it, m.Deleted, m.UpdateTime) }

func threadList(team, user int64, archived bool) string {
	shelf := "current"
	if archived {
		shelf = "archive"
	}
	return schema.ListPartition(team, change.MailThread, "user", user, shelf)
}

// Mail keeps threads, messages and the ledger.
type Mail struct{ *DB }

var (
	_ mailbox.Store    = Mail{}
	_ mailbox.BoxStore = Mail{}
)

// Look is one batch read of up to a hundred keys; a message with more ids takes another.
func (m Mail) Look(ctx context.Context, team int64, rawID string, aliases, addresses []change.Ref) (s mailbox.Seen, err error) {
	entry := change.Named(change.InboundMail, rawID)
	keys := []schema.Key{keyOf(team, entry)}
	for _, refs := range [][]change.Ref{aliases, addresses} {
		for _, ref := range refs {
			keys = append(keys, keyOf(team, ref))
		}
	}
	found, err := m.batch(ctx, keys)
	if err != nil {
		return s, fmt.Errorf("dynamo.Look %s: %w", rawID, err)
	}
	if it, ok := found[keys[0]]; ok {
		e, err := ledgerKind.decode(it)
		if err != nil {
			return s, err
		}
		s.Entry = &e
	}
	s.Aliases, s.Persons = map[change.Ref]mailbox.Alias{}, map[change.Ref][]int64{}
	for _, ref := range aliases {
		if it, ok := found[keyOf(team, ref)]; ok {
			if s.Aliases[ref], err = aliasKind.decode(it); err != nil {
				return s, err
			}
		}
	}
	for _, ref := range addresses {
		ids, err := membersOf(found[keyOf(team, ref)])
		if err != nil {
			return s, fmt.Errorf("guard %s: %w", ref, err)
		}
		if len(ids) > 0 {
			s.Persons[ref] = ids
		}
	}
	return s, nil
}

// Mail is one batch read, none when nothing is asked for.
func (m Mail) Mail(ctx context.Context, team int64, threads, messages []int64) (s mailbox.Stored, err error) {
	s = mailbox.Stored{Threads: map[int64]mailbox.Thread{}, Messages: map[int64]mailbox.Message{}}
	var refs []change.Ref
	for _, id := range threads {
		refs = append(refs, change.Of(change.MailThread, id))
	}
	for _, id := range messages {
		refs = append(refs, change.Of(change.MailMessage, id))
	}
	found, err := m.GetAny(ctx, team, refs)
	if err != nil {
		return s, fmt.Errorf("dynamo.Mail: %w", err)
	}
	for _, record := range found {
		switch r := record.(type) {
		case mailbox.Thread:
			s.Threads[r.ID] = r
		case mailbox.Message:
			s.Messages[r.ID] = r
		}
	}
	return s, nil
}

// ThreadsOn is one query and one batch read.
func (m Mail) ThreadsOn(ctx context.Context, team int64, on change.Ref, limit int) ([]mailbox.Thread, error) {
	rows, _, err := m.Rows(ctx, team, on, change.Range{Shelf: change.Threads, Desc: true, Limit: limit})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.Source.ID()
	}
	found, err := m.Mail(ctx, team, ids, nil)
	var list []mailbox.Thread
	for _, id := range ids {
		if t, ok := found.Threads[id]; ok {
			list = append(list, t)
		}
	}
	return list, err
}

// ThreadRows is a query for each of them, however much it has.
func (m Mail) ThreadRows(ctx context.Context, team int64, on []change.Ref, after *change.Row, limit int) ([]change.Row, bool, error) {
	if len(on) == 0 {
		return nil, false, nil
	}
	redirects, err := m.Redirects(ctx, team)
	if err != nil {
		return nil, false, err
	}
	var all []change.Ref
	for _, ref := range on {
		all = append(all, redirects.Collections(ref)...)
	}
	return m.rowsIn(ctx, team, all, change.Range{Shelf: change.Threads, Desc: true, After: after, Limit: limit})
}

// MessagesIn reads the messages of a thread, oldest first: one query and a batch read for each hundred.
func (m Mail) MessagesIn(ctx context.Context, team, thread int64) ([]mailbox.Message, error) {
	return m.messages(ctx, team, thread, change.Range{Shelf: change.Messages})
}

// NewestIn is one query and one batch read.
func (m Mail) NewestIn(ctx context.Context, team, thread int64, n int) ([]mailbox.Message, error) {
	return m.messages(ctx, team, thread, change.Range{Shelf: change.Messages, Desc: true, Limit: n})
}

func (m Mail) messages(ctx context.Context, team, thread int64, r change.Range) ([]mailbox.Message, error) {
	rows, _, err := m.Rows(ctx, team, change.Of(change.MailThread, thread), r)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.Source.ID()
	}
	found, err := m.Mail(ctx, team, nil, ids)
	var list []mailbox.Message
	for _, id := range ids {
		if msg, ok := found.Messages[id]; ok {
			list = append(list, msg)
		}
	}
	return list, err
}

// Counted reads one number.
func (m Mail) Counted(ctx context.Context, team int64, of change.Ref) (n int64, err error) {
	found, err := m.Tallies(ctx, team, of)
	for name, v := range found[of] {
		if name != schema.Expires {
			n += v
		}
	}
	return n, err
}

// Contents is a batch read.
func (m Mail) Contents(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]change.Content, error) {
	found, err := m.GetAny(ctx, team, refs)
	all := make(map[change.Ref]change.Content, len(found))
	for ref, record := range found {
		all[ref], _ = record.(change.Content)
	}
	return all, err
}

// Known reads records only to see that they are there.
func (m Mail) Known(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]bool, error) {
	found, err := m.GetAny(ctx, team, refs)
	known := make(map[change.Ref]bool, len(found))
	for ref := range found {
		known[ref] = true
	}
	return known, err
}

// ThreadPage walks a user's threads from the newest; the index may lag behind the last writes.
func (m Mail) ThreadPage(ctx context.Context, team, user int64, archived bool, wanted func(mailbox.Thread) bool, start, limit int) (list []mailbox.Thread, more bool, err error) {
	redirects, err := m.Redirects(ctx, team)
	if err != nil {
		return nil, false, err
	}
	in := &dynamodb.QueryInput{
		TableName: &m.table, IndexName: aws.String(schema.ByTime.Name), ScanIndexForward: aws.Bool(false), Limit: aws.Int32(chunk),
		KeyConditionExpression:    aws.String("#p = :p"),
		ExpressionAttributeNames:  map[string]string{"#p": schema.ByTime.PK},
		ExpressionAttributeValues: item{":p": text(threadList(team, user, archived))},
	}
	if start+limit < chunk {
		in.Limit = aws.Int32(int32(start + limit + 1))
	}
	for examined := 0; ; {
		out, err := m.client.Query(ctx, in)
		if err != nil {
			return nil, false, unavailable(fmt.Errorf("dynamo.ThreadPage: %w", err))
		}
		for _, it := range out.Items {
			t, err := mailThreadKind.read(it, redirects)
			switch {
			case err != nil:
				return nil, false, err
			case !wanted(t):
			case start > 0:
				start--
			case len(list) == limit:
				return list, true, nil
			default:
				list = append(list, t)
			}
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return list, false, nil
		}
		if examined += len(out.Items); examined > maxThreads {
			return nil, false, fault.BadField("start", "this folder cannot be read so far from its start, at most %d threads", maxThreads)
		}
	}
}

const maxThreads = 20000 // rows that an offset may make one request read
