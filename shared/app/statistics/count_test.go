package statistics_test

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
)

// The count: what the definitions say, from snapshots, as directly as possible and with no code of Lejek.

func day(t time.Time) string { return t.In(zone).Format(time.DateOnly) }

func in(t time.Time, start, end string) bool { return !t.IsZero() && start <= day(t) && day(t) <= end }

// visits are the stages of a deal in order, with pipeline and time.
func visits(d []snapshot) (list []snapshot) {
	for i, s := range d {
		if i == 0 {
			s.At = s.Added
		}
		if i == 0 || s.Stage != d[i-1].Stage {
			list = append(list, s)
		}
	}
	return list
}

// openAt reports whether no closing covers the instant.
func openAt(d []snapshot, at time.Time) bool {
	if at.Before(d[0].Added) {
		return false
	}
	for i := 0; i < len(d); {
		j := i
		for j+1 < len(d) && d[j+1].Status == d[i].Status {
			j++
		}
		if d[i].Status != "open" && !at.Before(d[j].Closed) && (j+1 == len(d) || at.Before(d[j+1].At)) {
			return false
		}
		i = j + 1
	}
	return true
}

func stageAt(d []snapshot, at time.Time) (pipeline, stage int64) {
	for _, v := range visits(d) {
		if !v.At.After(at) {
			pipeline, stage = v.Pipeline, v.Stage
		}
	}
	return pipeline, stage
}

// marks are all instants at which anything about the deal may change.
func marks(d []snapshot, more ...time.Time) []time.Time {
	for _, s := range d {
		more = append(more, s.At, s.Added, s.Closed)
	}
	slices.SortFunc(more, time.Time.Compare)
	return more
}

// spent sums the time that a deal was open in the stages of a pipeline between two instants.
func spent(d []snapshot, pipeline int64, from, to time.Time) map[int64]time.Duration {
	sum := map[int64]time.Duration{}
	all := marks(d, from, to)
	for i := range len(all) - 1 {
		a, b := all[i], all[i+1]
		if !a.Before(b) || a.Before(from) || b.After(to) || a.IsZero() {
			continue
		}
		middle := a.Add(b.Sub(a) / 2)
		if p, s := stageAt(d, middle); p == pipeline && openAt(d, middle) {
			sum[s] += b.Sub(a)
		}
	}
	return sum
}

type object = map[string]any

func (h *history) group(ids []int64) object {
	values, formatted := object{}, object{}
	sums := map[string]*big.Rat{}
	for _, id := range ids {
		s := h.last(id)
		if sums[s.Currency] == nil {
			sums[s.Currency] = new(big.Rat)
		}
		sums[s.Currency].Add(sums[s.Currency], rat(s.Value))
	}
	for code, sum := range sums {
		values[code] = sum.RatString()
		formatted[code] = euros(code, sum)
	}
	return object{"count": len(ids), "deals_ids": ids, "values": values, "formatted_values": formatted}
}

func rat(n number) *big.Rat { r, _ := new(big.Rat).SetString(n.String()); return r }

// euros writes amounts below a million.
func euros(code string, sum *big.Rat) string {
	text := sum.FloatString(2)
	if whole := len(text) - 3; whole > 3 {
		text = text[:whole-3] + "," + text[whole-3:]
	}
	if text[len(text)-2:] == "00" {
		text = text[:len(text)-3]
	}
	return map[string]string{"EUR": "€", "USD": "$"}[code] + text
}

func (h *history) last(id int64) snapshot {
	for _, d := range h.deals {
		if d[0].ID == id {
			return d[len(d)-1]
		}
	}
	panic(fmt.Sprint("no deal ", id))
}

// population are the deals of a pipeline and a user now.
func (h *history) population(pipeline, user int64) (list [][]snapshot) {
	for _, d := range h.deals {
		if s := d[len(d)-1]; s.Pipeline == pipeline && s.Owner == user && !s.Deleted {
			list = append(list, d)
		}
	}
	return list
}

func entered(d []snapshot, pipeline int64, start, end string) bool {
	for i, v := range visits(d) {
		if v.Pipeline == pipeline && (i == 0 || visits(d)[i-1].Pipeline != pipeline) && in(v.At, start, end) {
			return true
		}
	}
	return false
}

