package dynamo

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/search"
	"github.com/lejek/lejek/shared/value"
)

// Search keeps what records are found by.
type Search struct{ *DB }

var (
	_ search.Store      = Search{}
	_ search.IndexStore = Search{}
)

// postingItem is a posting as stored. Word and record are its key; a record's own posting says nothing but where the word stands.
type postingItem struct {
	Of change.Ref
	In []string
	On []change.Ref
}

func postingKey(team int64, k search.Key) schema.Key {
	if k.Digits {
		return schema.Phone.Key(team, first(k.Word), k.Word, k.Of)
	}
	return schema.Word.Key(team, k.Of.Kind(), first(k.Word), k.Word, lastID-k.Of.ID())
}

// first are the two letters by which words are kept apart, so that no partition has to hold, or take, all of them.
func first(word string) string {
	runes := []rune(word)
	return string(runes[:min(len(runes), 2)])
}

// WritePostings is a call for every 25 postings, without a transaction.
func (s Search) WritePostings(ctx context.Context, team int64, postings map[search.Key]*search.Posting) error {
	var wanted []types.WriteRequest
	for k, p := range postings {
		key := keyItem(postingKey(team, k))
		if p == nil {
			wanted = append(wanted, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: key}})
			continue
		}
		it, err := marshal(postingItem{k.Of, p.In, p.On})
		if err != nil {
			return err
		}
		wanted = append(wanted, types.WriteRequest{PutRequest: &types.PutRequest{Item: merge(it, key)}})
	}
	if err := s.writeAll(ctx, wanted); err != nil {
		return fmt.Errorf("dynamo.WritePostings: %w", err)
	}
	return nil
}

const lookupsAtOnce = 8

// Postings is one query for each lookup, several at once. The stream brought the postings, so that nothing is gained by reading
// them strongly consistent, at twice the price.
func (s Search) Postings(ctx context.Context, team int64, lookups []search.Lookup) ([]search.Found, error) {
	found, errs := make([]search.Found, len(lookups)), make([]error, len(lookups))
	slots := make(chan struct{}, lookupsAtOnce)
	var running sync.WaitGroup
	for i, l := range lookups {
		running.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			found[i], errs[i] = s.lookup(ctx, team, l)
		})
	}
	running.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

func (s Search) lookup(ctx context.Context, team int64, l search.Lookup) (f search.Found, err error) {
	pattern, partition := schema.Word, []any{team, l.Kind, first(l.Word)}
	if l.Digits {
		pattern, partition = schema.Phone, []any{team, first(l.Word)}
	}
	begin := l.Word
	if l.Whole {
		begin += "#"
	}
	in := &dynamodb.QueryInput{
		TableName: &s.table, Limit: aws.Int32(search.MaxPostings + 1),
		KeyConditionExpression:    aws.String("pk = :pk AND begins_with(sk, :begin)"),
		ExpressionAttributeValues: item{":pk": text(pattern.Partition(partition...)), ":begin": text(begin)},
	}
	out, err := s.client.Query(ctx, in)
	if err != nil {
		return f, unavailable(fmt.Errorf("dynamo.Postings: %w", err))
	}
	f.More = out.LastEvaluatedKey != nil
	for _, it := range out.Items {
		if len(f.Postings) == search.MaxPostings {
			f.More = true
			break
		}
		p, err := kindOf[postingItem]{}.decode(it)
		if err != nil {
			return f, err
		}
		word, _, _ := strings.Cut(textOf(it, schema.SK), "#")
		f.Postings = append(f.Postings, search.Posting{Key: search.Key{Word: word, Digits: l.Digits, Of: p.Of}, In: p.In, On: p.On})
	}
	return f, nil
}

// List reads a page of the records of a kind.
func (s Search) List(ctx context.Context, team int64, kind string, l value.List) (value.Page[any], error) {
	switch kind {
	case change.Deal:
		return anyPage(listPage(ctx, s.DB, team, dealKind, l))
	case change.Person:
		return anyPage(listPage(ctx, s.DB, team, personKind, l))
	case change.Organization:
		return anyPage(listPage(ctx, s.DB, team, organizationKind, l))
	case change.File:
		return anyPage(listPage(ctx, s.DB, team, fileKind, l))
	}
	return value.Page[any]{}, fmt.Errorf("dynamo.Search.List: no lists of %s", kind)
}

func anyPage[T any](page value.Page[T], err error) (value.Page[any], error) {
	out := value.Page[any]{Next: page.Next}
	for _, one := range page.Items {
		out.Items = append(out.Items, one)
	}
	return out, err
}
