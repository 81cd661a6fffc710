package statistics_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/teams"
)

// snapshot is a deal as an answer of the API showed it after a change.
type snapshot struct {
	At          time.Time `json:"-"`
	ID          int64     `json:"id"`
	Owner       int64     `json:"owner_id"`
	Pipeline    int64     `json:"pipeline_id"`
	Stage       int64     `json:"stage_id"`
	Status      string    `json:"status"`
	Value       number    `json:"value"`
	Currency    string    `json:"currency"`
	Probability *int64    `json:"probability"`
	Added       time.Time `json:"add_time"`
	Won         time.Time `json:"won_time"`
	Lost        time.Time `json:"lost_time"`
	Closed      time.Time `json:"close_time"`
	Expected    string    `json:"expected_close_date"`
	Deleted     bool      `json:"is_deleted"`
	Archived    bool      `json:"is_archived"`
}

type number = json.Number

// history makes random changes through the API and remembers what it saw.
type history struct {
	t     *testing.T
	app   *apptest.App
	c     *apptest.Client
	r     *rand.Rand
	users []int64
	stage map[int64][]int64 // of each pipeline, in order
	deals [][]snapshot

	checked int // answers that were compared and held some deals
}

var zone, _ = time.LoadLocation("Europe/Warsaw")

func newHistory(t *testing.T, seed uint64) *history {
	a := apptest.New(t)
	h := &history{t: t, app: a, c: a.NewTeam("Acme"), r: rand.New(rand.NewPCG(seed, 7)), stage: map[int64][]int64{1: {1, 2, 3, 4, 5}}}
	bob, err := a.Teams().CreateUser(t.Context(), teams.UserInput{Team: h.c.Team.ID, Email: "bob@acme.example"})
	if err != nil {
		t.Fatal(err)
	}
	h.users = []int64{h.c.User.ID, bob.ID}
	p := h.c.Must("POST", "/api/v2/pipelines", map[string]any{"name": "Other"}).ID()
	for i, name := range []string{"A", "B", "C"} {
		s := h.c.Must("POST", "/api/v2/stages", map[string]any{"name": name, "pipeline_id": p, "deal_probability": 30 * (i + 1)})
		h.stage[p] = append(h.stage[p], s.ID())
	}
	return h
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func (h *history) anyStage() int64 { return pick(h.r, h.stage[pick(h.r, int64(1), 1, 2)]...) }

// step changes something. The clock moves by anything from nothing to some days, now and then to just around a local midnight.
func (h *history) step() {
	switch {
	case h.r.IntN(20) == 0:
		now := h.app.Now().In(zone)
		midnight := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, zone)
		h.app.Later(midnight.Sub(now) + pick(h.r, -time.Millisecond, 0, time.Millisecond))
	case h.r.IntN(4) > 0:
		h.app.Later(time.Duration(h.r.Int64N(int64(20 * time.Hour))).Truncate(time.Millisecond))
	}
	if len(h.deals) < 5 || h.r.IntN(15) == 0 {
		h.create()
		return
	}
	h.change(h.r.IntN(len(h.deals)))
}

func (h *history) create() {
	in := map[string]any{"title": "D", "value": json.Number(fmt.Sprintf("%d.%02d", h.r.IntN(9000), h.r.IntN(100))), "currency": pick(h.r, "EUR", "USD"),
		"stage_id": h.anyStage(), "owner_id": pick(h.r, h.users...)}
	if h.r.IntN(4) == 0 {
		in["add_time"] = h.before()
	}
	if h.r.IntN(6) == 0 {
		in["status"] = pick(h.r, "won", "lost")
	}
	if h.r.IntN(12) == 0 {
		in["is_archived"] = true
	}
	if h.r.IntN(3) == 0 {
		in["probability"] = h.r.IntN(101)
	}
	h.deals = append(h.deals, []snapshot{h.saw(h.c.Must("POST", "/api/v2/deals", in))})
}

func (h *history) before() string {
	return h.app.Now().Add(-time.Duration(h.r.IntN(60*24)) * time.Hour).Format(time.RFC3339)
}

