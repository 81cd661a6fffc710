package importer_test

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/app/apptest"
)

func (o office) get(id int64) m {
	o.t.Helper()
	return o.Must("GET", apptest.Path("/api/v2/imports/%d", id), nil).Data()
}

// drop puts an object as somebody does who writes into the bucket.
func (o office) drop(key, content string) { o.app.PutObject(o.app.DataBucket, key, []byte(content)) }

func TestUnreadableFileFailsAndIsKept(t *testing.T) {
	t.Parallel()
	o := open(t)
	for content, want := range map[string]string{
		"":                                     "the file is empty",
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 xls": "old Excel file",
		"Colour,Size\nred,5\n":                 `no column is known: the first row holds "Colour", "Size"`,
		"Person name\n\"Jan\n":                 "a quote is opened and never closed",
		"Person name\n" + strings.Repeat("x\n", 50_001): "more than 50000 rows",
	} {
		id := o.put([]byte(content), m{"file_name": "x"})
		o.drain()
		d := o.get(id)
		if reason, _ := d["error"].(string); d["status"] != "failed" || !strings.Contains(reason, want) || d["done_time"] == nil {
			t.Errorf("%q: %v %v", want, d["status"], d["error"])
		}
		o.keeps(apptest.Path("uploads/%d/%d", o.Team.ID, id))
	}
	o.count(m{"persons": 0})
}

func (o office) keeps(key string) {
	o.t.Helper()
	if _, err := o.app.S3.HeadObject(o.t.Context(), head(o.app.DataBucket, key)); err != nil {
		o.t.Errorf("%s is gone: %v", key, err)
	}
}

func TestHeadersAloneAreDoneAtOnce(t *testing.T) {
	t.Parallel()
	o := open(t)
	if got := progress(o.file([]byte("Person name,Email\n"))); !strings.HasPrefix(got, "done: 0 of 0 rows") {
		t.Error(got)
	}
}

func TestImportWaitsForItsStart(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.put([]byte(brief), m{"file_name": "brief.csv", "file_size": len(brief), "auto_start": false})
	o.drain()
	d := o.get(id)
	if d["status"] != "analysing" || d["rows_total"] != 3.0 || d["start_time"] != nil || d["rows_done"] != 0.0 {
		t.Errorf("before the start: %v", d)
	}
	if columns := fmt.Sprint(d["columns"]); !strings.Contains(columns, "map[field:person.email header:Email]") {
		t.Errorf("columns %v", columns)
	}
	o.count(m{"persons": 0})
	for range 2 { // a second start changes nothing
		o.Must("POST", apptest.Path("/api/v2/imports/%d/start", id), nil)
		o.drain()
	}
	if d = o.get(id); d["status"] != "done" || d["rows_done"] != 3.0 {
		t.Errorf("after the start: %v", d)
	}
	o.count(m{"persons": 1, "deals": 2})

	// Started before its file comes, it does not wait.
	made := o.Do("POST", "/api/v2/imports", m{"file_name": "late.csv", "auto_start": false})
	o.Must("POST", apptest.Path("/api/v2/imports/%d/start", made.ID()), nil)
	o.drop(apptest.Path("uploads/%d/%d", o.Team.ID, made.ID()), brief)
	o.drain()
	if d = o.get(made.ID()); d["status"] != "done" {
		t.Errorf("started early: %v", d["status"])
	}
}

// Whoever starts an import at the moment at which its file is taken changes the same record; neither has to come again.
func TestStartWhileTheFileIsTaken(t *testing.T) {
	t.Parallel()
	var meanwhile func()
	o := open(t, install(faults.Hook{Before: func(_ context.Context, c faults.Call) error {
		if do := meanwhile; do != nil && c.Operation == "TransactWriteItems" {
			meanwhile = nil
			do()
		}
		return nil
	}}))
	id := o.put([]byte(brief), m{"file_name": "brief.csv", "auto_start": false})
	notices := o.notices.Take()
	meanwhile = func() { o.Must("POST", apptest.Path("/api/v2/imports/%d/start", id), nil) }
	for _, n := range notices {
		if !o.deliver(n) {
			t.Error("the file has to come again")
		}
	}
	o.drain()
	if d := o.get(id); d["status"] != "done" || d["rows_done"] != 3.0 {
		t.Errorf("%v", d)
	}
}

