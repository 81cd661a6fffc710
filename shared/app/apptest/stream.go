package apptest

import (
	"context"
	"time"

	"github.com/lejek/lejek/infra/local/stream"
	"github.com/lejek/lejek/shared/manifest"
)

// Deliver hands an event of the stream to a function.
type Deliver func(ctx context.Context, event []byte) (answer []byte, err error)

// Follow has the indexer read the table's stream, from its beginning, as Lambda does; through, if given, stands between them.
// What it returns waits until the indexer has seen all that was written before.
func (a *App) Follow(through ...func(Deliver) Deliver) (settle func()) {
	a.t.Helper()
	return a.FollowBy("indexer", through...)
}

// FollowBy is Follow with another function.
func (a *App) FollowBy(name string, through ...func(Deliver) Deliver) (settle func()) {
	a.t.Helper()
	f, _ := manifest.ByName(name)
	deliver := Deliver(a.Handler(name).Invoke)
	for _, t := range through {
		deliver = t(deliver)
	}
	s, err := stream.Start(context.Background(), stream.Options{
		Config: a.cfg, Table: a.Table, Dir: a.t.TempDir(), Poll: 10 * time.Millisecond, Now: a.now,
		Consumers: []stream.Consumer{{Name: name, Kept: f.Kept, Invoke: deliver}},
	})
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(s.Close)
	return func() {
		a.t.Helper()
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.Settle(ctx); err != nil {
			a.t.Fatal(err)
		}
	}
}
