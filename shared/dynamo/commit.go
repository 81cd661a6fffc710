package dynamo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/terms"
)

// Commit writes the sets of one user action in one transaction: all or nothing, and with them what is derived for the records
// that their rows show on. It returns a Conflict when a record, a guard or a link is not as the sets expect it, and Unavailable
// when other transactions stood in the way for too long. A summary that others moved meanwhile is derived anew here: the caller's
// sets do not depend on it.
func (db *DB) Commit(ctx context.Context, sets ...change.Set) error {
	t := terms.Of(ctx)
	if t != nil {
		for _, s := range sets {
			for _, r := range s.Records {
				t.Writing(s.Team, r.Ref, r.Expect)
			}
		}
	}
	for try := 0; ; try++ {
		sums, err := db.derive(ctx, sets)
		if err != nil {
			return fmt.Errorf("dynamo.Commit: %w", err)
		}
		ops := operations{db: db, at: map[schema.Key]int{}, derived: map[int]bool{}}
		for _, s := range sets {
			if err := ops.add(s); err != nil {
				return fmt.Errorf("dynamo.Commit: %w", err)
			}
			if err := ops.merges(ctx, s); err != nil {
				return fmt.Errorf("dynamo.Commit: %w", err)
			}
		}
		for _, s := range sums {
			if err := ops.sum(s); err != nil {
				return fmt.Errorf("dynamo.Commit: %w", err)
			}
		}
		if t != nil && t.Claim != nil && len(ops.list) > 0 {
			ops.claimed(t)
		}
		overtaken, err := ops.commit(ctx)
		if err == nil && t != nil {
			t.Wrote()
		}
		if err != nil || slices.ContainsFunc(sets, func(s change.Set) bool { return len(s.Merges) > 0 }) {
			rememberedIn(ctx).forget()
		}
		if !overtaken || try == 5 || ctx.Err() != nil {
			return err
		}
		time.Sleep(pause(try))
	}
}

// commit writes the operations. A repeat of the same commit by the SDK's own retries takes effect once, since the request carries
// a token. Overtaken tells that nothing stood in the way but summaries that others moved.
func (o *operations) commit(ctx context.Context) (overtaken bool, err error) {
	if len(o.list) == 0 {
		return false, nil
	}
	if len(o.list) > change.MaxOperations {
		err := fmt.Errorf("%d operations do not fit one transaction", len(o.list))
		return false, fault.New(fault.TooLarge, "This changes too much at once, please do it in parts").Because(err)
	}
	// One token for all tries: a try that took effect, though its answer was lost, is then not made twice.
	in := &dynamodb.TransactWriteItemsInput{TransactItems: o.list, ClientRequestToken: aws.String(rand.Text())}
	for try := range 6 {
		_, err := o.db.client.TransactWriteItems(ctx, in)
		if err == nil {
			return false, nil
		}
		var cancelled *types.TransactionCanceledException
		if errors.As(err, &cancelled) {
			if failed := conditionsFailed(cancelled); len(failed) > 0 {
				overtaken = !slices.ContainsFunc(failed, func(i int) bool { return !o.derived[i] })
				return overtaken, fault.New(fault.Conflict, "The record was changed by someone else meanwhile").Because(o.explain(cancelled))
			}
		}
		if !throttled(err) {
			return false, fmt.Errorf("dynamo.Commit: %w", err)
		}
		select {
		case <-ctx.Done():
			return false, unavailable(err)
		case <-time.After(pause(try)):
		}
	}
	return false, fault.New(fault.Unavailable, "The service is busy, please try again")
}

// conditionsFailed are the operations whose conditions did not hold.
func conditionsFailed(c *types.TransactionCanceledException) (failed []int) {
	for i, r := range c.CancellationReasons {
		if aws.ToString(r.Code) == "ConditionalCheckFailed" {
			failed = append(failed, i)
		}
	}
	return failed
}