func TestDroppedFileIsImportedByTheFirstUser(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.drop(apptest.Path("uploads/%d/old crm/żółte leady.csv", o.Team.ID), brief)
	notices := o.notices.Take()
	for range 3 { // its event comes three times
		for _, n := range notices {
			o.deliver(n)
		}
		o.drain()
	}
	list := o.Must("GET", "/api/v2/imports", nil).List()
	if len(list) != 1 {
		t.Fatalf("%d imports", len(list))
	}
	d := list[0].(m)
	if d["status"] != "done" || d["file_name"] != "żółte leady.csv" || d["user_id"] != float64(o.User.ID) || d["rows_done"] != 3.0 {
		t.Errorf("%v", d)
	}
	o.count(m{"persons": 1, "deals": 2})
	// The same file dropped there again is another import.
	o.app.Later(time.Minute)
	o.drop(apptest.Path("uploads/%d/old crm/żółte leady.csv", o.Team.ID), brief)
	o.drain()
	for _, n := range notices { // a late event of the first one is nothing new
		o.deliver(n)
	}
	o.drain()
	o.count(m{"imports": 2, "persons": 1, "deals": 4})

	o.drop("uploads/999999/x.csv", brief) // a team that does not exist
	o.drop("uploads/x.csv", brief)
	o.drop(apptest.Path("work/%d/1/700", o.Team.ID), "{}")
	o.drop(apptest.Path("work/%d/77/0", o.Team.ID), "{}")
	o.drain()
	o.count(m{"imports": 2, "deals": 4})
}

func TestFilePutTwiceIsImportedOnce(t *testing.T) {
	t.Parallel()
	o := open(t)
	made := o.Do("POST", "/api/v2/imports", m{"file_name": "x.csv"})
	key := apptest.Path("uploads/%d/%d", o.Team.ID, made.ID())
	o.drop(key, "Person name\nFirst\n")
	first := o.notices.Take()
	o.drop(key, "Person name\nSecond\n")
	second := o.notices.Take()
	for _, n := range append(append(second, first...), second...) {
		o.deliver(n)
		o.drain()
	}
	o.count(m{"imports": 1, "persons": 1})
	// Another content under the key of an import that is done is an import of its own, by the same user.
	o.drop(key, "Person name\nThird\n")
	o.drain()
	o.count(m{"imports": 2, "persons": 2})
}

func TestEveryFailedRowCanBeRead(t *testing.T) {
	t.Parallel()
	o := open(t)
	d := o.file([]byte("Person name,Email\n" + strings.Repeat("Jan,wrong\n", 130))).Data()
	if d["rows_failed"] != 130.0 || len(d["errors"].([]any)) != 100 {
		t.Fatalf("%v failed, %d shown", d["rows_failed"], len(d["errors"].([]any)))
	}
	rest := o.Must("GET", d["errors_next"].(string), nil)
	if n := len(rest.List()); n != 30 || rest.List()[0].(m)["row"] != 102.0 || rest.Body["additional_data"].(m)["next_cursor"] != nil {
		t.Errorf("%d more, first %v", n, rest.List()[0])
	}
	all := 0
	for target := apptest.Path("/api/v2/imports/%v/errors?limit=10", d["id"]); target != ""; {
		a := o.Must("GET", target, nil)
		all += len(a.List())
		target = ""
		if next, ok := a.Body["additional_data"].(m)["next_cursor"].(string); ok {
			target = apptest.Path("/api/v2/imports/%v/errors?limit=10&cursor=%s", d["id"], next)
		}
	}
	if all != 130 {
		t.Errorf("%d on all pages", all)
	}
	if a := o.Do("GET", apptest.Path("/api/v2/imports/%v/errors?cursor=x!", d["id"]), nil); a.Status != 400 {
		t.Errorf("a bad cursor: %d", a.Status)
	}
}

