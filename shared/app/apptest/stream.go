package apptest

import (
	"context"
	"time"

	"github.com/lejek/lejek/infra/local/stream"
)

// Follow has the indexer read the table's stream, from its beginning, as Lambda does. What it returns waits until the indexer has
// seen all that was written before.
func (a *App) Follow() (settle func()) {
	a.t.Helper()
	s, err := stream.Start(context.Background(), stream.Options{
		Config: a.cfg, Table: a.Table, Dir: a.t.TempDir(), Poll: 10 * time.Millisecond, Now: a.now,
		Consumers: []stream.Consumer{{Name: "indexer", Invoke: a.Handler("indexer").Invoke}},
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
