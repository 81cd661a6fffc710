package exports_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/exports"
)

// fuse breaks all calls from the one that it is set to, before its effect or after it, as a function that dies makes no more.
type fuse struct {
	calls atomic.Int64
	at    int64 // 0: never
	after bool
}

var errBlown = errors.New("killed here")

func (f *fuse) hook() faults.Hook {
	return faults.Hook{
		Before: func(context.Context, faults.Call) error {
			if n := f.calls.Add(1); f.at != 0 && (n > f.at || n == f.at && !f.after) {
				return errBlown
			}
			return nil
		},
		After: func(context.Context, faults.Call) error {
			if f.at != 0 && f.calls.Load() >= f.at && f.after {
				return errBlown
			}
			return nil
		},
	}
}

func install(h faults.Hook) func(*apptest.App) {
	return func(a *apptest.App) {
		a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), func(o *dynamodb.Options) { o.APIOptions = append(o.APIOptions, h.Add) })
		a.S3 = s3.New(a.S3.Options(), func(o *s3.Options) { o.APIOptions = append(o.APIOptions, h.Add) })
	}
}

// TestKilledAtEachCallAndRedelivered: a step dies with each of its calls; its message comes again when the lease is over, twice,
// and that of the step after it may be lost, which the message of the step that died brings back.
func TestKilledAtEachCallAndRedelivered(t *testing.T) {
	t.Parallel()
	f := &fuse{}
	few := exports.Limits{Part: 6000, Least: 1000, Parts: 10000, Chunk: 20, Chunks: 6, Working: time.Minute}
	o := open(t, few, install(f.hook()))
	o.live()
	o.signals()
	want, wantOthers := texts(t, o.archive())
	for _, after := range []bool{false, true} {
		kills := 0
		for at := int64(1); ; at += 3 {
			id := o.make("/api/v2/exports", nil)
			f.calls.Store(0)
			f.at, f.after = at, after
			blown, steps := false, 0
			for waiting := o.signals(); len(waiting) > 0; waiting = append(waiting, o.signals()...) {
				body := waiting[0]
				if waiting = waiting[1:]; !o.deliver(body) {
					if blown = f.at != 0 && f.calls.Load() >= f.at; blown {
						f.at = 0
					}
					o.app.Later(12 * time.Minute) // the queue's visibility
					waiting = append(waiting, body, body)
				}
				if steps++; steps > 60 {
					t.Fatalf("killed at call %d, after its effect: %v: no end", at, after)
				}
			}
			blown = blown || f.at == 0
			f.at = 0
			got, others := texts(t, o.fetch(id))
			compare(t, fmt.Sprintf("killed at call %d, after its effect: %v", at, after), want, got, wantOthers, others)
			if !blown {
				break
			}
			kills++
		}
		t.Logf("killed at each third of %d calls, after their effect: %v", kills*3, after)
		if kills < 20 {
			t.Errorf("only %d kills", kills)
		}
	}
}

// compare holds two archives of the same team against each other.
func compare(t *testing.T, what string, want, got map[string][]string, wantOthers, others map[string]string) {
	t.Helper()
	for kind := range want {
		if !reflect.DeepEqual(got[kind], want[kind]) {
			t.Errorf("%s: lines of %s\n%s\nwant\n%s", what, kind, strings.Join(got[kind], "\n"), strings.Join(want[kind], "\n"))
		}
	}
	if len(got) != len(want) || len(others) != len(wantOthers) {
		t.Errorf("%s: %d kinds of lines and %d other entries, want %d and %d", what, len(got), len(others), len(want), len(wantOthers))
	}
	for name := range wantOthers {
		if name != exports.ManifestName && others[name] != wantOthers[name] {
			t.Errorf("%s: %s differs", what, name)
		}
	}
}

// TestTwoAtOnce: of two that get the same message one makes the step, the other one finds it taken.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	o := open(t, tiny)
	o.live()
	o.signals()
	id := o.make("/api/v2/exports", nil)
	for waiting := o.signals(); len(waiting) > 0; waiting = o.signals() {
		results := make(chan bool, 3)
		for range cap(results) {
			go func() { results <- o.deliver(waiting[0]) }()
		}
		for range cap(results) {
			<-results
		}
	}
	lines, _ := texts(t, o.fetch(id))
	if len(lines["deal"]) != 4 || len(lines["mailMessage"]) != 2 {
		t.Errorf("%v", lines)
	}
}

// TestLostArchiveBeginsAnew: S3 removes what was begun and not finished in time.
func TestLostArchiveBeginsAnew(t *testing.T) {
	t.Parallel()
	o := open(t, tiny)
	o.live()
	o.signals()
	id := o.make("/api/v2/exports", nil)
	for range 3 {
		o.deliver(o.signals()[0])
	}
	key := exports.Key(o.Team.ID, id)
	list, err := o.app.S3.ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &o.app.DataBucket})
	if err != nil || len(list.Uploads) != 1 {
		t.Fatalf("%v %v", list, err)
	}
	if _, err := o.app.S3.AbortMultipartUpload(t.Context(), &s3.AbortMultipartUploadInput{Bucket: &o.app.DataBucket, Key: &key, UploadId: list.Uploads[0].UploadId}); err != nil {
		t.Fatal(err)
	}
	o.drain(nil)
	lines, _ := texts(t, o.fetch(id))
	if len(lines["deal"]) != 4 || len(lines["mailMessage"]) != 2 {
		t.Errorf("%v", lines)
	}
}

// TestTooLargeAnArchiveFails, and says why.
func TestTooLargeAnArchiveFails(t *testing.T) {
	t.Parallel()
	l := tiny
	l.Parts = 3
	o := open(t, l)
	o.live()
	o.signals()
	id := o.make("/api/v2/exports", nil)
	o.drain(nil)
	if d := o.Must("GET", apptest.Path("/api/v2/exports/%d", id), nil).Data(); d["status"] != "failed" || d["error"] == nil || d["download_url"] != nil {
		t.Errorf("%v", d)
	}
	if again := o.Do("POST", "/api/v2/exports", nil); again.Status != 201 {
		t.Errorf("another try: %d %s", again.Status, again.Raw)
	}
}