// pause grows with each try and is never the same for two writers.
func pause(try int) time.Duration {
	return time.Duration(mathrand.IntN(25<<try)) * time.Millisecond
}

// throttled reports an error that passes by itself: capacity, or another transaction on the same item.
func throttled(err error) bool {
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		return slices.ContainsFunc(cancelled.CancellationReasons, func(r types.CancellationReason) bool {
			return slices.Contains([]string{"TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"}, aws.ToString(r.Code))
		})
	}
	var api smithy.APIError
	return errors.As(err, &api) && slices.Contains([]string{
		"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "TransactionInProgressException",
		"TransactionConflictException", "InternalServerError", "ServiceUnavailable",
	}, api.ErrorCode())
}

// operations gathers at most one operation per item, as DynamoDB demands.
type operations struct {
	db      *DB
	list    []types.TransactWriteItem
	keys    []schema.Key
	at      map[schema.Key]int
	derived map[int]bool // that depend on nothing but a summary's version
}

func (o *operations) add(s change.Set) error {
	for _, r := range s.Records {
		it, err := encode(s.Team, r)
		if err != nil {
			return err
		}
		sign(it, s, r)
		version := r.Expect + 1
		if kept := numberOf(it, schema.Version); r.Restored && kept > 0 {
			version = kept
		}
		if err := o.put(keyFrom(it), it, r.Expect, version); err != nil {
			return err
		}
	}
	for _, j := range s.Jobs {
		if err := o.job(s.Team, j); err != nil {
			return err
		}
	}
	for _, e := range s.Entries {
		o.entry(s.Team, e)
	}
	for _, f := range s.Facts {
		if err := o.fact(s.Team, f); err != nil {
			return err
		}
	}
	for _, a := range s.Audits {
		if err := o.audit(s.Team, a); err != nil {
			return err
		}
	}
	for _, d := range s.Dues {
		o.due(s.Team, d)
	}
	for _, m := range s.Members {
		if err := o.member(s.Team, m); err != nil {
			return err
		}
	}
	for _, t := range s.Tallies {
		if err := o.tally(s.Team, t); err != nil {
			return err
		}
	}
	for _, r := range s.Show {
		it, err := encodeRow(s.Team, r)
		if err != nil {
			return err
		}
		put := &types.Put{TableName: &o.db.table, Item: it}
		if r.Strict {
			put.ConditionExpression = aws.String("attribute_not_exists(pk)")
		}
		o.set(keyFrom(it), types.TransactWriteItem{Put: put})
	}
	for _, r := range s.Hide {
		key := rowKey(s.Team, r)
		if _, shown := o.at[key]; !shown {
			remove := &types.Delete{TableName: &o.db.table, Key: keyItem(key)}
			if r.Strict {
				remove.ConditionExpression = aws.String("attribute_exists(pk)")
			}
			o.set(key, types.TransactWriteItem{Delete: remove})
		}
	}
	for _, c := range s.Checks {
		// A record that the same transaction writes is held by its version already.
		key := keyOf(s.Team, c.Ref)
		if i, ok := o.at[key]; !ok {
			o.set(key, types.TransactWriteItem{ConditionCheck: o.check(key, c)})
		} else if had := o.list[i].ConditionCheck; had != nil {
			both(had, o.check(key, c))
		}
	}
	return nil
}

func (o *operations) check(key schema.Key, c change.Check) *types.ConditionCheck {
	check := &types.ConditionCheck{TableName: &o.db.table, Key: keyItem(key)}
	if c.Alive {
		check.ConditionExpression = aws.String("Deleted = :f")
		check.ExpressionAttributeValues = item{":f": &types.AttributeValueMemberBOOL{}}
		return check
	}
	if c.Version != 0 {
		check.ConditionExpression, check.ExpressionAttributeValues = aws.String("Version = :v"), item{":v": number(c.Version)}
		return check
	}
	check.ConditionExpression = aws.String("Links = :l")
	check.ExpressionAttributeValues = item{":l": number(c.Links)}
	return check
}

