package persons_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/teams"
)

// colleagues are more users of the team.
func colleagues(t *testing.T, a *apptest.App, c *apptest.Client, n int) (ids []int64) {
	t.Helper()
	for i := range n {
		u, err := a.Teams().CreateUser(context.Background(), teams.UserInput{Team: c.Team.ID, Email: fmt.Sprintf("u%d@acme.example", i), Name: fmt.Sprint("U", i)})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, u.ID)
	}
	return ids
}

func TestUsersFollowRecords(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	bob := colleagues(t, a, c, 1)[0]
	for entity, body := range map[string]m{"deals": {"title": "X"}, "persons": {"name": "X"}, "organizations": {"name": "X"}} {
		made := c.Must("POST", "/api/v2/"+entity, body)
		path := apptest.Path("/api/v2/%s/%d/followers", entity, made.ID())
		if got := c.Must("GET", path, nil); len(got.List()) != 0 || got.Body["additional_data"].(m)["next_cursor"] != nil {
			t.Errorf("%s: who made it follows it: %s", entity, got.Raw)
		}
		since := a.Now().UTC().Format(time.RFC3339)
		if got := c.Do("POST", path, m{"user_id": bob}); got.Status != http.StatusCreated || got.Data()["user_id"] != float64(bob) || got.Data()["add_time"] != since {
			t.Errorf("%s: %d %s", entity, got.Status, got.Raw)
		}
		for name, wrong := range map[string]m{"follows already": {"user_id": bob}, "nobody": {"user_id": 99}, "none": {}} {
			if got := c.Do("POST", path, wrong); got.Status != http.StatusBadRequest {
				t.Errorf("%s, %s: %d %s", entity, name, got.Status, got.Raw)
			}
		}
		c.Do("POST", path, m{"user_id": c.User.ID})
		count := func() any {
			return c.Must("GET", apptest.Path("/api/v2/%s/%d?include_fields=followers_count", entity, made.ID()), nil).Data()["followers_count"]
		}
		if got := c.Must("GET", path, nil).List(); len(got) != 2 || count() != 2.0 {
			t.Errorf("%s: followers %v, counted %v", entity, got, count())
		}
		if got := c.Must("DELETE", apptest.Path("%s/%d", path, bob), nil); got.Data()["user_id"] != float64(bob) {
			t.Errorf("%s: %s", entity, got.Raw)
		}
		if got := c.Do("DELETE", apptest.Path("%s/%d", path, bob), nil); got.Status != http.StatusNotFound {
			t.Errorf("%s: no follower removed: %d %s", entity, got.Status, got.Raw)
		}
		var told []string
		for _, e := range c.Must("GET", path+"/changelog", nil).List() {
			e := e.(m)
			told = append(told, fmt.Sprint(e["action"], e["follower_user_id"], " by ", e["actor_user_id"], " at ", e["time"]))
		}
		want := fmt.Sprint([]string{"removed" + fmt.Sprint(bob) + " by 1 at " + since, "added1 by 1 at " + since, "added" + fmt.Sprint(bob) + " by 1 at " + since})
		if fmt.Sprint(told) != want || count() != 1.0 {
			t.Errorf("%s: %v, counted %v\nwant %s", entity, told, count(), want)
		}
		if after := c.Must("GET", apptest.Path("/api/v2/%s/%d", entity, made.ID()), nil); after.Raw != made.Raw {
			t.Errorf("%s was rewritten: %s", entity, after.Raw)
		}
		c.Must("DELETE", apptest.Path("/api/v2/%s/%d", entity, made.ID()), nil)
		if got := c.Must("GET", path, nil).List(); len(got) != 1 {
			t.Errorf("%s: deleted, it tells of %v", entity, got)
		}
		for _, call := range []string{"POST " + path, apptest.Path("DELETE %s/1", path)} {
			var method, target string
			fmt.Sscan(call, &method, &target)
			var in any
			if method == "POST" {
				in = m{"user_id": bob}
			}
			if got := c.Do(method, target, in); got.Status != http.StatusNotFound {
				t.Errorf("%s of a deleted record: %d %s", call, got.Status, got.Raw)
			}
		}
	}
	if got := c.Must("GET", apptest.Path("/api/v2/users/%d/followers", bob), nil); len(got.List()) != 0 || got.Body["data"] == nil {
		t.Errorf("a user is followed by %s", got.Raw)
	}
	if got := c.Do("GET", "/api/v2/users/99/followers", nil); got.Status != http.StatusNotFound {
		t.Errorf("followers of nobody: %d", got.Status)
	}
}

