package exports_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lejek/lejek/infra/restore"
	"github.com/lejek/lejek/shared/app/apptest"
)

// download is the bytes of a team's archive, made anew.
func (o office) download() []byte {
	o.t.Helper()
	id := o.make("/api/v2/exports", nil)
	o.drain(nil)
	answer, err := http.Get(o.Must("GET", apptest.Path("/api/v2/exports/%d", id), nil).Data()["download_url"].(string))
	if err != nil {
		o.t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return content
}

func (o office) restore(content []byte) error {
	o.t.Helper()
	a, err := restore.Open(o.app.Env, o.Team.ID, bytes.NewReader(content), int64(len(content)))
	if err != nil {
		o.t.Fatal(err)
	}
	_, err = a.Restore(context.Background())
	return err
}

func read(t testing.TB, content []byte) *zip.Reader {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// own is what each team signs for itself: links, and the addresses of records.
var own = regexp.MustCompile(`"http://127[^"]*"|-[a-z2-7]{16}@`)

// like is the same text if only team 1 had been team 2.
func (o office) like(from office, text string) string {
	return strings.NewReplacer("files/1/", "files/2/", from.Team.InboundLocal, o.Team.InboundLocal, `"company_id":1,`, `"company_id":2,`,
		`{"ref":"team#1","record":{"ID":1,`, `{"ref":"team#2","record":{"ID":2,`).Replace(own.ReplaceAllString(text, "own"))
}

// whole are questions whose answers show that all that was derived is there again.
var whole = []string{
	"/api/v2/deals?include_fields=next_activity_id,last_activity_id,activities_count,done_activities_count,undone_activities_count,files_count,notes_count,followers_count,email_messages_count,products_count,participants_count,last_incoming_mail_time,last_outgoing_mail_time",
	"/api/v2/deals/archived", "/api/v2/deals/1/view", "/api/v2/deals/2/view", "/api/v2/persons/1/view", "/api/v2/persons/2/view", "/api/v2/persons/2/linkSuggestions",
	"/api/v2/organizations/1/view", "/api/v2/organizations/2/view", "/v1/deals/1/flow", "/v1/persons/1/flow", "/v1/organizations/1/flow",
	"/v1/deals/1/changelog", "/v1/persons/1/changelog", "/v1/deals/1/files", "/v1/deals/1/mailMessages", "/v1/persons/1/mailMessages", "/api/v2/deals/1/followers",
	"/api/v2/deals/1/followers/changelog", "/v1/organizationRelationships?org_id=1", "/api/v2/activities", "/v1/notes", "/v1/notes/1/comments", "/v1/files",
	"/v1/filters", "/v1/mailbox/mailThreads?folder=inbox", "/v1/mailbox/mailThreads/1/mailMessages", "/v1/mailbox/mailMessages/1?include_body=1", "/api/v2/inboundMail",
	"/api/v2/dealFields", "/api/v2/pipelines", "/api/v2/stages", "/v1/activityTypes", "/v1/users", "/v1/persons/1/permittedUsers", "/v1/deals/summary",
	"/v1/pipelines/1/conversion_statistics?start_date=2026-11-01&end_date=2026-11-30", "/v1/pipelines/2/movement_statistics?start_date=2026-11-01&end_date=2026-11-30",
	"/api/v2/itemSearch?term=planks", "/api/v2/itemSearch?term=tartak", "/api/v2/persons/search?term=700800", "/api/v2/itemSearch?term=oak",
}

func TestArchiveIntoAnEmptyTeamIsTheSameTeam(t *testing.T) {
	t.Parallel()
	old := open(t, tiny)
	settle := old.app.Follow()
	old.live()
	settle()
	old.signals()
	archive := old.download()
	now := old
	now.Client = old.app.NewTeam("Empty")
	now.make("/api/v2/stages", m{"name": "Of a new team", "pipeline_id": 1}) // goes: the archive has none of that number but one of its own
	if err := now.restore(archive); err != nil {
		t.Fatal(err)
	}
	settle()
	if list := old.Must("GET", "/api/v2/persons/2/linkSuggestions", nil).List(); len(list) != 1 {
		t.Fatalf("the old team is offered %v", list)
	}
	for _, path := range whole {
		got, want := now.Must("GET", path, nil), old.Must("GET", path, nil)
		if like := now.like(old, want.Raw); now.like(old, got.Raw) != like {
			t.Errorf("GET %s\n%s\nwant\n%s", path, got.Raw, like)
		}
	}
	lines, others := texts(t, read(t, now.download()))
	wantLines, wantOthers := texts(t, read(t, archive))
	for kind, list := range wantLines {
		if kind == "fact" || kind == "trail" {
			continue // what was not folded is now; the statistics above tell the same
		}
		for i := range list {
			list[i] = now.like(old, list[i])
		}
		for i := range lines[kind] { // who a mail was written to stays as it was
			lines[kind][i] = now.like(old, lines[kind][i])
		}
		if !slices.Equal(lines[kind], list) {
			t.Errorf("lines of %s\n%s\nwant\n%s", kind, strings.Join(lines[kind], "\n"), strings.Join(list, "\n"))
		}
	}
	delete(others, "manifest.json")
	delete(wantOthers, "manifest.json")
	if len(others) != len(wantOthers) {
		t.Errorf("%d files, want %d", len(others), len(wantOthers))
	}
	for name, content := range wantOthers {
		if others[name] != content {
			t.Errorf("%s differs", name)
		}
	}
	// The team lives on: new numbers, and mail that finds its thread and its person.
	if id := now.make("/api/v2/deals", m{"title": "Another"}); id != 5 {
		t.Errorf("the next deal is %d", id)
	}
	now.app.Deliver(apptest.Mail{From: "jan@x.example", To: []string{now.Address()}, Raw: "From: jan@x.example\nTo: ada@acme.example\nMessage-ID: <9@x.example>\n" +
		"In-Reply-To: <1@x.example>\nDate: Mon, 23 Nov 2026 09:30:00 +0000\nSubject: Re: planks\n\nWell?\n"})
	if d := now.Must("GET", "/v1/mailbox/mailThreads/1/mailMessages", nil).List(); len(d) != 3 {
		t.Errorf("%d messages in the thread, want 3", len(d))
	}
	if people := now.Must("GET", "/api/v2/persons", nil).List(); len(people) != 2 {
		t.Errorf("%d persons", len(people))
	}
	if got := old.Must("GET", "/api/v2/deals", nil).List(); len(got) != 2 {
		t.Errorf("the old team has %d deals", len(got))
	}
	if err := now.restore(archive); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("into a team that is not empty: %v", err)
	}
}

// TestRestoreKilledAndBegunAgain ends with the same team, whenever it was killed.
func TestRestoreKilledAndBegunAgain(t *testing.T) {
	t.Parallel()
	f := &fuse{}
	old := open(t, tiny, install(f.hook()))
	old.live()
	old.signals()
	archive := old.download()
	want := ""
	kills := []int64{0}
	for i := 0; i < len(kills); i++ {
		at := kills[i]
		now := old
		now.Client = old.app.NewTeam(fmt.Sprint("Empty", at))
		f.calls.Store(0)
		f.at, f.after = at, at%2 == 0
		err := now.restore(archive)
		blown := f.at != 0 && f.calls.Load() >= f.at
		f.at = 0
		for total := f.calls.Load(); at == 0 && len(kills) < 60; { // here and there, and at each of the last calls, which set numbers
			next := kills[len(kills)-1] + 67
			if next > total-10 {
				next = max(total-10, kills[len(kills)-1]+1)
			}
			if next > total {
				break
			}
			kills = append(kills, next)
		}
		if at > 0 && blown && !errors.Is(err, errBlown) {
			t.Fatalf("killed at call %d: %v", at, err)
		}
		if at > 0 && err != nil {
			err = now.restore(archive)
		}
		if err != nil {
			t.Fatalf("begun again after call %d: %v", at, err)
		}
		got := ""
		for _, path := range whole[:len(whole)-4] {
			a := now.Must("GET", path, nil)
			got += strings.NewReplacer(now.Team.InboundLocal, "address", apptest.Path(`"company_id":%d`, now.Team.ID), "").Replace(own.ReplaceAllString(a.Raw, ""))
			got += "\n"
		}
		if want == "" {
			want = got
		}
		if got != want {
			a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
			for i := range a {
				if a[i] != b[i] {
					t.Errorf("killed at call %d: GET %s\n%s\nwant\n%s", at, whole[i], a[i], b[i])
				}
			}
		}
		if id, stage := now.make("/api/v2/deals", m{"title": "Next"}), now.make("/api/v2/stages", m{"name": "Next", "pipeline_id": 1}); id != 5 || stage != 7 {
			t.Errorf("killed at call %d: the next deal is %d, the next stage %d", at, id, stage)
		}
	}
	t.Logf("killed at calls %v", kills)
}
