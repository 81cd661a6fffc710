package files_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

func form(content string, fields ...string) apptest.Form {
	f := apptest.Form{Files: map[string]string{"file": content}, Fields: map[string]string{}}
	for i := 0; i < len(fields); i += 2 {
		f.Fields[fields[i]] = fields[i+1]
	}
	return f
}

// fetch follows a download as a client does.
func fetch(t *testing.T, c *apptest.Client, id int64) string {
	t.Helper()
	r := c.Do("GET", apptest.Path("/v1/files/%d/download", id), nil)
	if r.Status != http.StatusFound {
		t.Fatalf("download of %d: %d %s", id, r.Status, r.Raw)
	}
	answer, err := http.Get(r.Header["Location"])
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("download of %d: %d %s %v", id, answer.StatusCode, content, err)
	}
	return string(content)
}

func TestUploadedFileShowsWhereItHangs(t *testing.T) {
	t.Parallel()
	c := apptest.New(t, apptest.WithObjects).NewTeam("Acme")
	org := c.Must("POST", "/api/v2/organizations", m{"name": "Winnica"}).ID()
	deal := c.Must("POST", "/api/v2/deals", m{"title": "Labels", "org_id": org}).ID()
	activity := c.Must("POST", "/api/v2/activities", m{"subject": "Call", "deal_id": deal}).ID()
	const content = "%PDF-1.7 \xff\xfe offer"
	made := c.Must("POST", "/v1/files", form(content, "deal_id", apptest.Path("%d", deal)))
	if made.Data()["name"] != "file.bin" || made.Data()["file_size"] != float64(len(content)) || made.Data()["deal_name"] != "Labels" {
		t.Errorf("made %s", made.Raw)
	}
	if got := fetch(t, c, made.ID()); got != content {
		t.Errorf("came back as %q", got)
	}
	onActivity := c.Must("POST", "/api/v1/files", form("x", "activity_id", apptest.Path("%d", activity)))
	if d := onActivity.Data(); d["activity_id"] != float64(activity) || d["deal_id"] != float64(deal) {
		t.Errorf("on an activity %s", onActivity.Raw)
	}
	if n := len(c.Must("GET", apptest.Path("/v1/organizations/%d/files", org), nil).List()); n != 2 {
		t.Errorf("%d files show on the deal's organization", n)
	}
	flow := c.Must("GET", apptest.Path("/v1/deals/%d/flow?items=file", deal), nil).List()
	if len(flow) != 2 || flow[0].(m)["object"] != "file" {
		t.Errorf("flow %v", flow)
	}
	renamed := c.Must("PUT", apptest.Path("/v1/files/%d", made.ID()), m{"name": "Offer.pdf", "description": "signed"}).Data()
	if renamed["name"] != "Offer.pdf" || renamed["description"] != "signed" || renamed["deal_id"] != float64(deal) {
		t.Errorf("renamed %v", renamed)
	}
	c.Must("DELETE", apptest.Path("/v1/files/%d", made.ID()), nil)
	if r := c.Do("GET", apptest.Path("/v1/files/%d", made.ID()), nil); r.Status != 404 {
		t.Errorf("a deleted file: %d", r.Status)
	}
	if n := len(c.Must("GET", apptest.Path("/v1/deals/%d/files", deal), nil).List()); n != 1 {
		t.Errorf("%d files are left", n)
	}
}

func TestWrongUploadsAreNamed(t *testing.T) {
	t.Parallel()
	c := apptest.New(t, apptest.WithObjects).NewTeam("Acme")
	for _, bad := range []struct {
		target string
		body   any
		status int
		want   string
	}{
		{"/v1/files", form("x", "deal_id", "9", "person_id", "8", "activity_id", "7"), 400, "deal_id: deal 9 not found; person_id: person 8 not found; activity_id: activity 7 not found"},
		{"/v1/files", form("x", "product_id", "1"), 400, "product_id: is not supported"},
		{"/v1/files", apptest.Form{Fields: map[string]string{"deal_id": "1"}}, 400, "file: must be given"},
		{"/v1/files", m{"deal_id": 1}, 415, "multipart/form-data"},
		{"/v1/files", form(strings.Repeat("x", 4_600_000)), 413, "larger than 4.5 MB"},
		{"/v1/files/remote", m{"file_type": "gdoc"}, 400, "not supported"},
		{"/v1/files/remoteLink", m{"item_type": "deal"}, 400, "not supported"},
		{"/api/v2/files/uploads", m{"file_name": " ", "file_size": 0}, 400, "file_name: must be given; file_size: must be at least 1"},
		{"/api/v2/files/uploads", m{"file_name": "big.zip", "file_size": 104857601}, 400, "file_size: must be at most 104857600 bytes"},
		{"/api/v2/files/uploads", m{"file_name": "a.zip", "file_size": 1, "org_id": 5}, 400, "org_id: organization 5 not found"},
	} {
		if r := c.Do("POST", bad.target, bad.body); r.Status != bad.status || !strings.Contains(r.Raw, bad.want) {
			t.Errorf("%s: %d %s, want %d %q", bad.target, r.Status, r.Raw, bad.status, bad.want)
		}
	}
	if n := len(c.Must("GET", "/v1/files", nil).List()); n != 0 {
		t.Errorf("%d files of wrong uploads", n)
	}
}

