package bench

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

func clocked(b *testing.B) (*meter, *apptest.App, *apptest.Client) {
	m := &meter{}
	a := apptest.New(b, apptest.WithOutbox, func(a *apptest.App) {
		a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), m.install)
	})
	return m, a, a.NewTeam("Bench")
}

func invoke(b *testing.B, a *apptest.App, function string) {
	b.Helper()
	if _, err := a.Handler(function).Invoke(context.Background(), []byte(`{}`)); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkReminders10DueOf5000 is a run that finds ten activities due, of a team that has planned five thousand.
func BenchmarkReminders10DueOf5000(b *testing.B) {
	m, a, c := clocked(b)
	actor := auth.Actor{Team: c.Team.ID, User: c.User.ID}
	types, err := a.Activities().Types(b.Context(), actor)
	if err != nil {
		b.Fatal(err)
	}
	id := int64(0)
	plan := func(n int, at func(i int) time.Time) {
		for i := 0; i < n; {
			var sets []change.Set
			for ; i < n && len(sets) < 25; i++ {
				id++
				due := at(i)
				made, _ := activities.New(actor, activities.Input{
					Subject: value.Some("Call"), DueDate: value.Some(value.DateOf(due, time.UTC)), DueTime: value.Some(due.Format(time.TimeOnly)),
				}, id, types, activities.Clock{Zone: time.UTC, Lead: c.User.Lead()}, a.Now())
				sets = append(sets, activities.Created(actor, made, change.Targets{}))
			}
			if err := a.DB.Commit(b.Context(), sets...); err != nil {
				b.Fatal(err)
			}
		}
	}
	plan(5000, func(i int) time.Time { return a.Now().AddDate(1, 0, 0).Add(time.Duration(i) * 10 * time.Minute) })
	invoke(b, a, "reminders")
	m.measure(b, func(i int) {
		m.apart(func() {
			plan(10, func(int) time.Time { return a.Now().Add(16 * time.Minute) })
			a.Later(time.Minute)
		})
		invoke(b, a, "reminders")
		m.apart(func() {
			if got := len(a.Sent()); got != 10*(i+1) {
				b.Fatalf("%d mails after %d runs", got, i+1)
			}
		})
	})
}

// BenchmarkStatisticsAfter100Changes is an hourly run after a hundred changes to a hundred of a team's five hundred deals.
func BenchmarkStatisticsAfter100Changes(b *testing.B) {
	m, a, c := clocked(b)
	for i := range 500 {
		if i%50 == 0 {
			invoke(b, a, "statistics")
			a.Later(time.Hour)
		}
		c.Must("POST", "/api/v2/deals", map[string]any{"title": "Deal", "value": i})
	}
	a.Later(time.Hour)
	invoke(b, a, "statistics")
	m.measure(b, func(i int) {
		m.apart(func() {
			for d := range int64(100) {
				c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d*5+int64(i)%5+1), map[string]any{"stage_id": i%4 + 2})
			}
			a.Later(time.Hour)
		})
		invoke(b, a, "statistics")
	})
}
