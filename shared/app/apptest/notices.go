package apptest

import (
	"sync"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/infra/local/objects"
	"github.com/lejek/lejek/shared/boot"
)

// Notices are the bodies of the events that S3 sent for new objects, until somebody takes them.
type Notices struct {
	mu   sync.Mutex
	list []string
}

// Take are those so far, each once.
func (n *Notices) Take() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := n.list
	n.list = nil
	return all
}

// WithNotices is WithObjects, with the events of new objects kept for the test to deliver as it likes. Objects lie in dir, or in
// memory when it is "".
func WithNotices(n *Notices, dir string) func(*App) {
	return func(a *App) {
		store, err := objects.Start(objects.Options{
			Dir: dir, Buckets: []string{a.MailBucket, a.DataBucket}, Now: a.now,
			Created: func(event []byte) error {
				n.mu.Lock()
				defer n.mu.Unlock()
				n.list = append(n.list, string(event))
				return nil
			},
		})
		if err != nil {
			a.t.Fatal(err)
		}
		a.t.Cleanup(func() { _ = store.Close() })
		a.objects = store
		a.S3 = boot.New(a.Config, engine.Local(store.URL)).S3
	}
}

// Queued is the event of a queue with these messages.
func Queued(bodies ...string) events.SQSEvent {
	var e events.SQSEvent
	for i, b := range bodies {
		e.Records = append(e.Records, events.SQSMessage{MessageId: Path("message-%d", i), Body: b, EventSource: "aws:sqs"})
	}
	return e
}