// bounds are the period's first instant, the first after it, and until when time counts; found by looking at each half hour.
func (h *history) bounds(start, end string) (from, to, limit time.Time) {
	first := func(day string) time.Time {
		t, _ := time.Parse(time.DateOnly, day)
		for t = t.Add(-24 * time.Hour); t.In(zone).Format(time.DateOnly) < day; t = t.Add(30 * time.Minute) {
		}
		return t
	}
	next, _ := time.Parse(time.DateOnly, end)
	from, to = first(start), first(next.AddDate(0, 0, 1).Format(time.DateOnly))
	if limit = to; h.app.Now().Before(to) {
		limit = h.app.Now()
	}
	return from, to, limit
}

func (h *history) movement(pipeline, user int64, start, end string) object {
	from, to, limit := h.bounds(start, end)
	moves := 0
	lists := map[string][]int64{"new": {}, "open": {}, "won": {}, "lost": {}}
	var ages []time.Duration
	inStage := map[int64][]time.Duration{}
	for _, d := range h.population(pipeline, user) {
		last := d[len(d)-1]
		list := visits(d)
		for i := 1; i < len(list); i++ {
			if list[i].Pipeline == pipeline && list[i-1].Pipeline == pipeline && in(list[i].At, start, end) {
				moves++
			}
		}
		count := func(name string, yes bool) {
			if yes {
				lists[name] = append(lists[name], last.ID)
			}
		}
		count("new", entered(d, pipeline, start, end))
		end1 := to.Add(-time.Millisecond)
		p, _ := stageAt(d, end1)
		count("open", p == pipeline && openAt(d, end1))
		count("won", last.Status == "won" && in(last.Won, start, end))
		count("lost", last.Status == "lost" && in(last.Lost, start, end))

		whole := spent(d, pipeline, last.Added, limit)
		present := spent(d, pipeline, from, to)
		for stage := range present {
			inStage[stage] = append(inStage[stage], whole[stage])
		}
		if len(present) > 0 {
			age := limit
			for i, s := range d { // closed at the limit, since when?
				if s.Status != "open" && s.Closed.Before(limit) && !openAt(d[:i+1], limit) && closedUntil(d, i).After(limit.Add(-1)) && s.Closed.Before(age) && runEnd(d, i) {
					age = s.Closed
				}
			}
			ages = append(ages, max(0, age.Sub(last.Added)))
		}
	}
	byStages := []any{}
	for _, s := range h.stage[pipeline] {
		byStages = append(byStages, object{"stage_id": s, "value": meanDays(inStage[s])})
	}
	return object{
		"movements_between_stages": object{"count": moves}, "new_deals": h.group(lists["new"]), "deals_left_open": h.group(lists["open"]),
		"won_deals": h.group(lists["won"]), "lost_deals": h.group(lists["lost"]),
		"average_age_in_days": object{"across_all_stages": meanDays(ages), "by_stages": byStages},
	}
}

// closedUntil is when the closing of a snapshot ended, runEnd whether the snapshot is the last of its closing.
func closedUntil(d []snapshot, i int) time.Time {
	for j := i; j < len(d); j++ {
		if d[j].Status != d[i].Status {
			return d[j].At
		}
	}
	return time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
}

func runEnd(d []snapshot, i int) bool { return i+1 == len(d) || d[i+1].Status != d[i].Status }

func meanDays(list []time.Duration) int64 {
	sum := new(big.Int)
	for _, d := range list {
		sum.Add(sum, big.NewInt(int64(d)))
	}
	if len(list) == 0 {
		return 0
	}
	return sum.Div(sum, big.NewInt(int64(len(list))*int64(24*time.Hour))).Int64()
}

func (h *history) conversion(pipeline, user int64, start, end string) object {
	from, to, _ := h.bounds(start, end)
	stages := h.stage[pipeline]
	entering, onward := make([]int, len(stages)), make([]int, len(stages))
	all, won, lost := 0, 0, 0
	for _, d := range h.population(pipeline, user) {
		last, list := d[len(d)-1], visits(d)
		for i, s := range stages {
			at := slices.IndexFunc(list, func(v snapshot) bool { return v.Stage == s && in(v.At, start, end) })
			if at < 0 {
				continue
			}
			entering[i]++
			later := slices.ContainsFunc(list[at+1:], func(v snapshot) bool { return slices.Contains(stages[i+1:], v.Stage) })
			if later || last.Status == "won" {
				onward[i]++
			}
		}
		if entered(d, pipeline, start, end) || len(spent(d, pipeline, from, to)) > 0 {
			all++
			if last.Status == "won" && in(last.Won, start, end) {
				won++
			}
			if last.Status == "lost" && in(last.Lost, start, end) {
				lost++
			}
		}
	}
	rates := []any{}
	for i := range len(stages) - 1 {
		rates = append(rates, object{"from_stage_id": stages[i], "to_stage_id": stages[i+1], "conversion_rate": rounded(onward[i], entering[i])})
	}
	return object{"stage_conversions": rates, "won_conversion": rounded(won, all), "lost_conversion": rounded(lost, all)}
}