func TestFollowersAreListedInPages(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	users := colleagues(t, a, c, 5)
	path := apptest.Path("/api/v2/persons/%d/followers", c.Must("POST", "/api/v2/persons", m{"name": "X"}).ID())
	for _, u := range users {
		c.Do("POST", path, m{"user_id": u})
	}
	walk := func(path, field string) (seen []int64) {
		for cursor := ""; ; {
			got := c.Must("GET", path+"?limit=2&cursor="+cursor, nil)
			for _, f := range got.List() {
				seen = append(seen, int64(f.(m)[field].(float64)))
			}
			next, _ := got.Body["additional_data"].(m)["next_cursor"].(string)
			if cursor = next; cursor == "" {
				return seen
			}
		}
	}
	if got := walk(path, "user_id"); fmt.Sprint(got) != fmt.Sprint(users) {
		t.Errorf("followers %v, want %v", got, users)
	}
	if got := walk(path+"/changelog", "follower_user_id"); len(got) != 5 || got[0] != users[4] || got[4] != users[0] {
		t.Errorf("changelog %v, want the newest first of %v", got, users)
	}
}

func TestFollowersAreCountedOnceThoughManyFollowAtOnce(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	users := colleagues(t, a, c, 3)
	id := c.Must("POST", "/api/v2/persons", m{"name": "X"}).ID()
	path := apptest.Path("/api/v2/persons/%d/followers", id)
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range 12 {
				u := users[(worker+i)%3]
				if (worker+i)%4 == 0 {
					c.Do("DELETE", apptest.Path("%s/%d", path, u), nil)
				} else {
					c.Do("POST", path, m{"user_id": u})
				}
			}
		})
	}
	wg.Wait()
	follow := len(c.Must("GET", path, nil).List())
	balance := 0
	for _, e := range c.Must("GET", path+"/changelog", nil).List() {
		balance += map[any]int{"added": 1, "removed": -1}[e.(m)["action"]]
	}
	counted := c.Must("GET", apptest.Path("/api/v2/persons/%d?include_fields=followers_count", id), nil).Data()["followers_count"]
	if counted != float64(follow) || balance != follow {
		t.Errorf("%d follow, %v are counted, %d by the changelog", follow, counted, balance)
	}
}

// TestFollowersInV1 are those of v2, each with the number of its user.
func TestFollowersInV1(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	users := colleagues(t, a, c, 3)
	for entity, key := range map[string]string{"deals": "deal_id", "persons": "person_id", "organizations": "org_id"} {
		path := "/v1/" + entity + "/1/followers"
		if got := c.Do("GET", path, nil); got.Status != http.StatusNotFound {
			t.Errorf("%s of nothing: %d", path, got.Status)
		}
		c.Must("POST", "/api/v2/"+entity, map[string]m{"deals": {"title": "X"}, "persons": {"name": "X"}, "organizations": {"name": "X"}}[entity])
		for _, u := range users {
			got := c.Must("POST", path, m{"user_id": fmt.Sprint(u)}).Data()
			if got["id"] != float64(u) || got["user_id"] != float64(u) || got[key] != 1.0 || got["add_time"] != "2026-11-23 10:00:00" {
				t.Errorf("%s: %v", path, got)
			}
		}
		if got := c.Do("POST", path, m{"user_id": users[0]}); got.Status != http.StatusBadRequest {
			t.Errorf("%s twice: %d", path, got.Status)
		}
		page := c.Must("GET", "/api"+path+"?limit=2", nil)
		if p := page.Body["additional_data"].(m)["pagination"].(m); len(page.List()) != 2 || p["next_start"] != 2.0 {
			t.Errorf("%s: %s", path, page.Raw)
		}
		if got := c.Must("DELETE", apptest.Path("%s/%d", path, users[0]), nil); got.ID() != users[0] {
			t.Errorf("%s: %s", path, got.Raw)
		}
		if rest := c.Must("GET", path, nil).List(); len(rest) != 2 || rest[1].(m)["id"] != float64(users[2]) {
			t.Errorf("%s: then %v", path, rest)
		}
	}
	if got := c.Must("GET", "/v1/users/1/followers", nil).List(); len(got) != 0 {
		t.Errorf("a user is followed by %v", got)
	}
}
