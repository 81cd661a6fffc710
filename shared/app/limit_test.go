package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/manifest"
	"github.com/lejek/lejek/shared/schema"
)

func TestATokenThatAsksTooOftenHasToWait(t *testing.T) {
	t.Parallel()
	a := apptest.New(t, apptest.WithRateLimit(3))
	c, other := a.NewTeam("Acme"), a.NewTeam("Other")
	second, err := a.Teams().CreateToken(t.Context(), c.Team.ID, c.User.Email, auth.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	a.Later(500 * time.Millisecond)
	ask := func(path, remaining string) {
		t.Helper()
		got := c.Do("GET", path, nil)
		if got.Status != http.StatusOK || got.Header["X-Ratelimit-Limit"] != "3" || got.Header["X-Ratelimit-Remaining"] != remaining || got.Header["X-Ratelimit-Reset"] != "2" {
			t.Errorf("GET %s: %d %v, want %s remaining", path, got.Status, got.Header, remaining)
		}
	}
	ask("/api/v2/deals", "2")
	if got := c.Do("GET", "/api/v2/deals/77", nil); got.Status != http.StatusNotFound || got.Header["X-Ratelimit-Remaining"] != "1" {
		t.Errorf("an error counts too: %d %v", got.Status, got.Header)
	}
	ask("/v1/notes", "0")
	for _, path := range []string{"/api/v2/deals", "/v1/notes", "/v1/users/me"} {
		got := c.Do("GET", path, nil)
		if got.Status != http.StatusTooManyRequests || got.Header["Retry-After"] != "2" || got.Header["X-Ratelimit-Remaining"] != "0" || got.Header["X-Ratelimit-Reset"] != "2" ||
			got.Body["success"] != false || got.Body["code"] != 429.0 || !strings.Contains(got.Body["error"].(string), "3 requests per token in 2s") {
			t.Errorf("GET %s: %d %v %s", path, got.Status, got.Header, got.Raw)
		}
	}
	if got := c.Do("POST", "/api/v2/deals", map[string]any{"title": "x"}); got.Status != http.StatusTooManyRequests {
		t.Errorf("a write: %d %s", got.Status, got.Raw)
	}
	for _, free := range []*apptest.Client{other, c.With(second)} {
		if got := free.Do("GET", "/api/v2/deals", nil); got.Status != http.StatusOK || len(got.List()) != 0 || got.Header["X-Ratelimit-Remaining"] != "2" {
			t.Errorf("another token: %d %v %s", got.Status, got.Header, got.Raw)
		}
	}
	a.Later(time.Second + 500*time.Millisecond)
	ask("/api/v2/deals", "2")
}

// TestEveryFunctionMayCount calls one operation of each function that knows tokens.
func TestEveryFunctionMayCount(t *testing.T) {
	t.Parallel()
	a := apptest.New(t, apptest.WithRateLimit(1))
	for _, f := range manifest.Functions {
		if len(f.Operations) == 0 || f.Name == "docs" {
			continue
		}
		c := a.NewTeam("Team" + f.Name)
		path := strings.ReplaceAll(f.Operations[0].Path(), "{id}", "1")
		first, second := c.Do(f.Operations[0].Method(), path, nil), c.Do(f.Operations[0].Method(), path, nil)
		if first.Status >= 500 || first.Status == http.StatusTooManyRequests || second.Status != http.StatusTooManyRequests {
			t.Errorf("%s: %d %s, then %d", f.Operations[0], first.Status, first.Raw, second.Status)
		}
	}
}

func TestWithoutALimitNothingIsCounted(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int64]int{0: 0, 5: 1} {
		a := apptest.New(t, apptest.WithRateLimit(limit))
		c := a.NewTeam("Acme")
		for range 3 {
			c.Must("GET", "/api/v2/deals", nil)
		}
		partition := schema.Requests.Partition(c.Team.ID, auth.Token(c.Token).Hash())
		out, err := a.DynamoDB.Query(t.Context(), &dynamodb.QueryInput{
			TableName: &a.Table, KeyConditionExpression: aws.String("pk = :p"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":p": &types.AttributeValueMemberS{Value: partition}},
		})
		if err != nil || len(out.Items) != want {
			t.Errorf("with a limit of %d: %d items (%v), want %d", limit, len(out.Items), err, want)
		}
	}
}