func rounded(some, of int) int64 {
	if of == 0 {
		return 0
	}
	return int64(float64(some)/float64(of)*100 + 0.5)
}

// weight is the percentage of a deal.
func (h *history) weight(s snapshot) int64 {
	if s.Probability != nil {
		return *s.Probability
	}
	if i := slices.Index(h.stage[2], s.Stage); i >= 0 {
		return int64(30 * (i + 1))
	}
	return 100
}

func (h *history) sums(list []snapshot) (count int, values, weighted map[string]*big.Rat) {
	values, weighted = map[string]*big.Rat{}, map[string]*big.Rat{}
	for _, s := range list {
		if values[s.Currency] == nil {
			values[s.Currency], weighted[s.Currency] = new(big.Rat), new(big.Rat)
		}
		values[s.Currency].Add(values[s.Currency], rat(s.Value))
		weighted[s.Currency].Add(weighted[s.Currency], new(big.Rat).Mul(rat(s.Value), big.NewRat(h.weight(s), 100)))
	}
	return len(list), values, weighted
}

func (h *history) summary(archived bool, status string, user, pipeline, stage int64) object {
	var list []snapshot
	for _, d := range h.deals {
		s := d[len(d)-1]
		if !s.Deleted && s.Archived == archived && (status == "" || s.Status == status) && (user == 0 || s.Owner == user) && (pipeline == 0 || s.Pipeline == pipeline) && (stage == 0 || s.Stage == stage) {
			list = append(list, s)
		}
	}
	count, values, weighted := h.sums(list)
	v, w := object{}, object{}
	counts := map[string]int{}
	for _, s := range list {
		counts[s.Currency]++
	}
	for code := range values {
		v[code] = object{"value": values[code].RatString(), "count": counts[code]}
		w[code] = object{"value": weighted[code].RatString(), "count": counts[code]}
	}
	return object{"values_total": v, "weighted_values_total": w, "total_count": count}
}

func plain(sums map[string]*big.Rat) object {
	out := object{}
	for code, sum := range sums {
		out[code] = sum.RatString()
	}
	return out
}

func (h *history) timeline(start string, n int, user int64, field func(snapshot) string) []any {
	first, _ := time.Parse(time.DateOnly, start)
	periods := []any{}
	for i := range n {
		from, to := first.AddDate(0, 0, 7*i).Format(time.DateOnly), first.AddDate(0, 0, 7*i+6).Format(time.DateOnly)
		var all, open, won []snapshot
		for _, d := range h.deals {
			s := d[len(d)-1]
			s.At = d[0].At
			if date := field(s); s.Deleted || s.Archived || s.Status == "lost" || date < from || date > to || user != 0 && s.Owner != user {
				continue
			}
			all = append(all, s)
			if s.Status == "open" {
				open = append(open, s)
			} else {
				won = append(won, s)
			}
		}
		ids := []any{}
		for _, s := range all {
			ids = append(ids, s.ID)
		}
		count, values, weighted := h.sums(all)
		openCount, openValues, openWeighted := h.sums(open)
		wonCount, wonValues, _ := h.sums(won)
		periods = append(periods, object{"period_start": from + " 00:00:00", "period_end": to + " 23:59:59", "ids": ids, "totals": object{
			"count": count, "values": plain(values), "weighted_values": plain(weighted), "open_count": openCount, "open_values": plain(openValues),
			"weighted_open_values": plain(openWeighted), "won_count": wonCount, "won_values": plain(wonValues),
		}})
	}
	return periods
}

