package system

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/smtp"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/infra/local/inbox"
	"github.com/lejek/lejek/infra/local/lag"
	"github.com/lejek/lejek/infra/local/node"
	"github.com/lejek/lejek/infra/local/objects"
	"github.com/lejek/lejek/infra/local/outbox"
	"github.com/lejek/lejek/infra/local/queue"
	"github.com/lejek/lejek/infra/local/stream"
	"github.com/lejek/lejek/shared/manifest"
)

// pollers is how many batches of a queue are under way at once: enough for two deliveries to meet on the same record, as
// they do in production.
const pollers = 4

// startData takes hold of the data folder. Two runners in one folder would each deliver the other's messages.
func (s *System) startData(context.Context) error {
	if s.Options.DataDir == "" {
		dir, err := os.MkdirTemp("", "lejek-")
		if err != nil {
			return fmt.Errorf("system.Start: %w", err)
		}
		s.DataDir, s.memory = dir, true
		s.onClose(func() error { return os.RemoveAll(dir) })
		return nil
	}
	if err := os.MkdirAll(s.DataDir, 0o700); err != nil {
		return fmt.Errorf("system.Start: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(s.DataDir, ".lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("system.Start: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return errors.Join(fmt.Errorf("another Lejek is running on the data in %s: stop it, or choose another folder with -data", s.DataDir), lock.Close())
	}
	s.onClose(lock.Close)
	if err := os.Remove(ReadyFile(s.DataDir)); err != nil && !errors.Is(err, os.ErrNotExist) { // of a runner that was killed
		return fmt.Errorf("system.Start: %w", err)
	}
	return nil
}

func (s *System) startEngine(ctx context.Context) (err error) {
	if s.Options.Engine == nil || s.MailPage {
		if s.tools, err = node.Install(ctx); err != nil {
			return err
		}
	}
	if s.Options.Engine == nil {
		file := ""
		if !s.memory {
			file = filepath.Join(s.DataDir, "dynamodb.db")
		}
		if s.Engine, err = engine.Start(ctx, s.tools, file); err != nil {
			return err
		}
		s.onClose(s.Engine.Close)
	}
	return s.Engine.CreateTable(ctx, s.Options.Table)
}

func (s *System) startObjects(context.Context) (err error) {
	o := objects.Options{Buckets: []string{MailBucket, DataBucket}, Created: s.notify, Now: s.Now}
	if !s.memory {
		o.Dir = filepath.Join(s.DataDir, "s3")
	}
	if s.Objects, err = objects.Start(o); err != nil {
		return err
	}
	s.onClose(s.Objects.Close)
	return nil
}

func (s *System) startOutbox(ctx context.Context) (err error) {
	o := outbox.Options{Dir: s.DataDir, Now: s.Now, Feedback: s.comesBack}
	if s.MailPage {
		if s.page, o.Page, err = outbox.StartPage(ctx, s.tools); err != nil {
			return err
		}
		s.onClose(s.page.Close)
	}
	if s.Outbox, err = outbox.Start(o); err != nil {
		return err
	}
	s.onClose(s.Outbox.Close)
	return nil
}

// comesBack delivers a notice about a mail that was sent, a moment later, as SES does: who sent the mail has noted that by then.
func (s *System) comesBack(n outbox.Notice) {
	time.AfterFunc(time.Second, func() {
		if s.inbox == nil {
			return // a system without the linker takes no mail
		}
		if err := smtp.SendMail(s.SMTP, nil, "", []string{n.To}, n.Raw); err != nil {
			slog.Warn("a notice about a sent mail did not arrive", "to", n.To, "error", err)
		}
	})
}

func (s *System) startFunctions(ctx context.Context) error {
	if s.IndexLag > 0 {
		replica := s.Options.Table + "-late"
		if err := s.Engine.CreateTable(ctx, replica); err != nil {
			return err
		}
		var err error
		if s.replica, err = lag.Follow(ctx, s.Engine.Config(), s.Options.Table, replica, s.IndexLag); err != nil {
			return err
		}
		s.onClose(func() error { s.replica.Close(); return nil })
	}
	for _, f := range manifest.Functions {
		constructor, ok := s.Options.Functions[f.Name]
		if !ok {
			continue
		}
		built, err := s.build(f, constructor)
		if err != nil {
			return err
		}
		s.functions[f.Name] = built
	}
	return nil
}

// startQueueAPI begins before the functions, which are told its address.
func (s *System) startQueueAPI(context.Context) (err error) {
	s.queueAPI, err = queue.Serve(func(name string) (queue.Line, bool) {
		<-s.queuesUp
		i := slices.IndexFunc(s.queues, func(q *queue.Queue) bool { return q.Name == name })
		if i < 0 {
			return nil, false
		}
		return s.queues[i], true
	})
	if err != nil {
		return err
	}
	s.onClose(s.queueAPI.Close)
	return nil
}

func (s *System) startQueues(context.Context) error {
	defer close(s.queuesUp)
	for _, spec := range manifest.Queues {
		for _, f := range s.functions {
			if f.Queue != spec.Name {
				continue
			}
			q, err := queue.Open(queue.Options{
				Queue: spec, Dir: filepath.Join(s.DataDir, "queues"), Consume: f.invoke,
				Redelivery: s.Redelivery, Pollers: pollers, Now: s.Now,
			})
			if err != nil {
				return err
			}
			s.queues = append(s.queues, q)
			s.onClose(func() error { q.Close(); return nil })
		}
	}
	return nil
}

func (s *System) startStream(ctx context.Context) (err error) {
	var consumers []stream.Consumer
	for _, f := range manifest.Functions {
		if built, ok := s.functions[f.Name]; ok && f.Stream {
			consumers = append(consumers, stream.Consumer{Name: f.Name, Kept: f.Kept, Invoke: built.invoke})
		}
	}
	if len(consumers) == 0 {
		return nil
	}
	o := stream.Options{Config: s.Engine.Config(), Table: s.Options.Table, Dir: s.DataDir, Consumers: consumers, Now: s.Now}
	if s.memory {
		o.Poll = inTests
	}
	if s.stream, err = stream.Start(ctx, o); err != nil {
		return err
	}
	s.onClose(func() error { s.stream.Close(); return nil })
	return nil
}

func (s *System) startInbox(context.Context) (err error) {
	q, ok := s.queueByTopic(topic)
	if !ok {
		return nil // a system without the linker takes no mail
	}
	s.inbox, err = inbox.Start(inbox.Options{
		Addr: s.Options.SMTP, Domain: MailDomain, Bucket: MailBucket, Topic: topic, Store: s.Objects.Put, Queue: q.Send, Now: s.Now,
	})
	if err != nil {
		return taken("-smtp", s.Options.SMTP, err)
	}
	s.SMTP = s.inbox.Addr
	s.onClose(s.inbox.Close)
	return nil
}

// inTests nobody wants to wait for the next look at the stream.
const inTests = 10 * time.Millisecond

// topic is where the receipt rule publishes.
const topic = "mail"
