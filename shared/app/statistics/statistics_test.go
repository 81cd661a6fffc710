package statistics_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/statistics"
)

func run(t *testing.T, a *apptest.App, at time.Time) (f statistics.Folded) {
	t.Helper()
	out, err := functions.All["statistics"](a.Env).Invoke(t.Context(), fmt.Appendf(nil, `{"time":%q}`, at.Format(time.RFC3339)))
	if err == nil {
		err = json.Unmarshal(out, &f)
	}
	if err != nil {
		t.Error(err)
	}
	return f
}

func TestEachFactIsFoldedOnce(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	for range 40 {
		id := c.Must("POST", "/api/v2/deals", map[string]any{"title": "D", "value": 1}).ID()
		c.Must("PATCH", apptest.Path("/api/v2/deals/%d", id), map[string]any{"stage_id": 2})
	}
	if f := run(t, a, a.Now()); f.Facts != 0 {
		t.Errorf("%d facts were folded that others may still come before", f.Facts)
	}
	a.Later(time.Hour)
	var wg sync.WaitGroup
	folded := make([]statistics.Folded, 3)
	for i := range folded {
		wg.Go(func() { folded[i] = run(t, a, a.Now()) })
	}
	wg.Wait()
	if sum := folded[0].Facts + folded[1].Facts + folded[2].Facts; sum != 80 {
		t.Errorf("runs beside each other folded %d facts, want 80", sum)
	}
	store := dynamo.Statistics{DB: a.DB}
	mark, _ := store.Mark(t.Context(), c.Team.ID)
	for _, at := range []time.Time{a.Now(), a.Now().Add(-48 * time.Hour), a.Now().Add(10 * time.Minute)} {
		if f := run(t, a, at); f.Facts != 0 {
			t.Errorf("a run for %s folded %d facts again", at, f.Facts)
		}
	}
	if again, _ := store.Mark(t.Context(), c.Team.ID); again != mark {
		t.Errorf("runs without facts moved the mark from %v to %v", mark, again)
	}
}

func TestAnEventFromTheFutureHidesNoFacts(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	c.Must("POST", "/api/v2/deals", map[string]any{"title": "D"})
	run(t, a, a.Now().AddDate(5, 0, 0))
	c.Must("POST", "/api/v2/deals", map[string]any{"title": "D"})
	a.Later(time.Hour)
	if f := run(t, a, a.Now()); f.Facts != 2 {
		t.Errorf("%d facts were folded, want 2", f.Facts)
	}
}

func TestMonthsWithoutFactsAreLeftBehind(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	a.Later(90 * 24 * time.Hour)
	run(t, a, a.Now())
	mark, err := dynamo.Statistics{DB: a.DB}.Mark(t.Context(), c.Team.ID)
	if err != nil || a.Now().Sub(mark.At) > 25*time.Hour {
		t.Errorf("after 90 idle days the mark is at %s (%v)", mark.At, err)
	}
}

func TestWrongQuestionsAreRefused(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c, other := a.NewTeam("Acme"), a.NewTeam("Globex")
	foreign := other.Must("POST", "/api/v2/pipelines", map[string]any{"name": "P"}).ID()
	dates := "?start_date=2026-11-01&end_date=2026-11-30"
	for _, q := range []struct {
		target string
		status int
		text   string
	}{
		{"/v1/pipelines/1/movement_statistics", 400, "start_date: must be given; end_date: must be given"},
		{"/v1/pipelines/1/movement_statistics?start_date=2026-11-30&end_date=2026-11-01", 400, "end_date: must not be before start_date"},
		{"/v1/pipelines/1/conversion_statistics?start_date=2026-02-30&end_date=x", 400, "start_date: must be a date"},
		{"/v1/pipelines/99/conversion_statistics" + dates, 404, "Pipeline not found"},
		{fmt.Sprintf("/v1/pipelines/%d/movement_statistics%s", foreign, dates), 404, "Pipeline not found"},
		{"/v1/pipelines/1/movement_statistics" + dates + "&user_id=0", 400, "user_id: must be at least 1"},
		{"/v1/deals/summary?status=deleted", 400, "status: must be one of open, won, lost"},
		{"/v1/deals/summary?filter_id=3", 404, "Filter not found"},
		{"/v1/deals/timeline?start_date=2026-11-01&interval=year&amount=0&field_key=add_time", 400, "interval: must be one of day, week, month, quarter; amount: must be at least 1"},
		{"/v1/deals/timeline?start_date=2026-11-01&interval=day&amount=1&field_key=title", 400, "field_key: must be one of add_time"},
		{"/v1/deals/timeline?start_date=2026-11-01&interval=day&amount=1&field_key=add_time&totals_convert_currency=XYZ", 400, "totals_convert_currency: must be"},
	} {
		if got := c.Do("GET", q.target, nil); got.Status != q.status || !strings.Contains(got.Raw, q.text) {
			t.Errorf("%s: %d %s, want %d %q", q.target, got.Status, got.Raw, q.status, q.text)
		}
	}
}