// both demands what each of two checks of one record does.
func both(had, more *types.ConditionCheck) {
	if *had.ConditionExpression == *more.ConditionExpression {
		return
	}
	if !strings.Contains(*had.ConditionExpression, " AND ") {
		had.ConditionExpression = aws.String(*had.ConditionExpression + " AND " + *more.ConditionExpression)
		merge(had.ExpressionAttributeValues, more.ExpressionAttributeValues)
	}
}

func (o *operations) set(key schema.Key, op types.TransactWriteItem) {
	if i, ok := o.at[key]; ok {
		o.list[i] = op
		return
	}
	o.at[key] = len(o.list)
	o.list = append(o.list, op)
	o.keys = append(o.keys, key)
}

// put writes an item that has a version; two different ones of one item in a transaction are a mistake.
func (o *operations) put(key schema.Key, it item, expect, version int64) error {
	if i, ok := o.at[key]; ok && o.list[i].ConditionCheck == nil {
		return fmt.Errorf("%s %s is written twice in one transaction", key.PK, key.SK)
	}
	it[schema.Version] = number(version)
	if storedSize(it) > maxItem {
		return fault.New(fault.TooLarge, "The record would be larger than 400 KB with this change")
	}
	put := &types.Put{TableName: &o.db.table, Item: it, ConditionExpression: aws.String("attribute_not_exists(pk)")}
	if expect != 0 {
		put.ConditionExpression = aws.String("Version = :v")
		put.ExpressionAttributeValues = item{":v": number(expect)}
	}
	o.set(key, types.TransactWriteItem{Put: put})
	return nil
}

func (o *operations) job(team int64, j change.Job) error {
	key := schema.Job.Key(team, j.Name)
	if j.Done {
		o.set(key, types.TransactWriteItem{Delete: &types.Delete{
			TableName: &o.db.table, Key: keyItem(key), ConditionExpression: aws.String("Version = :v"),
			ExpressionAttributeValues: item{":v": number(j.Version)},
		}})
		return nil
	}
	it, err := marshal(j)
	if err != nil {
		return err
	}
	return o.put(key, merge(it, keyItem(key)), j.Version, j.Version+1)
}

// member changes a guard's set of ids without reading it, or only if it is as it was read.
func (o *operations) member(team int64, m change.Member) error {
	key := keyOf(team, m.Of)
	if _, ok := o.at[key]; ok {
		return fmt.Errorf("guard %s is changed twice in one transaction", m.Of)
	}
	verb := "ADD"
	if m.Remove {
		verb = "DELETE"
	}
	update := &types.Update{
		TableName: &o.db.table, Key: keyItem(key), UpdateExpression: aws.String(verb + " ids :id"),
		ExpressionAttributeValues: item{":id": &types.AttributeValueMemberNS{Value: []string{fmt.Sprint(m.ID)}}},
	}
	if m.Seen != nil {
		update.ConditionExpression = aws.String("attribute_not_exists(ids)")
		if len(*m.Seen) > 0 {
			seen := &types.AttributeValueMemberNS{}
			for _, id := range *m.Seen {
				seen.Value = append(seen.Value, fmt.Sprint(id))
			}
			update.ConditionExpression = aws.String("ids = :seen")
			update.ExpressionAttributeValues[":seen"] = seen
		}
	}
	o.set(key, types.TransactWriteItem{Update: update})
	return nil
}

// explain names the kinds of items whose conditions failed, for the log: their names may hold what a customer typed.
func (o *operations) explain(c *types.TransactionCanceledException) error {
	var text string
	for i, r := range c.CancellationReasons {
		if code := aws.ToString(r.Code); code != "None" && code != "" && i < len(o.keys) {
			_, ref, _ := strings.Cut(strings.TrimPrefix(o.keys[i].PK, "T#"), "#")
			text += fmt.Sprintf(" %s on a %s", code, change.Ref(ref).Kind())
		}
	}
	return fmt.Errorf("transaction cancelled:%s", text)
}
