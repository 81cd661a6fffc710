package system

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/shared/manifest"
)

// startClock runs the functions that the manifest runs on the clock, each at the full multiples of its time.
func (s *System) startClock(context.Context) error {
	if !s.Clock {
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, f := range manifest.Functions {
		if built, ok := s.functions[f.Name]; ok && f.Every > 0 {
			running.Go(func() { s.tick(ctx, built) })
		}
	}
	s.onClose(func() error { cancel(); running.Wait(); return nil })
	return nil
}

func (s *System) tick(ctx context.Context, f *function) {
	for {
		at := s.Now().Truncate(f.Every).Add(f.Every)
		select {
		case <-ctx.Done():
			return
		case <-time.After(at.Sub(s.Now())):
		}
		// A run that has begun may finish; its failure is in its log, and the next run goes on where it stopped.
		event, err := json.Marshal(scheduled(f.Name, at))
		if err == nil {
			_, err = f.invoke(context.WithoutCancel(ctx), event)
		}
		if err != nil {
			fmt.Fprintln(s.Log, err)
		}
	}
}

// scheduled is the event of an EventBridge rule.
func scheduled(function string, at time.Time) events.EventBridgeEvent {
	return events.EventBridgeEvent{
		Version: "0", ID: fmt.Sprintf("%s-%d", function, at.Unix()), DetailType: "Scheduled Event", Source: "aws.events", AccountID: "000000000000",
		Time: at.UTC().Truncate(time.Second), Region: engine.Region, Detail: json.RawMessage("{}"),
		Resources: []string{"arn:aws:events:" + engine.Region + ":000000000000:rule/" + function},
	}
}