func TestFiguresOfOtherTeamsAreNotCounted(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c, other := a.NewTeam("Acme"), a.NewTeam("Globex")
	other.Must("POST", "/api/v2/deals", map[string]any{"title": "D", "value": 5})
	for range 2 { // from the tail, then from figures
		if got := c.Must("GET", "/v1/deals/summary", nil); got.Data()["total_count"] != 0.0 {
			t.Errorf("counted: %s", got.Raw)
		}
		got := c.Must("GET", "/v1/pipelines/1/movement_statistics?start_date=2026-11-01&end_date=2026-11-30", nil)
		if strings.Contains(got.Raw, `"count":1`) {
			t.Errorf("counted: %s", got.Raw)
		}
		a.Later(time.Hour)
		run(t, a, a.Now())
	}
}

func TestAmountsAreConvertedOnlyIntoTheirOwnCurrency(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme") // keeps its books in EUR
	empty := c.Must("GET", "/v1/deals/summary", nil)
	if want := `"total_currency_converted_value":0,"total_currency_converted_value_formatted":"€0"`; !strings.Contains(empty.Raw, want) {
		t.Errorf("%s\nlacks %s", empty.Raw, want)
	}
	c.Must("POST", "/api/v2/deals", map[string]any{"title": "D", "value": 5000, "probability": 50})
	c.Must("POST", "/api/v2/deals", map[string]any{"title": "D", "value": 0.5})
	want := `"data":{"values_total":{"EUR":{"value":5000.5,"count":2,"value_converted":5000.5,"value_formatted":"€5,000.50","value_converted_formatted":"€5,000.50"}},` +
		`"weighted_values_total":{"EUR":{"value":2500.5,"count":2,"value_formatted":"€2,500.50"}},"total_count":2,` +
		`"total_currency_converted_value":5000.5,"total_currency_converted_value_formatted":"€5,000.50",` +
		`"total_weighted_currency_converted_value":2500.5,"total_weighted_currency_converted_value_formatted":"€2,500.50"}`
	if got := c.Must("GET", "/v1/deals/summary", nil); !strings.Contains(got.Raw, want) {
		t.Errorf("%s\nlacks %s", got.Raw, want)
	}
	c.Must("POST", "/api/v2/deals", map[string]any{"title": "D", "value": 7, "currency": "USD"})
	got := c.Must("GET", "/v1/deals/summary", nil)
	for _, want := range []string{
		`"USD":{"value":7,"count":1,"value_converted":null,"value_formatted":"$7","value_converted_formatted":null}`,
		`"total_count":3,"total_currency_converted_value":null,"total_currency_converted_value_formatted":null`,
	} {
		if !strings.Contains(got.Raw, want) {
			t.Errorf("%s\nlacks %s", got.Raw, want)
		}
	}
	line := c.Must("GET", "/v1/deals/timeline?start_date=2026-11-01&interval=month&amount=2&field_key=add_time&exclude_deals=1&totals_convert_currency=default_currency", nil)
	for _, want := range []string{
		`"period_start":"2026-11-01 00:00:00","period_end":"2026-11-30 23:59:59","totals":{"count":3,"values":{"EUR":5000.5,"USD":7},`,
		`"totals_converted":{"count":3,"value":null,"weighted_value":null,`,
		`"period_start":"2026-12-01 00:00:00","period_end":"2026-12-31 23:59:59","totals":{"count":0,"values":{},`,
		`"totals_converted":{"count":0,"value":0,"weighted_value":0,`,
	} {
		if !strings.Contains(line.Raw, want) {
			t.Errorf("%s\nlacks %s", line.Raw, want)
		}
	}
}

func TestTimelineShowsDealsInTheirFlatForm(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	person := c.Must("POST", "/api/v2/persons", map[string]any{"name": "Ann"}).ID()
	deal := c.Must("POST", "/api/v2/deals", map[string]any{"title": "D", "value": 5000, "person_id": person, "stage_id": 2, "probability": 10}).ID()
	c.Must("POST", "/api/v2/activities", map[string]any{"subject": "Ring", "deal_id": deal, "due_date": "2026-12-01", "due_time": "09:30"})
	got := c.Must("GET", "/v1/deals/timeline?start_date=2026-11-23&interval=day&amount=1&field_key=add_time", nil)
	for _, want := range []string{
		`"id":1,"creator_user_id":1,"user_id":1,"person_id":1,"org_id":null,"stage_id":2,"pipeline_id":1,"title":"D","value":5000,"currency":"EUR","add_time":"2026-11-23 10:00:00"`,
		`"next_activity_date":"2026-12-01","next_activity_time":"09:30:00","next_activity_id":1`, `"next_activity_subject":"Ring","next_activity_type":"call"`,
		`"stage_order_nr":2,"person_name":"Ann","org_name":null,"owner_name":"Ada","formatted_value":"€5,000","weighted_value":500,"formatted_weighted_value":"€500"`,
		`"visible_to":"3"`, `"active":true,"deleted":false`,
	} {
		if !strings.Contains(got.Raw, want) {
			t.Errorf("%s\nlacks %s", got.Raw, want)
		}
	}
}
