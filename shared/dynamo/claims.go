package dynamo

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/terms"
)

// Claims keeps the claims of idempotency keys: one write to hold a key, an operation in the transaction of what its request does,
// one write to keep the answer. A claim that is refused costs a read.
type Claims struct{ *DB }

var _ terms.Store = Claims{}

// Claim writes the claim, unless there is one that holds.
func (cl Claims) Claim(ctx context.Context, team int64, c *terms.Claim) (bool, terms.Kept, error) {
	now := cl.now()
	key := schema.Claim.Key(team, c.Name)
	_, err := cl.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &cl.table, Item: merge(keyItem(key), item{
			"Fingerprint": text(c.Fingerprint), "Attempt": text(c.Attempt), "Lease": number(now.Add(terms.Lease).UnixMilli()),
			schema.Expires: number(now.Add(terms.Life).Unix()),
		}),
		ConditionExpression: aws.String("attribute_not_exists(pk) OR expires <= :now OR " +
			"attribute_not_exists(Effect) AND attribute_not_exists(Answer) AND Lease < :ms AND Fingerprint = :f"),
		ExpressionAttributeValues: item{":now": number(now.Unix()), ":ms": number(now.UnixMilli()), ":f": text(c.Fingerprint)},
	})
	var refused *types.ConditionalCheckFailedException
	if err == nil {
		return true, terms.Kept{}, nil
	}
	if !errors.As(err, &refused) {
		return false, terms.Kept{}, unavailable(fmt.Errorf("dynamo.Claim: %w", err))
	}
	it, err := cl.get(ctx, key)
	if err != nil {
		return false, terms.Kept{}, fmt.Errorf("dynamo.Claim: %w", err)
	}
	if it == nil { // given up this moment
		return false, terms.Kept{Fingerprint: c.Fingerprint, Running: true}, nil
	}
	k := terms.Kept{
		Fingerprint: textOf(it, "Fingerprint"), Effect: change.Ref(textOf(it, "Effect")), Running: numberOf(it, "Lease") >= now.UnixMilli(),
	}
	if answer, ok := it["Answer"].(*types.AttributeValueMemberB); ok {
		k.Answer, err = unpack(it, answer.Value)
	}
	return false, k, err
}

// Keep adds the answer to the claim. One that does not fit into an item is not kept: who asks again is told what was made.
func (cl Claims) Keep(ctx context.Context, team int64, c *terms.Claim, r terms.Reply) error {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	zip.Write(r.Body)
	zip.Close() // neither fails on a buffer
	if packed.Len() > maxItem*9/10 {
		return nil
	}
	header, err := attributevalue.Marshal(r.Header)
	if err != nil {
		return fmt.Errorf("dynamo.Keep: %w", err)
	}
	_, err = cl.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &cl.table, Key: keyItem(schema.Claim.Key(team, c.Name)),
		UpdateExpression:          aws.String("SET Answer = :b, AnswerHeader = :h, AnswerStatus = :s"),
		ConditionExpression:       aws.String("Attempt = :a"),
		ExpressionAttributeValues: item{":a": text(c.Attempt), ":b": &types.AttributeValueMemberB{Value: packed.Bytes()}, ":h": header, ":s": number(int64(r.Status))},
	})
	if err != nil {
		return unavailable(fmt.Errorf("dynamo.Keep: %w", err))
	}
	return nil
}

// Release removes the claim. Where something was done under it, it stays, and tells the next that nobody is at work any more.
func (cl Claims) Release(ctx context.Context, team int64, c *terms.Claim) error {
	key, attempt := keyItem(schema.Claim.Key(team, c.Name)), item{":a": text(c.Attempt)}
	_, err := cl.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &cl.table, Key: key, ExpressionAttributeValues: attempt,
		ConditionExpression: aws.String("Attempt = :a AND attribute_not_exists(Effect)"),
	})
	var refused *types.ConditionalCheckFailedException
	if errors.As(err, &refused) {
		_, err = cl.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName: &cl.table, Key: key, ExpressionAttributeValues: merge(item{":over": number(0)}, attempt),
			UpdateExpression: aws.String("SET Lease = :over"), ConditionExpression: aws.String("Attempt = :a"),
		})
	}
	if err != nil && !errors.As(err, &refused) {
		return unavailable(fmt.Errorf("dynamo.Release: %w", err))
	}
	return nil
}

// claimed makes the claim part of a transaction: it must still hold, and notes what is made.
func (o *operations) claimed(t *terms.Terms) {
	effect := t.Record()
	if effect == "" {
		effect = terms.NoRecord
	}
	key := schema.Claim.Key(t.Team, t.Claim.Name)
	o.set(key, types.TransactWriteItem{Update: &types.Update{
		TableName: &o.db.table, Key: keyItem(key), UpdateExpression: aws.String("SET Effect = if_not_exists(Effect, :e)"),
		ConditionExpression: aws.String("Attempt = :a"), ExpressionAttributeValues: item{":a": text(t.Claim.Attempt), ":e": text(string(effect))},
	}})
}

// saw tells the terms of a request at which version its record was read.
func saw(ctx context.Context, it item) error {
	t := terms.Of(ctx)
	if t == nil || it == nil {
		return nil
	}
	if ref := t.Record(); ref == "" || keyFrom(it) != keyOf(t.Team, ref) {
		return nil
	}
	return t.Saw(numberOf(it, schema.Version))
}

func unpack(it item, body []byte) (*terms.Reply, error) {
	zip, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("dynamo.Claim: %w", err)
	}
	r := &terms.Reply{Status: int(numberOf(it, "AnswerStatus"))}
	if r.Body, err = io.ReadAll(zip); err != nil {
		return nil, fmt.Errorf("dynamo.Claim: %w", err)
	}
	return r, attributevalue.Unmarshal(it["AnswerHeader"], &r.Header)
}
