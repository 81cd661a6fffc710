package bench

import (
	"bytes"
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/lejek/lejek/infra/corpus/real"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/mail"
)

// BenchmarkLinkCorpus links real mail, one message each time, and tells how many a core does in a second, beside how many it only
// parses. What counts is this process's own time on the processor: the table's engine is another process, as DynamoDB is; the store of
// objects is in this one, and counts.
func BenchmarkLinkCorpus(b *testing.B) {
	mails, err := real.Ham(context.Background())
	if err != nil {
		b.Skip(err)
	}
	a := apptest.New(b, apptest.WithObjects)
	c := a.NewTeam("Bench")
	var linking, parsing time.Duration
	for i := range b.N {
		raw := mails[i%len(mails)].Raw
		if n := i / len(mails); n > 0 { // the same corpus once more is other mail
			raw = bytes.ReplaceAll(raw, []byte("@"), fmt.Appendf(nil, ".r%d@", n))
		}
		id := fmt.Sprintf("c%d", i)
		a.PutObject(a.MailBucket, "mail/"+id, raw)
		notice := event(b, id, c.Address())
		linking += processor(func() {
			out, err := a.Handler("linker").Invoke(context.Background(), notice)
			if err != nil || string(out) != `{"batchItemFailures":[]}` {
				b.Fatalf("%s %v", out, err)
			}
		})
		parsing += processor(func() { _, _ = mail.Parse(raw, mail.DefaultLimits) })
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(b.N)/linking.Seconds(), "linked/s/core")
	b.ReportMetric(float64(b.N)/parsing.Seconds(), "parsed/s/core")
	b.ReportMetric(linking.Seconds()/parsing.Seconds(), "linking/parsing")
}

// processor is how long something keeps a core busy in this process.
func processor(do func()) time.Duration {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			panic(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	start := used()
	do()
	return used() - start
}
