package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// crm stands for the functions that the seeding meets.
type crm struct {
	mu      sync.Mutex
	teams   int
	tokens  int
	records []string
	revoked string // a token that is not taken
}

func (c *crm) invoke(_ context.Context, _ string, event []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var in struct{ Action string }
	if err := json.Unmarshal(event, &in); err != nil {
		return nil, err
	}
	c.tokens++
	if in.Action == "create_team" {
		c.teams++
		return fmt.Appendf(nil, `{"team":%d,"user":1,"inbound_address":"t%d@mail.lejek.localhost","token":"token%d"}`, c.teams, c.teams, c.tokens), nil
	}
	return fmt.Appendf(nil, `{"token":"token%d"}`, c.tokens), nil
}

func (c *crm) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Header.Get("x-api-token") == c.revoked {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.Method == "POST" {
		c.records = append(c.records, strings.TrimPrefix(r.URL.Path, "/"))
	}
	fmt.Fprintf(w, `{"success":true,"data":{"id":%d}}`, len(c.records)+1)
}

func TestTeamsAndRecordsAreMadeOnceAndTokensKept(t *testing.T) {
	t.Parallel()
	c, dir := &crm{}, t.TempDir()
	s := httptest.NewServer(c)
	defer s.Close()
	seed := func() Demo {
		t.Helper()
		d, err := Seed(t.Context(), dir, s.URL, c.invoke)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	first := seed()
	made := len(c.records)
	if first.Team.Team != 1 || first.Second.Team != 2 || first.Token != "token1" || first.InboundAddress == "" || made == 0 {
		t.Errorf("first start: %+v, %v", first, c.records)
	}
	if second := seed(); second != first || len(c.records) != made {
		t.Errorf("second start: %+v, %v", second, c.records)
	}
	if info, err := os.Stat(filepath.Join(dir, "demo.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("tokens are kept in a file with mode %v, %v", info.Mode(), err)
	}
	c.revoked = "token1"
	if third := seed(); third.Token == "token1" || third.Second != first.Second || c.teams != 2 {
		t.Errorf("after the token was revoked: %+v", third)
	}
}

func TestRefusalOfTheTeamsFunctionIsTold(t *testing.T) {
	t.Parallel()
	_, err := Seed(t.Context(), t.TempDir(), "", func(context.Context, string, []byte) ([]byte, error) {
		return []byte(`{"error":"email: is taken"}`), nil
	})
	if err == nil || !strings.Contains(err.Error(), "create_team: email: is taken") {
		t.Errorf("got %v", err)
	}
}