func (h *history) change(i int) {
	last := h.deals[i][len(h.deals[i])-1]
	if last.Deleted {
		return
	}
	path := apptest.Path("/api/v2/deals/%d", last.ID)
	in := map[string]any{}
	switch n := h.r.IntN(100); {
	case n < 45:
		in["stage_id"] = h.anyStage()
	case n < 65:
		in["status"] = pick(h.r, "open", "won", "lost", "open")
		if in["status"] != "open" && h.r.IntN(3) == 0 {
			in["close_time"] = h.before()
		}
	case n < 70:
		in["is_archived"] = !last.Archived
	case n < 76:
		in["value"] = json.Number(fmt.Sprintf("%d.%03d", h.r.IntN(9000), h.r.IntN(1000)))
		in["currency"] = pick(h.r, "EUR", "USD")
	case n < 82:
		in["owner_id"] = pick(h.r, h.users...)
	case n < 85:
		in["expected_close_date"] = h.app.Now().AddDate(0, 0, h.r.IntN(90)-30).Format(time.DateOnly)
	case n < 90:
		in["probability"] = pick[any](h.r, 10, 55, nil)
	case n < 94 && last.Status == "won":
		in["won_time"] = h.before()
	case n < 97:
		in["stage_id"], in["status"] = h.anyStage(), pick(h.r, "won", "lost", "open")
	case n < 98:
		h.c.Must("DELETE", path, nil)
		h.deals[i] = append(h.deals[i], h.saw(h.c.Must("GET", path, nil)))
		return
	default:
		in["title"] = "Renamed"
	}
	h.deals[i] = append(h.deals[i], h.saw(h.c.Must("PATCH", path, in)))
}

// saw reads an answer. It shows whole seconds only, so the record itself tells the times.
func (h *history) saw(a apptest.Answer) snapshot {
	var body struct{ Data snapshot }
	d, err := h.app.Deals().Get(h.t.Context(), auth.Actor{Team: h.c.Team.ID, User: h.c.User.ID}, a.ID())
	if err == nil {
		err = json.Unmarshal([]byte(a.Raw), &body)
	}
	if err != nil {
		h.t.Fatal(err)
	}
	s := body.Data
	s.At, s.Added = h.app.Now(), d.AddTime
	for to, at := range map[*time.Time]*time.Time{&s.Won: d.WonTime, &s.Lost: d.LostTime, &s.Closed: d.CloseTime} {
		if *to = (time.Time{}); at != nil {
			*to = *at
		}
	}
	return s
}

// fold runs the function as the clock does: once, twice, late, or several at once.
func (h *history) fold() {
	runs := pick(h.r, 1, 1, 2, 3)
	event := fmt.Appendf(nil, `{"source":"aws.events","detail-type":"Scheduled Event","time":%q}`, h.app.Now().Format(time.RFC3339))
	var wg sync.WaitGroup
	for range runs {
		wg.Go(func() {
			if _, err := functions.All["statistics"](h.app.Env).Invoke(h.t.Context(), event); err != nil {
				h.t.Error(err)
			}
		})
	}
	if h.r.IntN(2) == 0 {
		h.check() // while they run
	}
	wg.Wait()
}

func TestFiguresEqualACountOverTheWholeHistory(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			h := newHistory(t, seed)
			for n := range 500 {
				if h.step(); h.r.IntN(12) == 0 {
					h.fold()
				}
				if n%25 == 0 {
					h.check()
				}
			}
			h.app.Later(time.Hour)
			for range 3 {
				h.fold()
			}
			for range 10 {
				h.check()
			}
			if h.checked < 100 {
				t.Errorf("only %d answers held anything", h.checked)
			}
		})
	}
}

// days are the first and the last of a random period, often of whole months, often one that has not ended.
func (h *history) days() (start, end string) {
	now := h.app.Now().In(zone)
	from := now.AddDate(0, 0, -h.r.IntN(200))
	to := from.AddDate(0, 0, h.r.IntN(90))
	if h.r.IntN(2) == 0 {
		from = time.Date(from.Year(), from.Month(), 1, 12, 0, 0, 0, zone)
		to = from.AddDate(0, 1+h.r.IntN(2), -1)
	}
	return from.Format(time.DateOnly), to.Format(time.DateOnly)
}
