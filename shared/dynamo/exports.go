package dynamo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/exports"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/reminders"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/statistics"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
	"github.com/lejek/lejek/shared/webhooks"
)

var exportKind = kindOf[exports.Export]{name: exports.Kind, facets: exports.Export.Facets}

// Exports keeps exports.
type Exports struct{ records[exports.Export] }

var _ exports.Store = Exports{}

// NewExports keeps exports in db.
func NewExports(db *DB) Exports { return Exports{records[exports.Export]{db, exportKind, "Export"}} }

// Everything reads all that a team has, in the form in which an archive holds it.
type Everything struct{ *DB }

var _ exports.Records = Everything{}

// Numbers is one query.
func (e Everything) Numbers(ctx context.Context, team int64) (map[string]int64, error) {
	items, _, err := e.query(ctx, query{pk: schema.Sequence.Partition(team), from: " ", to: "~"})
	if err != nil {
		return nil, fmt.Errorf("dynamo.Numbers: %w", err)
	}
	all := make(map[string]int64, len(items))
	for _, it := range items {
		all[textOf(it, schema.SK)] = numberOf(it, "lastId")
	}
	return all, nil
}

// Collection is one query of a partition.
func (e Everything) Collection(ctx context.Context, team int64, of change.Ref) (lines []exports.Line, err error) {
	items, _, err := e.query(ctx, query{pk: schema.Record.Partition(team, of), from: " ", to: "~"})
	if err != nil {
		return nil, fmt.Errorf("dynamo.Collection %s: %w", of, err)
	}
	for _, it := range items {
		l, kept, err := lineOf(of, it)
		if err != nil {
			return nil, fmt.Errorf("dynamo.Collection %s: %w", of, err)
		}
		if kept {
			lines = append(lines, l)
		}
	}
	return lines, nil
}

// held are the patterns whose items are records beside another or in a small collection, by the kind of record.
var held = []struct {
	kind    string
	pattern schema.Pattern
	of      string // kind of what has the partition
}{
	{notes.KindComment, schema.Comment, change.Note},
	{reminders.Kind, schema.Reminder, change.Activity},
	{fields.KindOptions, schema.FieldOptions, fields.KindDefinitions},
	{kindPipeline, schema.Pipeline, "pipelines"},
	{kindStage, schema.Stage, "pipelines"},
	{kindActivityType, schema.ActivityType, "activityTypes"},
	{kindUser, schema.User, "users"},
	{webhooks.Kind, schema.Webhook, "webhooks"},
}

// shelved are the shelves whose rows are more than references.
var shelved = map[change.Shelf]string{
	change.Flow: exports.LogLine, change.Followers: exports.FollowerLine, change.FollowerLog: exports.EventLine,
}

// lineOf is what an archive holds of an item; false for what is derived.
func lineOf(of change.Ref, it item) (l exports.Line, kept bool, err error) {
	sk := textOf(it, schema.SK)
	if sk == schema.Team.Prefix() {
		record, err := kinds[of.Kind()].decodeAny(it)
		record = withoutSecrets(record)
		if named, ok := record.(interface{ Ref() change.Ref }); ok && of.Name() == "" { // the team itself
			of = named.Ref()
		}
		return exports.Line{Kind: of.Kind(), Ref: of, Record: record}, true, err
	}
	for _, h := range held {
		if h.of == of.Kind() && strings.HasPrefix(sk, h.pattern.Prefix()) {
			record, err := kinds[h.kind].decodeAny(it)
			if err != nil {
				return l, false, err
			}
			record = withoutSecrets(record)
			named, ok := record.(interface{ Ref() change.Ref })
			if !ok {
				return l, false, fmt.Errorf("a %s does not know its name", h.kind)
			}
			return exports.Line{Kind: h.kind, Ref: named.Ref(), Record: record}, true, nil
		}
	}
	for shelf, kind := range shelved {
		if strings.HasPrefix(sk, shelves[shelf].Prefix()) {
			r, err := decodeRow(of, shelf, it)
			if shelf == change.Flow && r.Log == nil {
				return l, false, err
			}
			return exports.Line{Kind: kind, Ref: of, Record: exports.Row{Shelf: shelf, At: r.At, Source: r.Source, Log: r.Log}}, true, err
		}
	}
	return l, false, nil
}

