package grants

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	sestypes "github.com/aws/aws-sdk-go-v2/service/ses/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/manifest"
)

var errReached = errors.New("the call went through")

// clients have the grants and, behind the check, nothing.
func clients(grants ...manifest.Grant) boot.Env {
	cfg := engine.Local("http://127.0.0.1:1")
	f := manifest.Function{Name: "tested", Grants: grants}
	stop := middleware.FinalizeMiddlewareFunc("stop", func(context.Context, middleware.FinalizeInput, middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
		return middleware.FinalizeOutput{}, middleware.Metadata{}, errReached
	})
	cfg.APIOptions = append(cfg.APIOptions, Allow(f, Names{Table: "lejek", MailBucket: "lejek-mail", DataBucket: "lejek-data", MailDomain: "in.example", Deliveries: "http://127.0.0.1:1/webhooks"}),
		func(s *middleware.Stack) error { return s.Finalize.Add(stop, middleware.Before) })
	return boot.New(boot.Config{}, cfg)
}

var key = map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "a"}, "sk": &types.AttributeValueMemberS{Value: "#"}}

func TestOnlyGrantedCallsGoThrough(t *testing.T) {
	t.Parallel()
	table := func(actions ...string) manifest.Grant {
		return manifest.Grant{Resource: manifest.Table, Actions: actions}
	}
	files := func(actions ...string) manifest.Grant {
		return manifest.Grant{Resource: manifest.DataBucket, Prefix: "files/", Actions: actions}
	}
	transact := func(e boot.Env, items ...types.TransactWriteItem) error {
		_, err := e.DynamoDB.TransactWriteItems(context.Background(), &dynamodb.TransactWriteItemsInput{TransactItems: items})
		return err
	}
	put := types.TransactWriteItem{Put: &types.Put{TableName: aws.String("lejek"), Item: key}}
	remove := types.TransactWriteItem{Delete: &types.Delete{TableName: aws.String("lejek"), Key: key}}
	check := types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{TableName: aws.String("lejek"), Key: key, ConditionExpression: aws.String("attribute_exists(pk)")}}
	get := func(e boot.Env, table string) error {
		_, err := e.DynamoDB.GetItem(context.Background(), &dynamodb.GetItemInput{TableName: &table, Key: key})
		return err
	}
	query := func(e boot.Env, index *string) error {
		_, err := e.DynamoDB.Query(context.Background(), &dynamodb.QueryInput{TableName: aws.String("lejek"), IndexName: index})
		return err
	}
	read := func(e boot.Env, bucket, key string) error {
		_, err := e.S3.GetObject(context.Background(), &s3.GetObjectInput{Bucket: &bucket, Key: &key})
		return err
	}
	send := func(e boot.Env, from string) error {
		_, err := ses.NewFromConfig(e.SES).SendRawEmail(context.Background(), &ses.SendRawEmailInput{Source: &from, RawMessage: &sestypes.RawMessage{Data: []byte("x")}})
		return err
	}
	for name, c := range map[string]struct {
		err     error
		refused string // part of the message; "" when it must go through
	}{
		"get":                         {get(clients(table("dynamodb:GetItem")), "lejek"), ""},
		"get without the grant":       {get(clients(table("dynamodb:Query")), "lejek"), "dynamodb:GetItem on lejek"},
		"get from another table":      {get(clients(table("dynamodb:GetItem")), "other"), "dynamodb:GetItem on other"},
		"query of the table":          {query(clients(table("dynamodb:Query")), nil), ""},
		"query of an index":           {query(clients(manifest.Grant{Resource: manifest.Indexes, Actions: []string{"dynamodb:Query"}}), aws.String("byId")), ""},
		"query of an index, not ours": {query(clients(table("dynamodb:Query")), aws.String("byId")), "dynamodb:Query on lejek/index/byId"},
		"transaction":                 {transact(clients(table("dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem")), put, remove, check), ""},
		"transaction, one too many":   {transact(clients(table("dynamodb:PutItem", "dynamodb:DeleteItem")), put, remove, check), "dynamodb:ConditionCheckItem"},
		"transaction with a delete":   {transact(clients(table("dynamodb:PutItem", "dynamodb:UpdateItem")), put, remove), "dynamodb:DeleteItem"},
		"object":                      {read(clients(files("s3:GetObject")), "lejek-data", "files/1/2"), ""},
		"object outside the prefix":   {read(clients(files("s3:GetObject")), "lejek-data", "uploads/1/2"), "s3:GetObject on lejek-data/uploads/1/2"},
		"object of the other bucket":  {read(clients(files("s3:GetObject")), "lejek-mail", "files/1/2"), "s3:GetObject on lejek-mail"},
		"mail":                        {send(clients(manifest.Grant{Resource: manifest.Mailer, Actions: []string{"ses:SendRawEmail"}}), "x@in.example"), ""},
		"mail in another's name":      {send(clients(manifest.Grant{Resource: manifest.Mailer, Actions: []string{"ses:SendRawEmail"}}), "x@out.example"), "ses:SendRawEmail on x@out.example"},
		"mail without the grant":      {send(clients(), "x@in.example"), "ses:SendRawEmail"},
		"operation nobody needs": {func() error {
			_, err := clients(table("dynamodb:DeleteTable")).DynamoDB.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: aws.String("lejek")})
			return err
		}(), "DeleteTable"},
	} {
		var api smithy.APIError
		switch {
		case c.refused == "" && !errors.Is(c.err, errReached):
			t.Errorf("%s: %v, want it to go through", name, c.err)
		case c.refused != "" && (!errors.As(c.err, &api) || !strings.HasPrefix(api.ErrorCode(), "AccessDenied") || !strings.Contains(api.ErrorMessage(), c.refused)):
			t.Errorf("%s: %v, want it refused with %q", name, c.err, c.refused)
		}
	}
}

func TestSigningALinkNeedsTheGrantToo(t *testing.T) {
	t.Parallel()
	cfg := engine.Local("http://127.0.0.1:1")
	cfg.APIOptions = append(cfg.APIOptions, Allow(manifest.Function{Name: "tested", Grants: []manifest.Grant{
		{Resource: manifest.DataBucket, Prefix: "files/", Actions: []string{"s3:GetObject"}},
	}}, Names{Table: "lejek", MailBucket: "lejek-mail", DataBucket: "lejek-data", MailDomain: "in.example", Deliveries: "http://127.0.0.1:1/webhooks"}))
	signer := s3.NewPresignClient(boot.New(boot.Config{}, cfg).S3)
	sign := func(key string) error {
		_, err := signer.PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("lejek-data"), Key: &key})
		return err
	}
	if err := sign("files/1/2"); err != nil {
		t.Errorf("signing a granted link: %v", err)
	}
	if err := sign("uploads/1/2"); err == nil {
		t.Error("a link outside the grant was signed")
	}
}
