package files_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/files"
)

type m = map[string]any

// store makes files of a team, as the linker does, and their bytes.
func store(t *testing.T, a *apptest.App, c *apptest.Client, list ...files.File) {
	t.Helper()
	set := change.Set{Team: c.Team.ID}
	for i, f := range list {
		f.ID, f.UserID, f.Key = int64(i+1), c.User.ID, fmt.Sprintf("files/%d/%d", c.Team.ID, i+1)
		f.AddTime, f.UpdateTime = a.Now(), a.Now()
		targets, err := a.DB.Targets(context.Background(), c.Team.ID, f.HangsOn())
		if err != nil {
			t.Fatal(err)
		}
		set.PutPlaced(nil, f, targets)
		a.PutObject(a.DataBucket, f.Key, []byte("bytes of "+f.Name))
	}
	if err := a.DB.Commit(context.Background(), set); err != nil {
		t.Fatal(err)
	}
}

func TestFileIsListedAndDownloaded(t *testing.T) {
	t.Parallel()
	a := apptest.New(t, apptest.WithObjects)
	c := a.NewTeam("Acme")
	o := c.Must("POST", "/api/v2/organizations", m{"name": "One"}).ID()
	p := c.Must("POST", "/api/v2/persons", m{"name": "Ann", "org_id": o}).ID()
	d := c.Must("POST", "/api/v2/deals", m{"title": "Big", "person_id": p}).ID()
	store(t, a, c,
		files.File{Name: "Umowa – zażółć.pdf", MediaType: "application/pdf", Size: 5, DealID: &d, PersonIDs: []int64{p}},
		files.File{Name: "page.html", MediaType: "text/html", DealID: &d},
		files.File{Name: "virus.exe", MediaType: "application/octet-stream", Locked: true},
	)
	const want = `{"id":1,"user_id":1,"deal_id":1,"person_id":1,"org_id":null,"product_id":null,"activity_id":null,"lead_id":null,"project_id":null,` +
		`"log_id":null,"add_time":"2026-11-23 10:00:00","update_time":"2026-11-23 10:00:00","file_name":"1","name":"Umowa – zażółć.pdf",` +
		`"file_type":"pdf","file_size":5,"active_flag":true,"inline_flag":false,"remote_location":"s3","remote_id":"","cid":null,"s3_bucket":null,` +
		`"mail_message_id":null,"mail_template_id":null,"deal_name":"Big","person_name":"Ann","people_name":"Ann","org_name":null,` +
		`"product_name":null,"lead_name":null,"project_name":null,"url":"https://crm.example/v1/files/1/download","description":null}`
	if got := c.Must("GET", "/v1/files/1", nil).Raw; !strings.Contains(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for path, ids := range map[string]string{
		"/v1/files": "[1 2 3]", "/v1/files?sort=id%20DESC&limit=2": "[3 2]", "/v1/files?start=1&limit=1": "[2]",
		"/v1/files?sort=update_time": "[1 2 3]", "/api/v1/files?start=3": "[]",
		"/v1/deals/1/files": "[2 1]", "/v1/persons/1/files?sort=id": "[1 2]", "/v1/organizations/1/files?limit=1": "[2]",
		"/v1/deals/1/files?sort=update_time%20ASC": "[1 2]",
	} {
		var got []any
		for _, f := range c.Must("GET", path, nil).List() {
			got = append(got, f.(m)["id"])
		}
		if fmt.Sprint(got) != ids {
			t.Errorf("%s: %v, want %s", path, got, ids)
		}
	}
	for id, want := range map[int][2]string{
		1: {`attachment; filename="Umowa _ za____.pdf"; filename*=UTF-8''Umowa%20%E2%80%93%20za%C5%BC%C3%B3%C5%82%C4%87.pdf`, "application/pdf"},
		2: {`attachment; filename="page.html"; filename*=UTF-8''page.html`, "application/octet-stream"},
	} {
		r := c.Do("GET", apptest.Path("/v1/files/%d/download", id), nil)
		link, err := url.Parse(r.Header["Location"])
		if r.Status != http.StatusFound || err != nil {
			t.Fatalf("download: %d %s", r.Status, r.Raw)
		}
		q := link.Query()
		if q.Get("response-content-disposition") != want[0] || q.Get("response-content-type") != want[1] || q.Get("X-Amz-Expires") != "300" {
			t.Errorf("the link of %d is %v", id, q)
		}
		answer, err := http.Get(link.String())
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Disposition") != want[0] || answer.Header.Get("Content-Type") != want[1] {
			t.Errorf("file %d came as %d %v", id, answer.StatusCode, answer.Header)
		}
	}
	if r := c.Do("GET", "/v1/files/3/download", nil); r.Status != http.StatusForbidden {
		t.Errorf("a locked file: %d %s", r.Status, r.Raw)
	}
	for _, wrong := range []string{"limit=101", "limit=0", "start=-1", "start=10001", "sort=name", "sort=id%20UP"} {
		if r := c.Do("GET", "/v1/files?"+wrong, nil); r.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", wrong, r.Status, r.Raw)
		}
	}
	other := a.NewTeam("Other")
	for _, path := range []string{"/v1/files/%d", "/v1/files/%d/download"} {
		theirs, none := other.Do("GET", apptest.Path(path, 1), nil), c.Do("GET", apptest.Path(path, 99), nil)
		if theirs.Status != http.StatusNotFound || theirs.Raw != none.Raw {
			t.Errorf("%s of another team: %d %s, want %s", path, theirs.Status, theirs.Raw, none.Raw)
		}
	}
	if got := other.Must("GET", "/v1/files", nil).List(); len(got) != 0 {
		t.Errorf("another team lists %v", got)
	}
}
