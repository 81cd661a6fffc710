package importer_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/app/apptest"
)

// fuse breaks the call that it is set to, before its effect or after it.
type fuse struct {
	calls atomic.Int64
	at    int64 // 0: never
	after bool
}

var errBlown = errors.New("killed here")

func (f *fuse) hook() faults.Hook {
	return faults.Hook{
		Before: func(context.Context, faults.Call) error {
			if f.calls.Add(1) == f.at && !f.after {
				return errBlown
			}
			return nil
		},
		After: func(context.Context, faults.Call) error {
			if f.calls.Load() == f.at && f.after {
				return errBlown
			}
			return nil
		},
	}
}

// install puts the hook into the clients of an office's functions.
func install(h faults.Hook) func(*apptest.App) {
	return func(a *apptest.App) {
		a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), func(o *dynamodb.Options) { o.APIOptions = append(o.APIOptions, h.Add) })
		a.S3 = s3.New(a.S3.Options(), func(o *s3.Options) { o.APIOptions = append(o.APIOptions, h.Add) })
	}
}

// brief has something of everything, a row that fails, and rows that find what others made.
const brief = `Organization,Person,Email,Deal title,Deal value,Activity subject,Note
Acme,Jan,jan@acme.example,One,5,Call,Hello
Acme,Jan,jan2@acme.example,Two,x,,
Acme,Jan,jan2@acme.example,,7,,Again
`

func TestKilledAtEachCallAndRedelivered(t *testing.T) {
	t.Parallel()
	whole := open(t)
	wantProgress := progress(whole.file([]byte(brief)))
	wantRecords := whole.records()
	if !strings.HasPrefix(wantProgress, "done: 3 of 3 rows, 1 failed") {
		t.Fatal(wantProgress)
	}
	f := &fuse{}
	n := &apptest.Notices{}
	app := apptest.New(t, apptest.WithNotices(n, ""), install(f.hook()))
	for _, after := range []bool{false, true} {
		kills := 0
		for at := int64(1); ; at++ {
			o := office{app.NewTeam(fmt.Sprintf("T%d-%v", at, after)), t, app, n}
			id := o.put([]byte(brief), m{"file_name": "brief.csv"})
			f.calls.Store(0)
			f.at, f.after = at, after
			// What fails comes again; so does, now and then, what did not.
			for waiting := n.Take(); len(waiting) > 0; waiting = append(waiting, n.Take()...) {
				body := waiting[0]
				if waiting = waiting[1:]; !o.deliver(body) {
					waiting = append(waiting, body, body)
				}
			}
			blown := f.calls.Load() >= at
			f.at = 0
			if got := progress(o.Must("GET", apptest.Path("/api/v2/imports/%d", id), nil)); got != wantProgress {
				t.Errorf("killed at call %d, after its effect: %v\n%s\nwant %s", at, after, got, wantProgress)
			}
			if got := o.records(); got != wantRecords {
				t.Errorf("killed at call %d, after its effect: %v\n%s\nwant\n%s", at, after, got, wantRecords)
			}
			if !blown {
				break
			}
			kills++
		}
		t.Logf("killed at each of %d calls, after their effect: %v", kills, after)
		if kills < 20 {
			t.Errorf("only %d calls", kills)
		}
	}
}

// many has rows of several chunks that speak of few persons and organizations, in any order.
func many(rows int) []byte {
	var b strings.Builder
	b.WriteString("Organization name,Person name,Person email,Deal title,Activity subject,Note\n")
	for i := range rows {
		fmt.Fprintf(&b, "Firm %d,Person %d,p%d@x.example,Deal %d,Call %d,Note %d\n", i%7, i%7, i%21, i, i, i)
	}
	return []byte(b.String())
}

func TestChunksInAnyOrderTwiceAndAtOnce(t *testing.T) {
	t.Parallel()
	const rows = 120
	o := open(t)
	id := o.put(many(rows), m{"file_name": "many.csv"})
	var waiting []string
	for _, body := range o.notices.Take() {
		o.deliver(body)
		waiting = append(waiting, body) // the file comes again among its chunks
	}
	chunks := o.notices.Take()
	if len(chunks) != 3 {
		t.Fatalf("%d chunks", len(chunks))
	}
	for range 3 {
		waiting = append(waiting, chunks...)
	}
	rand.Shuffle(len(waiting), func(i, j int) { waiting[i], waiting[j] = waiting[j], waiting[i] })
	o.together(waiting)
	o.drain()
	a := o.Must("GET", apptest.Path("/api/v2/imports/%d", id), nil)
	want := fmt.Sprintf("done: %d of %d rows, 0 failed, made map[activities:%d deals:%d notes:%d organizations:7 persons:7], "+
		"merged map[activities:0 deals:0 notes:0 organizations:%d persons:%d], errors [], error <nil>", rows, rows, rows, rows, rows, rows-7, rows-7)
	if got := progress(a); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	o.count(m{"organizations": 7, "persons": 7, "deals": rows, "activities": rows})
}

// together delivers all messages at the same time, each until it succeeds.
func (o office) together(bodies []string) {
	o.t.Helper()
	var all sync.WaitGroup
	places := make(chan struct{}, 6)
	for _, body := range bodies {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			for range 5 {
				if o.deliver(body) {
					return
				}
			}
			o.t.Errorf("failed five times: %s", body)
		})
	}
	all.Wait()
}

func (o office) count(want m) {
	o.t.Helper()
	for kind, n := range want {
		if got := len(o.Must("GET", fmt.Sprintf("/api/v2/%s?limit=500", kind), nil).List()); got != n {
			o.t.Errorf("%d %s, want %v", got, kind, n)
		}
	}
}

func TestTwoImportsOfOneFileAtOnce(t *testing.T) {
	t.Parallel()
	const rows = 110
	o := open(t)
	one, two := o.put(many(rows), m{"file_name": "a.csv"}), o.put(many(rows), m{"file_name": "b.csv"})
	for waiting := o.notices.Take(); len(waiting) > 0; waiting = o.notices.Take() {
		o.together(waiting)
	}
	made := map[string]float64{}
	for _, id := range []int64{one, two} {
		d := o.Must("GET", apptest.Path("/api/v2/imports/%d", id), nil).Data()
		if d["status"] != "done" || d["rows_failed"] != 0.0 || d["rows_done"] != float64(rows) {
			t.Errorf("import %d: %v", id, d)
		}
		for kind, n := range d["counts"].(m) {
			made[kind] += n.(float64)
		}
	}
	o.count(m{"organizations": 7, "persons": 7, "deals": 2 * rows, "activities": 2 * rows})
	if made["organizations"] != 7 || made["persons"] != 7 || made["deals"] != 2*rows {
		t.Errorf("counted %v", made)
	}
	emails := 0
	for _, p := range o.Must("GET", "/api/v2/persons", nil).List() {
		emails += len(p.(m)["emails"].([]any))
	}
	if emails != 21 {
		t.Errorf("%d addresses, want 21: each row's was added once", emails)
	}
}
