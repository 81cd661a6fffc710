// Package queue is SQS with its Lambda event source mapping on this machine: messages wait on disk, are handed to the
// function in batches at least once and in no promised order, come back when they failed, and after MaxReceive tries wait
// among the dead with their input intact. A message that Send accepted survives the death of the process. In a FIFO queue messages
// of one group are handed out in their order, and none while an earlier one is under way or hidden.
package queue

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/lejek/lejek/infra/local/disk"
	"github.com/lejek/lejek/shared/manifest"
)

// Message is a message as it lies on disk.
type Message struct {
	ID            string    `json:"id"`
	Body          string    `json:"body"`
	Sent          time.Time `json:"sent"`
	Receives      int       `json:"receives"`
	FirstReceived time.Time `json:"first_received"`
	Group         string    `json:"group,omitempty"`
	Once          string    `json:"once,omitempty"` // a second one of that name within minutes is none
}

// Options of a queue.
type Options struct {
	manifest.Queue
	Dir     string                                                             // messages lie in Dir/<name>, dead ones in Dir/<name>-dead
	Consume func(ctx context.Context, event []byte) (answer []byte, err error) // the function
	// Redelivery is how long a failed message stays hidden. In production this is what is left of Visibility, minutes;
	// nobody wants to wait for that here.
	Redelivery time.Duration
	Pollers    int // how many batches are under way at once
	Now        func() time.Time
}

// Queue is a running queue.
type Queue struct {
	Options

	mu       sync.Mutex
	waiting  []entry // oldest first
	inFlight int
	dead     []Message
	groups   map[string]int           // messages under way, by group
	under    map[string]string        // receipts of messages under way, by id
	hidden   map[string]time.Duration // how long messages under way come back after, if another time than Redelivery
	seen     map[string]time.Time     // what is not taken again, since when
	next     int
	served   int // batches finished, for Drain to see that something happened
	wake     chan struct{}
	stop     context.CancelFunc
	pollers  sync.WaitGroup
}

type entry struct {
	Message
	visible time.Time
	order   int
}

// Open loads what waits on disk and starts delivering.
func Open(o Options) (*Queue, error) {
	q := &Queue{
		Options: o, wake: make(chan struct{}, 1), groups: map[string]int{}, under: map[string]string{}, hidden: map[string]time.Duration{}, seen: map[string]time.Time{},
	}
	for _, dir := range []string{q.dir(), q.deadDir()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("queue.Open(%s): %w", o.Name, err)
		}
	}
	waiting, err := load(q.dir())
	if err != nil {
		return nil, fmt.Errorf("queue.Open(%s): %w", o.Name, err)
	}
	for _, m := range waiting {
		q.waiting = append(q.waiting, entry{Message: m, order: q.next})
		q.next++
	}
	if q.dead, err = load(q.deadDir()); err != nil {
		return nil, fmt.Errorf("queue.Open(%s): %w", o.Name, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	q.stop = cancel
	for range max(1, o.Pollers) {
		q.pollers.Go(func() { q.poll(ctx) })
	}
	return q, nil
}

func load(dir string) (messages []Message, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.json")) // in order of name, which begins with the time
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		var m Message
		if _, err := disk.ReadJSON(f, &m); err != nil {
			return nil, err
		}
		messages = append(messages, m)
	}
	return messages, nil
}

func (q *Queue) dir() string     { return filepath.Join(q.Dir, q.Name) }
func (q *Queue) deadDir() string { return filepath.Join(q.Dir, q.Name+"-dead") }
func path(dir, id string) string { return filepath.Join(dir, id+".json") }

// Send accepts a message; when it returns, the message is on disk.
func (q *Queue) Send(body string) error {
	_, err := q.Put(Message{Body: body})
	return err
}

// remembered is how long a message's Once is known ("exactly-once processing in Amazon SQS").
const remembered = 5 * time.Minute

// Put accepts a message, which gets its id here.
func (q *Queue) Put(m Message) (id string, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	m.Sent = q.Now().UTC()
	m.ID = fmt.Sprintf("%s-%s", m.Sent.Format("20060102T150405.000000000"), strings.ToLower(rand.Text()[:12]))
	if at, ok := q.seen[m.Once]; ok && m.Once != "" && time.Since(at) < remembered {
		return m.ID, nil
	}
	if err := disk.WriteJSON(path(q.dir(), m.ID), m); err != nil {
		return "", fmt.Errorf("queue.Put(%s): %w", q.Name, err)
	}
	if m.Once != "" {
		q.seen[m.Once] = time.Now()
	}
	q.waiting = append(q.waiting, entry{Message: m, order: q.next})
	q.next++
	q.nudge()
	return m.ID, nil
}

// Hide has a message that is under way, should it fail, come back after that time; false for the receipt of none.
func (q *Queue) Hide(receipt string, after time.Duration) bool {
	id, _, _ := strings.Cut(receipt, "#")
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.under[id] != receipt || receipt == "" {
		return false
	}
	q.hidden[id] = after
	return true
}

func (q *Queue) nudge() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// State is what waits, what is being worked on, and what is dead.
type State struct {
	Name     string    `json:"name"`
	Waiting  []Message `json:"waiting"`
	InFlight int       `json:"in_flight"`
	Dead     []Message `json:"dead"`
}

// State tells how things stand.
func (q *Queue) State() State {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := State{Name: q.Name, InFlight: q.inFlight, Waiting: []Message{}, Dead: append([]Message{}, q.dead...)}
	for _, e := range q.waiting {
		s.Waiting = append(s.Waiting, e.Message)
	}
	return s
}

// Busy tells whether a message waits or is being worked on, and Served how many batches were finished so far.
func (q *Queue) Busy() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)+q.inFlight > 0
}

func (q *Queue) Served() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.served
}

// Close lets the batches under way finish; what waits is delivered after the next Open.
func (q *Queue) Close() {
	q.stop()
	q.pollers.Wait()
}
