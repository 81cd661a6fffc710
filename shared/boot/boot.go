// Package boot reads what a function gets from outside, once, before its first event: configuration from environment
// variables and the AWS clients it needs. Everything behind it takes an Env as a value, which is how the local runner and
// the tests hand the same constructors other endpoints.
package boot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/shared/manifest"
)

// Config is the function's whole configuration; a value that the manifest does not give the function is empty.
type Config struct {
	Table      string
	MailBucket string
	DataBucket string
	MailDomain string
	LinkURL    string
	APIURL     string
	Deliveries string
	RateLimit  int64 // requests per token in limits.Window; 0 is any number
}

// Env is what a function's constructor takes.
type Env struct {
	Config
	DynamoDB *dynamodb.Client
	S3       *s3.Client
	SES      aws.Config // what a client of SES is made of: one function has it, so no other carries its code
	SQS      aws.Config // the same of SQS
	// PrivateWebhooks has webhooks reach this machine, and without TLS. No variable sets it: it is for the local runner and tests.
	PrivateWebhooks bool
	Now             func() time.Time
	Log             *slog.Logger
}

// Read takes the configuration of one function from lookup (os.LookupEnv in Lambda); all missing variables are reported
// together.
func Read(f manifest.Function, lookup func(string) (string, bool)) (Config, error) {
	var c Config
	var missing []error
	for _, v := range f.Env {
		value, ok := lookup(string(v))
		if !ok || value == "" {
			missing = append(missing, fmt.Errorf("environment variable %s is not set", v))
		}
		switch v {
		case manifest.EnvTable:
			c.Table = value
		case manifest.EnvMailBucket:
			c.MailBucket = value
		case manifest.EnvDataBucket:
			c.DataBucket = value
		case manifest.EnvMailDomain:
			c.MailDomain = value
		case manifest.EnvLinkURL:
			c.LinkURL = value
		case manifest.EnvAPIURL:
			c.APIURL = value
		case manifest.EnvDeliveries:
			c.Deliveries = value
		case manifest.EnvRateLimit:
			n, err := strconv.ParseInt(value, 10, 64)
			if err == nil && n < 0 {
				err = errors.New("is negative")
			}
			if err != nil && value != "" {
				missing = append(missing, fmt.Errorf("environment variable %s: %q must be a number of requests, 0 for no limit: %w", v, value, err))
			}
			c.RateLimit = n
		default:
			missing = append(missing, fmt.Errorf("environment variable %s has no place in boot.Config", v))
		}
	}
	return c, errors.Join(missing...)
}

// Lambda is the Env of the named function inside Lambda. It panics on a wrong configuration: a function that cannot work
// must fail at start, where a deployment sees it.
func Lambda(name string) Env {
	f, ok := manifest.ByName(name)
	if !ok {
		panic("boot: no function " + name + " in the manifest")
	}
	c, err := Read(f, os.LookupEnv)
	if err != nil {
		panic("boot: " + err.Error())
	}
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		panic("boot: " + err.Error())
	}
	return New(c, cfg)
}

// New is an Env with real clients made from cfg.
func New(c Config, cfg aws.Config) Env {
	return Env{
		Config:   c,
		DynamoDB: dynamodb.NewFromConfig(cfg),
		S3: s3.NewFromConfig(cfg, func(o *s3.Options) {
			o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
			o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
			o.UsePathStyle = cfg.BaseEndpoint != nil // a local endpoint has no host name per bucket
		}),
		SES: cfg,
		SQS: cfg,
		Now: time.Now,
		Log: slog.New(slog.NewJSONHandler(os.Stderr, nil)),
	}
}
