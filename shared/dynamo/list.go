package dynamo

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

const (
	maxExamined = 2000 // rows looked at for one page; it may come back short, with a cursor
	maxReads    = 5    // queries for one page, each at most 1 MB: an answer must stay below Lambda's 6 MB
	chunk       = 500  // rows asked for at once when a filter may drop most of them
)

// plan is the index, and the part of it, that answers a list with the least reading.
type plan struct {
	index     schema.Index
	partition string
	from, to  string // of the sort key
	filtered  bool   // most rows may be dropped, since the index does not answer all of the question
}

func planOf(team int64, kind string, l value.List) plan {
	kind = listKind(kind, l.Archived)
	p := plan{index: schema.ByID, partition: schema.ListPartition(team, kind), from: " ", to: "~"}
	filters := len(l.Links) + min(len(l.Statuses), 1)
	if l.Done != nil {
		filters++
	}
	if l.Sort != value.SortUpdateTime && !(l.UpdatedSince.IsZero() && l.UpdatedUntil.IsZero()) {
		filters++
	}
	switch l.Sort {
	case value.SortAddTime:
		p.index = schema.ByAddTime
	case value.SortDue:
		p.index, p.partition = schema.ByTime, schema.ListPartition(team, kind, "due")
	case value.SortUpdateTime:
		p.index = schema.ByUpdateTime
		if !l.UpdatedSince.IsZero() {
			p.from = value.SortTime(l.UpdatedSince)
		}
		if !l.UpdatedUntil.IsZero() {
			p.to = value.SortTime(l.UpdatedUntil)
		}
	default:
		if p.byLink(team, kind, l) {
			filters--
		}
	}
	p.filtered = filters > 0
	return p
}

// byLink prefers the link that fewest records share; false when no link or status is asked for.
func (p *plan) byLink(team int64, kind string, l value.List) bool {
	for _, c := range []struct {
		name  string
		index schema.Index
	}{
		{value.ByDeal, schema.ByDeal}, {value.ByPerson, schema.ByPerson}, {value.ByOrganization, schema.ByOrganization},
		{value.ByStage, schema.ByStage}, {value.ByPipeline, schema.ByPipeline}, {value.ByOwner, schema.ByOwner},
	} {
		if id, ok := l.Links[c.name]; ok {
			p.index, p.partition = c.index, schema.ListPartition(team, kind, c.name, id)
			return true
		}
	}
	if len(l.Statuses) == 1 {
		p.index, p.partition = schema.ByStatus, schema.ListPartition(team, kind, "status", l.Statuses[0])
		return true
	}
	return false
}

// cursor is where a page ended. Query ties it to the question it belongs to; the partition is always taken from the actor,
// so that a cursor cannot reach another team.
type cursor struct {
	Sort  string     `json:"s"`
	Ref   change.Ref `json:"r"`
	Query string     `json:"q"`
}

func questionOf(l value.List, partition string) string {
	sieve := ""
	if l.Sieve != nil {
		sieve = l.Sieve.Name()
	}
	l.Cursor, l.Limit, l.Beside = "", 0, 0
	b, _ := json.Marshal(l)
	sum := sha256.Sum256(append(b, partition+sieve...))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

func (p plan) start(team int64, l value.List) (item, error) {
	if l.Cursor == "" {
		return nil, nil
	}
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(l.Cursor)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || c.Ref.Name() == "" || c.Sort < p.from || c.Sort > p.to || len(c.Sort)+len(c.Ref) > 1000 {
		return nil, fault.BadField("cursor", "must be the next_cursor of an earlier page")
	}
	if c.Query != questionOf(l, p.partition) {
		return nil, fault.BadField("cursor", "belongs to a list with other filters or another order")
	}
	return merge(keyItem(keyOf(team, c.Ref)), item{p.index.PK: text(p.partition), p.index.SK: text(c.Sort)}), nil
}

func (p plan) cursorAt(it item, l value.List) string {
	_, ref, _ := strings.Cut(strings.TrimPrefix(textOf(it, schema.PK), "T#"), "#")
	b, _ := json.Marshal(cursor{Sort: textOf(it, p.index.SK), Ref: change.Ref(ref), Query: questionOf(l, p.partition)})
	return base64.RawURLEncoding.EncodeToString(b)
}

// query is the question as DynamoDB reads it, from the plan's beginning.
func (p plan) query(db *DB, l value.List) *dynamodb.QueryInput {
	return &dynamodb.QueryInput{
		TableName: &db.table, IndexName: &p.index.Name, ScanIndexForward: aws.Bool(!l.Desc),
		KeyConditionExpression:    aws.String("#p = :p AND #s BETWEEN :from AND :to"),
		ExpressionAttributeNames:  map[string]string{"#p": p.index.PK, "#s": p.index.SK},
		ExpressionAttributeValues: item{":p": text(p.partition), ":from": text(p.from), ":to": text(p.to)},
	}
}

func listPage[T any](ctx context.Context, db *DB, team int64, k kindOf[T], l value.List) (page value.Page[T], err error) {
	p := planOf(team, k.name, l)
	if p.from >= p.to {
		return page, nil
	}
	var redirects change.Redirects
	if k.follows() {
		if redirects, err = db.Redirects(ctx, team); err != nil {
			return page, err
		}
	}
	start, err := p.start(team, l)
	if err != nil {
		return page, err
	}
	in := p.query(db, l)
	in.ExclusiveStartKey = start
	if l.Sieve != nil {
		return sift(ctx, db, team, k, l, p, in, redirects)
	}
	var last item // the last row that is behind us
	for examined, reads := 0, 0; ; reads++ {
		if examined >= maxExamined || reads >= maxReads {
			page.Next = p.cursorAt(last, l)
			return page, nil
		}
		in.Limit = aws.Int32(int32(l.Limit - len(page.Items) + 1))
		if p.filtered || reads > 0 { // a second read means that rows were dropped
			in.Limit = aws.Int32(int32(min(chunk, maxExamined-examined)))
		}
		out, err := db.client.Query(ctx, in)
		if err != nil {
			return page, unavailable(fmt.Errorf("query %s: %w", p.index.Name, err))
		}
		for _, it := range out.Items {
			examined++
			if !db.alive(it) {
				last = it
				continue
			}
			v, err := k.read(it, redirects)
			if err != nil {
				return page, err
			}
			if l.Matches(k.facets(v)) {
				size := page.Size + wireSize(it) + l.Beside
				if len(page.Items) == l.Limit || size > maxPage && len(page.Items) > 0 {
					page.Next = p.cursorAt(last, l)
					return page, nil
				}
				page.Items, page.Size = append(page.Items, v), size
			}
			last = it
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return page, nil
		}
	}
}