// check asks all five questions with random parameters and compares.
func (h *history) check() {
	h.t.Helper()
	start, end := h.days()
	pipeline, user := pick(h.r, int64(1), 1, 2), pick(h.r, h.users...)
	query := fmt.Sprintf("?start_date=%s&end_date=%s&user_id=%d", start, end, user)
	h.compare(fmt.Sprintf("/v1/pipelines/%d/movement_statistics", pipeline)+query, h.movement(pipeline, user, start, end))
	h.compare(fmt.Sprintf("/api/v1/pipelines/%d/conversion_statistics", pipeline)+query, h.conversion(pipeline, user, start, end))

	status, stage := pick(h.r, "", "open", "won", "lost"), pick(h.r, 0, 0, h.anyStage())
	query = "?"
	for name, id := range map[string]*int64{"user_id": &user, "pipeline_id": &pipeline, "stage_id": &stage} {
		if *id = pick(h.r, 0, *id); *id != 0 {
			query += fmt.Sprintf("%s=%d&", name, *id)
		}
	}
	if status != "" {
		query += "status=" + status
	}
	h.compare("/v1/deals/summary"+query, h.summary(false, status, user, pipeline, stage))
	h.compare("/v1/deals/summary/archived"+query, h.summary(true, status, user, pipeline, stage))

	key := pick(h.r, "add_time", "won_time", "close_time", "expected_close_date")
	field := map[string]func(snapshot) string{
		"add_time": func(s snapshot) string { return day(s.Added) }, "won_time": func(s snapshot) string { return dayOrNone(s.Won) },
		"close_time": func(s snapshot) string { return dayOrNone(s.Closed) }, "expected_close_date": func(s snapshot) string { return s.Expected },
	}[key]
	query = fmt.Sprintf("?start_date=%s&interval=week&amount=9&field_key=%s", start, key)
	if user != 0 {
		query += fmt.Sprintf("&user_id=%d", user)
	}
	h.compare("/v1/deals/timeline"+query, h.timeline(start, 9, user, field))
}

func dayOrNone(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return day(t)
}

// compare holds an answer against the count. Only what the count knows of is compared.
func (h *history) compare(target string, want any) {
	h.t.Helper()
	dec := json.NewDecoder(bytesOf(h.c.Must("GET", target, nil)))
	dec.UseNumber()
	var got struct{ Data any }
	if err := dec.Decode(&got); err != nil {
		h.t.Fatal(err)
	}
	text, _ := json.Marshal(want)
	var wanted any
	_ = json.Unmarshal(text, &wanted)
	have := like(wanted, got.Data)
	if !reflect.DeepEqual(have, wanted) {
		a, _ := json.MarshalIndent(have, "", " ")
		b, _ := json.MarshalIndent(wanted, "", " ")
		h.t.Fatalf("%s at %s\ngot  %s\nwant %s", target, h.app.Now(), a, b)
	}
	if len(text) > 0 && slices.ContainsFunc(slices.Collect(numbers(wanted)), func(n float64) bool { return n != 0 }) {
		h.checked++
	}
}

// like brings an answer to the form of the count: the keys that it has, amounts as fractions, deals as their ids.
func like(want, got any) any {
	switch w := want.(type) {
	case object:
		g, _ := got.(object)
		out := object{}
		for k := range maps.Keys(g) {
			if _, wanted := w[k]; wanted {
				out[k] = like(w[k], g[k])
			}
		}
		if list, ok := g["deals"].([]any); ok {
			ids := []any{}
			for _, d := range list {
				ids = append(ids, like(0.0, d.(object)["id"]))
			}
			out["ids"] = ids
		}
		return out
	case []any:
		g, _ := got.([]any)
		out := []any{}
		for i := range g {
			if i < len(w) {
				out = append(out, like(w[i], g[i]))
			} else {
				out = append(out, like(0.0, g[i]))
			}
		}
		return out
	case string:
		if n, ok := got.(number); ok {
			return rat(n).RatString()
		}
	case float64:
		if n, ok := got.(number); ok {
			f, _ := n.Float64()
			return f
		}
	}
	return got
}

func bytesOf(a apptest.Answer) *strings.Reader { return strings.NewReader(a.Raw) }

func numbers(v any) iter.Seq[float64] {
	return func(yield func(float64) bool) {
		var walk func(any) bool
		walk = func(v any) bool {
			switch v := v.(type) {
			case object:
				for k, e := range v {
					if k != "stage_id" && k != "from_stage_id" && k != "to_stage_id" && !walk(e) {
						return false
					}
				}
			case []any:
				for _, e := range v {
					if !walk(e) {
						return false
					}
				}
			case float64:
				return yield(v)
			}
			return true
		}
		walk(v)
	}
}
