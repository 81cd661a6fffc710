package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/infra/local/system"
)

// timed is a system with a team and an activity that falls due in ten minutes.
func timed(t *testing.T, o system.Options) (s *system.System, token string) {
	t.Helper()
	o.Functions = functions.All
	s = system.Test(t, o)
	answer, err := s.Invoke(t.Context(), "teams", []byte(`{"action":"create_team","name":"Acme","email":"ada@acme.example","time_zone":"Europe/Warsaw","currency":"EUR"}`))
	var team struct{ Token string }
	if err == nil {
		err = json.Unmarshal(answer, &team)
	}
	if err != nil {
		t.Fatal(err)
	}
	due := s.Now().UTC().Add(10 * time.Minute)
	post(t, s.URL+"/api/v2/activities", team.Token, fmt.Sprintf(`{"subject":"Ring Ann","due_date":%q,"due_time":%q}`, due.Format(time.DateOnly), due.Format("15:04")))
	post(t, s.URL+"/api/v2/deals", team.Token, `{"title":"Deal","value":5000}`)
	return s, team.Token
}

func post(t *testing.T, url, token, body string) string {
	t.Helper()
	method := http.MethodPost
	if body == "" {
		method = http.MethodGet
	}
	r, err := http.NewRequest(method, url, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("x-api-token", token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode/100 != 2 {
		t.Fatalf("%s: %s %s (%v)", url, answer.Status, text, err)
	}
	return string(text)
}

// mails are the raw messages that were sent.
func mails(t *testing.T, s *system.System) (raw []string) {
	files, err := filepath.Glob(filepath.Join(s.Outbox.SentDir(), "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		raw = append(raw, string(text))
	}
	return raw
}

func TestScheduledFunctionsRunOnDemand(t *testing.T) {
	t.Parallel()
	s, token := timed(t, system.Options{})
	event := fmt.Sprintf(`{"time":%q}`, s.Now().UTC().Format(time.RFC3339))
	for range 2 {
		post(t, s.URL+"/_local/run/reminders", "", event)
	}
	sent := mails(t, s)
	if len(sent) != 1 || !strings.Contains(sent[0], s.URL+"/api/v2/activities/1") {
		t.Errorf("sent %q", sent)
	}
	if got := post(t, s.URL+"/api/v2/activities/1/reminders", token, ""); !strings.Contains(got, `"state":"sent"`) {
		t.Error(got)
	}
	later := fmt.Sprintf(`{"time":%q}`, s.Now().UTC().Add(time.Hour).Format(time.RFC3339))
	for range 2 {
		post(t, s.URL+"/_local/run/statistics", "", later)
		if got := post(t, s.URL+"/v1/deals/summary", token, ""); !strings.Contains(got, `"total_currency_converted_value_formatted":"€5,000"`) {
			t.Error(got)
		}
	}
}

func TestScheduledFunctionsRunOnTheClock(t *testing.T) {
	t.Parallel()
	second := time.Duration(time.Now().Second())*time.Second + time.Duration(time.Now().Nanosecond())
	ahead := 57*time.Second - second // the next minute is three seconds away
	s, _ := timed(t, system.Options{Clock: true, Now: func() time.Time { return time.Now().Add(ahead) }})
	eventually(t, "the reminder is sent", func() bool { return len(mails(t, s)) == 1 })
}
