package statistics_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/boot"
)

// hooked is the same environment with a hook in its client.
func hooked(env boot.Env, h faults.Hook) boot.Env {
	env.DynamoDB = dynamodb.New(env.DynamoDB.Options(), func(o *dynamodb.Options) { o.APIOptions = append(o.APIOptions, h.Add) })
	return env
}

// partition is what a query asks for.
func partition(c faults.Call) string {
	q, ok := c.Input.(*dynamodb.QueryInput)
	if !ok {
		return ""
	}
	pk, _ := q.ExpressionAttributeValues[":pk"].(*types.AttributeValueMemberS)
	if pk == nil {
		return ""
	}
	return pk.Value
}

func TestAReaderThatFoldingOvertakesReadsAgain(t *testing.T) {
	t.Parallel()
	for _, between := range []string{"#totals", "#pipe#1#user#1"} {
		var once sync.Once
		a := apptest.New(t, func(a *apptest.App) {
			env := a.Env
			// Just before figures are read, after the tail was, everything is folded.
			a.Env = hooked(a.Env, faults.Hook{Before: func(ctx context.Context, c faults.Call) (err error) {
				if strings.HasSuffix(partition(c), between) {
					once.Do(func() { _, err = functions.All["statistics"](env).Invoke(ctx, []byte(`{}`)) })
				}
				return err
			}})
		})
		c := a.NewTeam("Acme")
		for range 3 {
			c.Must("POST", "/api/v2/deals", map[string]any{"title": "D", "value": 10})
		}
		a.Later(time.Hour)
		if got := c.Must("GET", "/v1/deals/summary", nil); got.Data()["total_count"] != 3.0 {
			t.Errorf("overtaken at %s: %s", between, got.Raw)
		}
		got := c.Must("GET", "/v1/pipelines/1/movement_statistics?start_date=2026-11-01&end_date=2026-11-30", nil)
		if !strings.Contains(got.Raw, `"deals_left_open":{"count":3`) {
			t.Errorf("overtaken at %s: %s", between, got.Raw)
		}
	}
}

func TestFoldingSurvivesAFailureAtEveryCall(t *testing.T) {
	t.Parallel()
	broken := errors.New("the line went dead")
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	want := 0
	for fail := 0; ; fail++ {
		for range 2 {
			c.Must("POST", "/api/v2/deals", map[string]any{"title": "D", "value": 1})
			want++
		}
		a.Later(time.Hour)
		calls := 0
		at := func(n int) func(context.Context, faults.Call) error {
			return func(context.Context, faults.Call) error {
				if calls++; calls == n+1 {
					return broken
				}
				return nil
			}
		}
		hook := faults.Hook{Before: at(fail / 2)}
		if fail%2 == 1 {
			hook = faults.Hook{After: at(fail / 2)}
		}
		_, err := functions.All["statistics"](hooked(a.Env, hook)).Invoke(t.Context(), []byte(`{}`))
		if got := c.Must("GET", "/v1/deals/summary", nil); got.Data()["total_count"] != float64(want) {
			t.Fatalf("after failure %d: %s, want %d", fail, got.Raw, want)
		}
		if err == nil && calls <= fail/2 {
			return // all calls have failed once, before and after their effect
		}
	}
}