// put sends content where an announcement says.
func put(t *testing.T, announced apptest.Answer, content string) {
	t.Helper()
	up := announced.Data()["upload"].(m)
	r, err := http.NewRequest(up["method"].(string), up["url"].(string), bytes.NewReader([]byte(content)))
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range up["headers"].(m) {
		r.Header.Set(name, v.(string))
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("PUT: %d", answer.StatusCode)
	}
}

func TestAnnouncedFileBecomesOneWhenItArrives(t *testing.T) {
	t.Parallel()
	notices := &apptest.Notices{}
	app := apptest.New(t, apptest.WithNotices(notices, ""))
	c := app.NewTeam("Acme")
	deal := c.Must("POST", "/api/v2/deals", m{"title": "Labels"}).ID()
	// deliver hands the importer each notice twice, as a queue may.
	deliver := func() {
		for _, body := range notices.Take() {
			for range 2 {
				event, err := json.Marshal(apptest.Queued(body))
				if err != nil {
					t.Fatal(err)
				}
				out, err := app.Handler("importer").Invoke(t.Context(), event)
				if err != nil || string(out) != `{"batchItemFailures":[]}` {
					t.Fatalf("%s %v", out, err)
				}
			}
		}
	}
	content := strings.Repeat("0123456789", 600_000) // more than a request holds
	announced := c.Do("POST", "/api/v2/files/uploads", m{"file_name": "catalogue.pdf", "file_size": len(content), "media_type": "application/pdf", "deal_id": deal})
	if announced.Status != http.StatusCreated || announced.Data()["status"] != "waiting_for_file" || !strings.Contains(announced.Raw, "content-length") {
		t.Fatalf("%d %s", announced.Status, announced.Raw)
	}
	id := announced.ID()
	if r := c.Do("GET", apptest.Path("/v1/files/%d", id), nil); r.Status != 404 {
		t.Errorf("a file that has not come: %d %s", r.Status, r.Raw)
	}
	put(t, announced, content)
	deliver()
	if s := c.Must("GET", apptest.Path("/api/v2/files/uploads/%d", id), nil).Data()["status"]; s != "done" {
		t.Errorf("status %v", s)
	}
	f := c.Must("GET", apptest.Path("/v1/files/%d", id), nil).Data()
	if f["name"] != "catalogue.pdf" || f["file_size"] != float64(len(content)) || f["deal_id"] != float64(deal) || f["file_type"] != "pdf" {
		t.Errorf("file %v", f)
	}
	if fetch(t, c, id) != content {
		t.Error("came back as something else")
	}
	if n := len(c.Must("GET", apptest.Path("/v1/deals/%d/files", deal), nil).List()); n != 1 {
		t.Errorf("%d files on the deal", n)
	}
	put(t, announced, content) // the link works for an hour; a second PUT makes no second file
	deliver()
	other := c.Do("POST", "/api/v2/files/uploads", m{"file_name": "x.bin", "file_size": 3})
	put(t, other, "four") // S3 refuses this by the signature, which is not checked here
	deliver()
	if d := c.Must("GET", apptest.Path("/api/v2/files/uploads/%d", other.ID()), nil).Data(); d["status"] != "failed" || d["error"] == nil {
		t.Errorf("a file of another size: %v", d)
	}
	app.PutObject(app.DataBucket, apptest.Path("files/up/%d/999", c.Team.ID), []byte("nobody's"))
	deliver()
	if n := len(c.Must("GET", "/v1/files", nil).List()); n != 1 {
		t.Errorf("%d files", n)
	}
}