func TestImportsOfOthersDoNotExist(t *testing.T) {
	t.Parallel()
	o := open(t)
	id := o.put([]byte(brief), m{"file_name": "x.csv"})
	o.drain()
	other := o.app.NewTeam("Other")
	for _, c := range [][2]string{{"GET", "%d"}, {"POST", "%d/start"}, {"GET", "%d/errors"}} {
		theirs := other.Do(c[0], "/api/v2/imports/"+apptest.Path(c[1], id), nil)
		none := other.Do(c[0], "/api/v2/imports/"+apptest.Path(c[1], 999), nil)
		if theirs.Status != 404 || theirs.Raw != none.Raw {
			t.Errorf("%v: %d %s", c, theirs.Status, theirs.Raw)
		}
	}
	if n := len(other.Must("GET", "/api/v2/imports", nil).List()); n != 0 {
		t.Errorf("%d imports of others", n)
	}
	// A key names the team, and what it brings stays there.
	o.drop(apptest.Path("uploads/%d/%d", other.Team.ID, id), "Person name\nTheirs\n")
	o.drain()
	o.count(m{"persons": 1, "imports": 1})
	if n := len(other.Must("GET", "/api/v2/persons", nil).List()); n != 1 {
		t.Errorf("%d persons of the other team", n)
	}
}

// What the API would refuse fails its row, and never the rows beside it.
func TestRowsAreHeldToTheLimitsOfTheAPI(t *testing.T) {
	t.Parallel()
	o := open(t)
	long := func(n int) string { return strings.Repeat("7", n) }
	columns := []string{"Phone", "Email", "Organization address", "Website", "Employees"}
	file := "Person,Organization," + strings.Join(columns, ",") + "\n"
	want := []any{}
	for i, r := range [][3]string{
		{"Phone", long(500_000), "Phone: must be at most 320 characters"},
		{"Phone", long(321) + ",1", "Phone: must be at most 320 characters"},
		{"Email", "a@b.example," + long(320) + "@b.example", "Email: must be at most 320 characters"},
		{"Organization address", long(1001), "Organization address: must be at most 1000 characters"},
		{"Website", long(2001), "Website: must be at most 2000 characters"},
		{"Employees", "-1", "Employees: must be at least 0"},
		{"Phone", long(320), ""},
		{"Organization address", long(1000), ""},
		{"Website", long(2000), ""},
	} {
		cells := make([]string, len(columns))
		cells[slices.Index(columns, r[0])] = `"` + r[1] + `"`
		file += fmt.Sprintf("Jan %d,Firm %d,%s\n", i, i, strings.Join(cells, ","))
		if r[2] != "" {
			want = append(want, m{"row": float64(i + 2), "reason": r[2]})
		}
	}
	if d := o.file([]byte(file)).Data(); d["status"] != "done" || !reflect.DeepEqual(d["errors"], want) {
		t.Errorf("%v\n%v\nwant %v", d["status"], d["errors"], want)
	}
	o.count(m{"persons": 3, "organizations": 3})
}

func TestImportIsAnnouncedInFull(t *testing.T) {
	t.Parallel()
	o := open(t)
	for body, want := range map[string]string{
		`{}`:                                     "file_name",
		`{"file_name":" "}`:                      "file_name",
		`{"file_name":"x","file_size":-1}`:       "file_size",
		`{"file_name":"x","file_size":99e6}`:     "file_size",
		`{"file_name":"x","file_size":60000000}`: "at most 52428800 bytes",
		`{"file_name":"x","auto_start":null}`:    "auto_start",
		`{"file_name":"x","foo":1}`:              "foo",
	} {
		if a := o.Do("POST", "/api/v2/imports", body); a.Status != 400 || !strings.Contains(a.Raw, want) {
			t.Errorf("%s: %d %s", body, a.Status, a.Raw)
		}
	}
	made := o.Do("POST", "/api/v2/imports", m{"file_name": "x.csv"})
	r, err := http.NewRequest(http.MethodOptions, made.Data()["upload"].(m)["url"].(string), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "https://crm.example")
	r.Header.Set("Access-Control-Request-Method", "PUT")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.Header.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(answer.Header.Get("Access-Control-Allow-Methods"), "PUT") {
		t.Errorf("a page may not put: %v", answer.Header)
	}
}
