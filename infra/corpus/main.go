// Command corpus sends real mail, the ham of the SpamAssassin corpus, over SMTP to the demo team, shuffled and several at once, then all
// of it again in another order, and checks through the API that every message ended in the ledger, that none was lost and none stored
// twice, and that the threads are those that the ids in the mails give. It starts a system
// of its own in a temporary folder, or takes a running one by its ready.json. With -parse it only parses the corpus, spam too,
// and says how fast and how much was lost.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"time"

	"github.com/lejek/lejek/infra/corpus/real"
	"github.com/lejek/lejek/infra/local/disk"
	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/infra/local/system"
	"github.com/lejek/lejek/shared/mailbox"
)

func main() {
	limit := flag.Int("n", 0, "send only the first n messages; 0 sends all")
	ready := flag.String("ready", "", "ready.json of a running system; empty starts one in a temporary folder")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the order in which they are sent; 0 keeps that of the corpus")
	only := flag.Bool("parse", false, "parse the corpus and send nothing")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	do := func() error { return run(ctx, *limit, *seed, *ready, os.Stdout) }
	if *only {
		do = func() error { return parse(ctx, os.Stdout) }
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "corpus:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, limit int, seed uint64, readyFile string, out io.Writer) error {
	mails, err := real.Ham(ctx)
	if err != nil {
		return err
	}
	if limit > 0 && limit < len(mails) {
		mails = mails[:limit]
	}
	var c client
	if readyFile != "" {
		found, err := disk.ReadJSON(readyFile, &c.at)
		if err != nil || !found {
			return fmt.Errorf("no running system at %s: %v", readyFile, err)
		}
	} else {
		dir, err := os.MkdirTemp("", "lejek-corpus-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		s, err := system.Start(ctx, system.Options{Functions: functions.All, DataDir: dir, Demo: true, Log: io.Discard})
		if err != nil {
			return err
		}
		defer s.Close()
		c.at, c.drain = s.Ready(), s.Drain
	}
	before, err := c.figures(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d messages of the corpus, in the order of seed %d\n", len(mails), seed)
	first, err := c.round(ctx, out, "first time", shuffled(mails, seed, 1))
	if err != nil {
		return err
	}
	second, err := c.round(ctx, out, "again", shuffled(mails, seed, 2))
	if err != nil {
		return err
	}
	if err := partition(out, mails, second.lines); err != nil {
		return err
	}
	return verdict(out, mails, before, first, second)
}

// shuffled are the mails in an order that the seed gives again.
func shuffled(mails []real.Mail, seed, round uint64) []real.Mail {
	mails = slices.Clone(mails)
	if seed != 0 {
		rand.New(rand.NewPCG(seed, round)).Shuffle(len(mails), func(i, j int) { mails[i], mails[j] = mails[j], mails[i] })
	}
	return mails
}

// round sends all mails and waits until the linker has seen each.
func (c client) round(ctx context.Context, out io.Writer, what string, mails []real.Mail) (figures, error) {
	start := time.Now()
	if err := c.send(ctx, mails); err != nil {
		return figures{}, err
	}
	accepted := time.Since(start)
	if err := c.settled(ctx); err != nil {
		return figures{}, err
	}
	took := time.Since(start)
	f, err := c.figures(ctx)
	if err != nil {
		return f, err
	}
	fmt.Fprintf(out, "%-11s accepted in %v, linked in %v, %v a message\n%s", what+":", accepted.Round(time.Millisecond), took.Round(time.Millisecond),
		(took / time.Duration(len(mails))).Round(10*time.Microsecond), f)
	return f, nil
}

// verdict compares what there is after the first and the second time.
func verdict(out io.Writer, mails []real.Mail, before, first, second figures) error {
	var wrong []string
	check := func(what string, got, want int) {
		if got != want {
			wrong = append(wrong, fmt.Sprintf("%s: %d, want %d", what, got, want))
		}
	}
	check("ledger entries after the first time", first.entries, before.entries+len(mails))
	check("ledger entries after the second time", second.entries, before.entries+2*len(mails))
	check("messages after the second time", second.messages, first.messages)
	check("threads after the second time", second.threads, first.threads)
	check("persons after the second time", second.persons, first.persons)
	check("files after the second time", second.files, first.files)
	check("linked messages that no thread holds", second.lost, 0)
	check("messages counted by threads", second.counted, second.messages)
	check("dead letters", second.dead, 0)
	// A thread may have found its person after its first message, so that a repeat is linked where the message was not yet; the
	// other way round, or any other state, would be wrong.
	for _, state := range []string{mailbox.Quarantined, mailbox.Ignored, mailbox.Unparsable} {
		check("state "+state+" after the second time", second.states[state], 2*first.states[state]-before.states[state])
	}
	if least := 2*first.states[mailbox.Linked] - before.states[mailbox.Linked]; second.states[mailbox.Linked] < least {
		check("state linked after the second time, at least", second.states[mailbox.Linked], least)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%d things are wrong: %q", len(wrong), wrong)
	}
	fmt.Fprintln(out, "every message is in the ledger once per delivery; nothing was lost or stored twice")
	return nil
}
