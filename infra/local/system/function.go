package system

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/infra/local/gateway"
	"github.com/lejek/lejek/infra/local/grants"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/manifest"
)

// concurrency is how many events a function works on at once; more wait, where production would start more instances.
const concurrency = 10

// function is a Lambda function. Like there, an instance of it works on one event at a time (the library's handlers share a
// buffer and rely on that), events that meet get instances of their own, and an instance is used again.
type function struct {
	manifest.Function
	construct func() lambda.Handler
	places    chan struct{}

	mu   sync.Mutex
	idle []lambda.Handler
}

// build constructs a first instance from the environment that the manifest gives the function, and no other.
func (s *System) build(f manifest.Function, constructor func(boot.Env) lambda.Handler) (built *function, err error) {
	values := map[manifest.EnvVar]string{
		manifest.EnvTable: s.Options.Table, manifest.EnvMailBucket: MailBucket, manifest.EnvDataBucket: DataBucket, manifest.EnvMailDomain: MailDomain,
		manifest.EnvRateLimit: strconv.Itoa(s.RateLimit), manifest.EnvLinkURL: s.URL + manifest.RecordPath, manifest.EnvAPIURL: s.URL,
		manifest.EnvDeliveries: s.queueAPI.QueueURL(string(manifest.Deliveries)),
	}
	given := map[string]string{}
	for _, v := range f.Env {
		given[string(v)] = values[v]
	}
	config, err := boot.Read(f, func(name string) (string, bool) { v, ok := given[name]; return v, ok })
	if err != nil {
		return nil, fmt.Errorf("system.build(%s): %w", f.Name, err)
	}
	defer func() { // constructors panic on wiring that cannot work
		if p := recover(); p != nil {
			err = fmt.Errorf("system.build(%s): %v\n%s", f.Name, p, debug.Stack())
		}
	}()
	built = &function{
		Function: f, places: make(chan struct{}, concurrency),
		construct: func() lambda.Handler { return constructor(s.env(f, config)) },
	}
	built.idle = append(built.idle, built.construct())
	return built, nil
}

func (f *function) take() lambda.Handler {
	f.mu.Lock()
	defer f.mu.Unlock()
	last := len(f.idle) - 1
	if last < 0 {
		return f.construct()
	}
	h := f.idle[last]
	f.idle = f.idle[:last]
	return h
}

func (f *function) giveBack(h lambda.Handler) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.idle = append(f.idle, h)
}

// env has the clients of boot, aimed at this machine and held to the function's grants.
func (s *System) env(f manifest.Function, config boot.Config) boot.Env {
	table, buckets, mail, line := s.Engine.Config(), engine.Local(s.Objects.URL), engine.Local(s.Outbox.URL), engine.Local(s.queueAPI.URL)
	table.HTTPClient, buckets.HTTPClient, mail.HTTPClient, line.HTTPClient = s.http, s.http, s.http, s.http
	allow := grants.Allow(f, grants.Names{Table: s.Options.Table, MailBucket: MailBucket, DataBucket: DataBucket, MailDomain: MailDomain, Deliveries: config.Deliveries})
	services := []*aws.Config{&table, &buckets, &mail, &line}
	for _, c := range services {
		c.APIOptions = append(c.APIOptions, allow)
	}
	if s.replica != nil {
		table.APIOptions = append(table.APIOptions, s.replica.Answer)
	}
	for _, c := range services {
		c.APIOptions = append(c.APIOptions, s.Middleware[f.Name]...)
	}
	env := boot.New(config, table)
	env.S3, env.SES, env.SQS = boot.New(config, buckets).S3, mail, line
	env.PrivateWebhooks = s.PrivateWebhooks
	env.Now = s.Now
	env.Log = slog.New(slog.NewJSONHandler(s.Log, nil)).With("function", f.Name)
	return env
}

type outcome struct {
	answer []byte
	err    error
}

// invoke calls the handler as Lambda does: with a deadline and an invocation's context, with a panic being a failure, and
// with the event and the answer held to their limits.
func (f *function) invoke(ctx context.Context, event []byte) ([]byte, error) {
	if len(event) > gateway.MaxEvent {
		return nil, fmt.Errorf("invoking %s: the event has %d bytes, more than %d", f.Name, len(event), gateway.MaxEvent)
	}
	select {
	case f.places <- struct{}{}:
		defer func() { <-f.places }()
	case <-ctx.Done():
		return nil, fmt.Errorf("invoking %s: no instance became free: %w", f.Name, ctx.Err())
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(f.Timeout)*time.Second)
	defer cancel()
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{
		AwsRequestID:       rand.Text(),
		InvokedFunctionArn: "arn:aws:lambda:" + engine.Region + ":000000000000:function:" + f.Name,
	})
	done := make(chan outcome, 1)
	go func() { done <- f.run(ctx, event) }()
	select {
	case o := <-done:
		if o.err == nil && len(o.answer) > gateway.MaxEvent {
			return nil, fmt.Errorf("invoking %s: the answer has %d bytes, more than %d", f.Name, len(o.answer), gateway.MaxEvent)
		}
		return o.answer, o.err
	case <-ctx.Done(): // Lambda kills the instance here; a goroutine can only be left behind
		return nil, fmt.Errorf("invoking %s: Task timed out after %d seconds", f.Name, f.Timeout)
	}
}

// run lets one instance work on the event. One that panicked is gone, as its process would be.
func (f *function) run(ctx context.Context, event []byte) (o outcome) {
	defer func() {
		if p := recover(); p != nil {
			o = outcome{err: fmt.Errorf("invoking %s: panic: %v\n%s", f.Name, p, debug.Stack())}
		}
	}()
	instance := f.take()
	answer, err := instance.Invoke(ctx, event)
	o = outcome{answer: bytes.Clone(answer), err: err} // the next event overwrites the handler's buffer
	f.giveBack(instance)
	if err != nil {
		o.err = fmt.Errorf("invoking %s: %w", f.Name, err)
	}
	return o
}