// withoutSecrets is a record without what nobody is to have: keys, passwords, and the codes of links that somebody was mailed.
func withoutSecrets(record any) any {
	switch r := record.(type) {
	case teams.Team:
		r.AddressKey, r.Former = nil, nil
		return r
	case teams.User:
		r.Addresses = slices.Clone(r.Addresses)
		for i := range r.Addresses {
			r.Addresses[i].Code = ""
		}
		return r
	case webhooks.Webhook:
		r.AuthPassword = nil
		return r
	case mailbox.Thread:
		if r.Question != nil {
			q := *r.Question
			q.Code = ""
			r.Question = &q
		}
		return r
	}
	return record
}

// FromArchive reads the record of a line of that kind.
func FromArchive(kind string, text []byte) (any, error) {
	k, ok := kinds[kind]
	if !ok {
		return nil, fmt.Errorf("dynamo.FromArchive: no kind %q", kind)
	}
	return k.fromJSON(text)
}

// Remove takes records away that nothing else knows of: those that a new team has in its small collections.
func (e Everything) Remove(ctx context.Context, team int64, refs []change.Ref) error {
	keys := make([]schema.Key, len(refs))
	for i, ref := range refs {
		keys[i] = keyOf(team, ref)
	}
	return e.removeAll(ctx, keys)
}

// Ledger reads the list of entries, the only one that is numbered by SES; entries of the last moment may be missing, as in any list.
func (e Everything) Ledger(ctx context.Context, team int64, after string, limit int) (lines []exports.Line, next string, err error) {
	if after == "" {
		after = " "
	}
	in := &dynamodb.QueryInput{
		TableName: &e.table, IndexName: &schema.ByID.Name, Limit: aws.Int32(int32(limit)),
		KeyConditionExpression:    aws.String("#p = :p AND #s > :after"),
		ExpressionAttributeNames:  map[string]string{"#p": schema.ByID.PK, "#s": schema.ByID.SK},
		ExpressionAttributeValues: item{":p": text(schema.ListPartition(team, change.InboundMail)), ":after": text(after)},
	}
	out, err := e.client.Query(ctx, in)
	if err != nil {
		return nil, "", unavailable(fmt.Errorf("dynamo.Ledger: %w", err))
	}
	for _, it := range out.Items {
		next = textOf(it, schema.ByID.SK)
		entry, err := ledgerKind.decode(it)
		if err != nil {
			return nil, "", err
		}
		if e.alive(it) {
			lines = append(lines, exports.Line{Kind: change.InboundMail, Ref: entry.Ref(), Record: entry})
		}
	}
	if out.LastEvaluatedKey == nil {
		next = ""
	}
	return lines, next, nil
}

// Facts go on after a day and a key.
func (e Everything) Facts(ctx context.Context, team int64, after string, limit int) (lines []exports.Line, next string, err error) {
	s := Statistics(e)
	var mark statistics.Mark
	if day, key, ok := strings.Cut(after, "|"); ok {
		mark = statistics.Mark{At: value.StartOfDay(value.Date(day), time.UTC), Key: key}
	} else if mark, err = s.Mark(ctx, team); err == nil && mark.Version == 0 {
		t, teamErr := Teams(e).Team(ctx, team)
		mark.At, err = t.AddTime, teamErr
	}
	if err != nil {
		return nil, "", fmt.Errorf("dynamo.Facts: %w", err)
	}
	// A minute more: those of this moment too, by any writer's clock.
	facts, err := s.Facts(ctx, team, mark, e.now().Add(time.Minute), limit)
	for _, f := range facts {
		lines = append(lines, exports.Line{Kind: exports.FactLine, Ref: change.Of(change.Deal, f.Deal), Record: f.Fact})
		next = string(dayOf(f.At)) + "|" + f.Key
	}
	if len(facts) < limit {
		next = ""
	}
	return lines, next, err
}
