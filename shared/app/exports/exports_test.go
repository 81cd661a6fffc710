package exports_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

func TestArchiveHoldsAllThatATeamHas(t *testing.T) {
	t.Parallel()
	o := open(t, tiny)
	other := o.app.NewTeam("Other")
	other.Must("POST", "/api/v2/deals", m{"title": "zebra"})
	o.live()
	made := o.Do("POST", "/api/v2/exports", nil)
	if made.Status != 201 || made.Data()["status"] != "waiting" || made.Data()["progress"] != 0.0 {
		t.Fatalf("%d %s", made.Status, made.Raw)
	}
	if again := o.Do("POST", "/api/v2/exports", nil); again.Status != 409 {
		t.Errorf("beside another one: %d %s", again.Status, again.Raw)
	}
	var seen []float64
	steps := o.drain(func() {
		seen = append(seen, o.Must("GET", apptest.Path("/api/v2/exports/%d", made.ID()), nil).Data()["progress"].(float64))
	})
	if steps < 8 || !slices.IsSorted(seen) || seen[len(seen)/2] == 0 || seen[len(seen)/2] == 100 {
		t.Errorf("%d steps, progress %v", steps, seen)
	}
	lines, others := texts(t, o.fetch(made.ID()))
	counts := map[string]int{}
	for kind, l := range lines {
		counts[kind] = len(l)
	}
	for kind, want := range map[string]int{
		"team": 1, "user": 1, "deal": 4, "person": 2, "organization": 2, "relation": 1, "activity": 2, "activityType": 7, "note": 1, "comment": 1,
		"file": 3, "content": 1, "filter": 1, "follower": 1, "followerEvent": 1, "pipeline": 2, "stage": 6, "fields": 1, "fieldOptions": 1,
		"mailThread": 1, "mailMessage": 2, "inboundMail": 2, "signpost": 1,
	} {
		if counts[kind] < want {
			t.Errorf("%d lines of %s, want %d", counts[kind], kind, want)
		}
		delete(counts, kind)
	}
	if counts["change"] < 12 || counts["fact"] < 7 {
		t.Errorf("besides: %v", counts)
	}
	var manifest struct {
		Format  string
		Version int
		Lines   map[string]int
		Objects int
		Lost    int
		Numbers map[string]int
	}
	if err := json.Unmarshal([]byte(others["manifest.json"]), &manifest); err != nil || manifest.Format != "lejek-export" || manifest.Version != 1 ||
		manifest.Lost != 0 || manifest.Lines["deal"] != 4 || manifest.Numbers["deal"] != 4 || manifest.Objects != len(others)-1 {
		t.Errorf("%s %v", others["manifest.json"], err)
	}
	whole := ""
	pictures, raw, plans := 0, 0, 0
	for name, content := range others {
		whole += content
		if strings.Contains(name, "picture-") && strings.HasPrefix(content, "\xff\xd8") {
			pictures++
		}
		if strings.HasPrefix(name, "mail/") && strings.Contains(content, "Subject: Re: planks") {
			raw++
		}
		if strings.HasPrefix(content, "plan") && strings.HasPrefix(name, "files/") {
			plans++
		}
	}
	if pictures != 2 || raw != 2 || plans != 1 || !strings.Contains(whole, strings.Repeat("quote ", 2000)) {
		t.Errorf("%d pictures, %d raw mails, %d attachments", pictures, raw, plans)
	}
	for _, l := range lines {
		whole += strings.Join(l, "\n")
	}
	for _, secret := range []string{string(o.Token), o.Token.Hash(), "zebra"} {
		if strings.Contains(whole, secret) {
			t.Errorf("the archive holds %q", secret)
		}
	}
	if !strings.Contains(whole, "Tartak <Nowak> & Synowie") {
		t.Error("texts are not as they were written")
	}
}

func TestOnlyAdminsHaveExports(t *testing.T) {
	t.Parallel()
	o := open(t, tiny)
	id := o.make("/api/v2/exports", nil)
	o.drain(nil)
	bob := o.make("/v1/users", m{"email": "bob@acme.example", "name": "Bob", "active_flag": true})
	token := o.Do("POST", "/api/v2/apiTokens", m{"name": "his", "user_id": bob}).Data()["token"]
	his := *o.Client
	his.Header = map[string]string{"x-api-token": token.(string)}
	for _, call := range []string{"GET /api/v2/exports", "POST /api/v2/exports", apptest.Path("GET /api/v2/exports/%d", id), apptest.Path("DELETE /api/v2/exports/%d", id)} {
		method, path, _ := strings.Cut(call, " ")
		if got := his.Do(method, path, nil); got.Status != 403 {
			t.Errorf("%s: %d %s", call, got.Status, got.Raw)
		}
	}
	if list := o.Must("GET", "/api/v2/exports", nil).List(); len(list) != 1 || list[0].(m)["status"] != "done" {
		t.Errorf("%v", list)
	}
}

func TestDeletedExportIsGone(t *testing.T) {
	t.Parallel()
	o := open(t, tiny)
	id := o.make("/api/v2/exports", nil)
	o.drain(nil)
	link := o.Must("GET", apptest.Path("/api/v2/exports/%d", id), nil).Data()["download_url"].(string)
	o.Must("DELETE", apptest.Path("/api/v2/exports/%d", id), nil)
	if status := get(t, link); status != 404 {
		t.Errorf("the archive: %d", status)
	}
	if got := o.Do("GET", apptest.Path("/api/v2/exports/%d", id), nil); got.Status != 404 {
		t.Errorf("the export: %d %s", got.Status, got.Raw)
	}
	// One that is under way ends with its step.
	id = o.make("/api/v2/exports", nil)
	first := o.signals()
	o.deliver(first[0])
	o.Must("DELETE", apptest.Path("/api/v2/exports/%d", id), nil)
	if steps := o.drain(nil); steps != 1 {
		t.Errorf("%d steps after it was deleted", steps)
	}
}
