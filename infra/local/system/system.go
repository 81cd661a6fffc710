// Package system is the whole of Lejek in one process: the functions behind the doubles of the services that the stack
// deploys, joined by the same manifest. It is what make run starts and what tests of more than one function start; a
// function is reached only by the bytes of an event, with the deadline, the grants and the environment of production.
//
// From a test:
//
//	s := system.Test(t, system.Options{Functions: functions.All})
//	answer, err := s.Invoke(ctx, "teams", []byte(`{"action":"create_team",…}`))
//	http.Get(s.URL + "/api/v2/deals?api_token=…")
//	err = s.Drain(ctx) // until mail is linked and the stream is read
package system

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go/middleware"

	"github.com/lejek/lejek/infra/local/demo"
	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/infra/local/inbox"
	"github.com/lejek/lejek/infra/local/lag"
	"github.com/lejek/lejek/infra/local/node"
	"github.com/lejek/lejek/infra/local/objects"
	"github.com/lejek/lejek/infra/local/outbox"
	"github.com/lejek/lejek/infra/local/process"
	"github.com/lejek/lejek/infra/local/queue"
	"github.com/lejek/lejek/infra/local/stream"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/manifest"
)

// Names of what the stack names after its stage.
const (
	Table      = "lejek"
	MailBucket = "lejek-mail"
	DataBucket = "lejek-data"
	MailDomain = "mail.lejek.localhost"
)

// Options say how to start.
type Options struct {
	HTTP, SMTP string // addresses to listen on; "" is a free port of the loopback address
	// PrivateWebhooks has webhooks reach this machine, and without TLS.
	PrivateWebhooks bool
	RateLimit       int    // requests that a token may make in two seconds; 0 is any number
	DataDir         string // "" keeps records and objects in memory, and the rest until Close
	Demo            bool   // see package demo
	Clock           bool   // run functions on the clock; else they run only when invoked
	MailPage        bool   // show sent mail on a web page, which takes a Node process

	// Functions are the constructors by name; what is missing has no routes, queue or stream.
	Functions map[string]func(boot.Env) lambda.Handler
	// Middleware is added to the AWS clients of the named function, for tests: faults.Hook.Add and the like.
	Middleware map[string][]func(*middleware.Stack) error
	// IndexLag makes the functions' index queries be answered from a view at least that old.
	IndexLag time.Duration

	Now        func() time.Time // nil: time.Now
	Log        io.Writer        // where functions log; nil: standard error
	Redelivery time.Duration    // see queue.Options; 0: a second
	Engine     *engine.Engine   // an engine to share; nil: one of its own
	Table      string           // "": Table
}

// System is a running Lejek.
type System struct {
	Options
	URL     string // of the HTTP API
	SMTP    string // host:port of the mail listener
	Objects *objects.Store
	Outbox  *outbox.Outbox
	Demo    demo.Demo // the teams that Options.Demo made

	memory    bool
	http      aws.HTTPClient // shared by all instances: each would keep sockets of its own
	functions map[string]*function
	queues    []*queue.Queue
	queueAPI  *queue.API
	queuesUp  chan struct{} // closed when all of them are in queues
	stream    *stream.Stream
	inbox     *inbox.Inbox
	listener  net.Listener
	server    *http.Server
	tools     node.Tools
	replica   *lag.Replica
	page      *process.Process
	closers   []func() error // undone in reverse
}

// Start brings everything up; when it returns, the system takes requests and mail.
func Start(ctx context.Context, o Options) (s *System, err error) {
	s = &System{Options: o, functions: map[string]*function{}, queuesUp: make(chan struct{}), http: client()}
	s.defaults()
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	for _, step := range []func(context.Context) error{
		s.startData, s.startEngine, s.startObjects, s.startOutbox, s.listen, s.startQueueAPI, s.startFunctions, s.startQueues, s.startStream, s.startHTTP,
		s.startInbox, s.startClock,
	} {
		if err := step(ctx); err != nil {
			return s, err
		}
	}
	if o.Demo {
		if s.Demo, err = demo.Seed(ctx, s.DataDir, s.URL, s.Invoke); err != nil {
			return s, err
		}
	}
	return s, nil
}

// client keeps as many connections as functions use at once; ten, its default, would open and close them all the time.
func client() aws.HTTPClient {
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) { t.MaxIdleConnsPerHost = 100 })
}

func (s *System) defaults() {
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Log == nil {
		s.Log = os.Stderr
	}
	if s.Redelivery == 0 {
		s.Redelivery = time.Second
	}
	if s.Options.Table == "" {
		s.Options.Table = Table
	}
	for _, addr := range []*string{&s.Options.HTTP, &s.Options.SMTP} {
		if *addr == "" {
			*addr = "127.0.0.1:0"
		}
	}
}

func (s *System) onClose(f func() error) { s.closers = append(s.closers, f) }

// Close stops taking requests and mail, lets what is under way finish, and ends the engine. Nothing accepted is lost.
func (s *System) Close() error {
	var all []error
	for len(s.closers) > 0 {
		last := len(s.closers) - 1
		all = append(all, s.closers[last]())
		s.closers = s.closers[:last]
	}
	return errors.Join(all...)
}

// Done is closed when the engine has ended, without which nothing works.
func (s *System) Done() <-chan struct{} { return s.Engine.Done() }

// Invoke calls a function with an event, as Lambda's Invoke does. An error is the function's failure.
func (s *System) Invoke(ctx context.Context, name string, event []byte) ([]byte, error) {
	f, ok := s.functions[name]
	if !ok {
		return nil, fmt.Errorf("system.Invoke: there is no function %q", name)
	}
	return f.invoke(ctx, event)
}

// Drain waits until nothing waits in a queue, nothing is new in the stream and neither made more for the other. Dead letters
// do not count.
func (s *System) Drain(ctx context.Context) error {
	for {
		before := s.served()
		for _, q := range s.queues {
			for q.Busy() {
				select {
				case <-ctx.Done():
					return fmt.Errorf("system.Drain: queue %s is busy: %w", q.Name, ctx.Err())
				case <-time.After(2 * time.Millisecond):
				}
			}
		}
		if s.stream != nil {
			if err := s.stream.Settle(ctx); err != nil {
				return fmt.Errorf("system.Drain: %w", err)
			}
		}
		if s.served() == before {
			return nil
		}
	}
}

func (s *System) served() (n int) {
	for _, q := range s.queues {
		n += q.Served()
	}
	if s.stream != nil {
		n += s.stream.Served()
	}
	return n
}

// Queues tell what waits and what is dead.
func (s *System) Queues() []queue.State {
	states := []queue.State{}
	for _, q := range s.queues {
		states = append(states, q.State())
	}
	return states
}

func (s *System) queueByTopic(topic string) (*queue.Queue, bool) {
	for _, q := range s.queues {
		if spec, ok := manifest.QueueByName(q.Name); ok && spec.Topic == topic {
			return q, true
		}
	}
	return nil, false
}
