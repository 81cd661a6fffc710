package persons_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
)

// portrait is a picture, all of one grey.
func portrait(w, h int, grey uint8) string {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = grey
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img)
	return b.String()
}

func upload(content string, fields ...string) apptest.Form {
	f := apptest.Form{Files: map[string]string{"file": content}, Fields: map[string]string{}}
	for i := 0; i < len(fields); i += 2 {
		f.Fields[fields[i]] = fields[i+1]
	}
	return f
}

// show fetches a picture as a browser does: with nothing but its address.
func show(t *testing.T, url any) (status, side int, grey uint8) {
	t.Helper()
	res, err := http.Get(fmt.Sprint(url))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		return res.StatusCode, 0, 0
	}
	img, err := jpeg.Decode(bytes.NewReader(content))
	if err != nil || res.Header.Get("Content-Type") != "image/jpeg" {
		t.Fatalf("%s: %v", res.Header.Get("Content-Type"), err)
	}
	return res.StatusCode, img.Bounds().Dx(), color.GrayModel.Convert(img.At(9, 9)).(color.Gray).Y
}

func TestAPersonHasOnePicture(t *testing.T) {
	t.Parallel()
	a := apptest.New(t, apptest.WithObjects)
	c := a.NewTeam("Acme")
	c.Must("POST", "/api/v2/persons", map[string]any{"name": "Ann"})
	if got := c.Do("GET", "/api/v2/persons/1/picture", nil); got.Status != http.StatusNotFound || !strings.Contains(got.Raw, "Picture not found") {
		t.Errorf("without a picture: %d %s", got.Status, got.Raw)
	}
	a.Later(time.Minute)
	put := c.Must("POST", "/v1/persons/1/picture", upload(portrait(300, 300, 50))).Data()
	if put["add_time"] != "2026-11-23 10:01:00" || put["id"] != 1.0 {
		t.Errorf("v1 answers %v", put)
	}
	if p := c.Must("GET", "/api/v2/persons/1", nil).Data(); p["picture_id"] != 1.0 || p["update_time"] != "2026-11-23T10:01:00Z" {
		t.Errorf("picture_id %v, update_time %v", p["picture_id"], p["update_time"])
	}
	first := see(t, c, 1, 50)
	c.Must("POST", "/api/v1/persons/1/picture", upload(portrait(500, 200, 200), "crop_x", "100", "crop_width", "200"))
	see(t, c, 2, 200)
	// The first picture goes when its record is removed, as TTL does at once.
	indexer := a.Handler("indexer")
	remove := func(ref change.Ref) {
		t.Helper()
		if _, err := indexer.Invoke(context.Background(), a.Expire(c.Team.ID, ref)); err != nil {
			t.Fatal(err)
		}
	}
	remove(change.Named(change.Discarded, fmt.Sprintf("files/%d/picture-1-128", c.Team.ID)))
	gone(t, first)
	see(t, c, 2, 200)
	c.Must("DELETE", "/v1/persons/1/picture", nil)
	if got := c.Do("DELETE", "/v1/persons/1/picture", nil); got.Status != http.StatusNotFound {
		t.Errorf("removed again: %d %s", got.Status, got.Raw)
	}
	if p := c.Must("GET", "/api/v2/persons/1", nil).Data(); p["picture_id"] != nil {
		t.Errorf("picture_id %v", p["picture_id"])
	}
	var log []string
	for _, row := range c.Must("GET", "/v1/persons/1/flow", nil).List() {
		if f := row.(map[string]any)["data"].(map[string]any); f["field_key"] == "picture_id" {
			log = append(log, fmt.Sprint(f["old_value"], ">", f["new_value"]))
		}
	}
	if got := strings.Join(log, " "); got != "2><nil> 1>2 <nil>>1" {
		t.Errorf("the change log says %s", got)
	}
	// A person's picture goes with the person.
	c.Must("POST", "/v1/persons/1/picture", upload(portrait(128, 128, 90)))
	last := see(t, c, 3, 90)
	c.Must("DELETE", "/api/v2/persons/1", nil)
	if got := c.Do("POST", "/v1/persons/1/picture", upload(portrait(128, 128, 90))); got.Status != http.StatusNotFound {
		t.Errorf("for a deleted person: %d %s", got.Status, got.Raw)
	}
	remove(change.Of(change.Person, 1))
	gone(t, last)
}

// see looks at the picture in both sizes, and returns where they are.
func see(t *testing.T, c *apptest.Client, id float64, grey uint8) (urls []any) {
	t.Helper()
	p := c.Must("GET", "/api/v2/persons/1/picture", nil).Data()
	if p["id"] != id || p["item_type"] != "person" || p["item_id"] != 1.0 || p["added_by_user_id"] != 1.0 || p["active_flag"] != true || p["file_size"].(float64) < 100 || len(p) != 7 {
		t.Errorf("picture: %v", p)
	}
	for name, url := range p["pictures"].(map[string]any) {
		urls = append(urls, url)
		if status, side, got := show(t, url); status != http.StatusOK || fmt.Sprint(side) != name || got < grey-3 || got > grey+3 {
			t.Errorf("%s: %d, %d pixels, grey %d, want %d", name, status, side, got, grey)
		}
	}
	if len(urls) != 2 {
		t.Errorf("%d pictures", len(urls))
	}
	return urls
}

func gone(t *testing.T, urls []any) {
	t.Helper()
	for _, url := range urls {
		if status, _, _ := show(t, url); status != http.StatusNotFound {
			t.Errorf("%v: %d", url, status)
		}
	}
}

func TestWrongPicturesAreRefused(t *testing.T) {
	t.Parallel()
	c := apptest.New(t, apptest.WithObjects).NewTeam("Acme")
	c.Must("POST", "/api/v2/persons", map[string]any{"name": "Ann"})
	good := portrait(300, 300, 50)
	for _, bad := range []struct {
		name   string
		body   any
		status int
		want   string
	}{
		{"nothing", nil, 400, "file: must be given"},
		{"JSON", map[string]any{"file": "x"}, 415, `The media type \"application/json\" is not read here; please send multipart/form-data`},
		{"no file", apptest.Form{Fields: map[string]string{"crop_x": "1"}}, 400, "file: must be given"},
		{"a file as text", apptest.Form{Fields: map[string]string{"file": good}}, 400, "file: must be a file"},
		{"an empty file", upload(""), 400, "file: is empty"},
		{"no picture", upload("hello"), 400, "file: must be a picture: GIF, JPEG or PNG"},
		{"wrong crop", upload(good, "crop_x", "-1", "crop_y", "x", "crop_width", "0"), 400, "crop_x: must be at least 0; crop_y: must be a whole number; crop_width: must be at least 1"},
		{"crop beyond the edge", upload(good, "crop_x", "200"), 400, "crop_x: must be at most 172"},
		{"too large", upload(strings.Repeat("x", 4_500_000)), 413, "The body is larger than 4.5 MB"},
	} {
		if got := c.Do("POST", "/v1/persons/1/picture", bad.body); got.Status != bad.status || !strings.Contains(got.Raw, bad.want) {
			t.Errorf("%s: %d %s, want %d %q", bad.name, got.Status, got.Raw, bad.status, bad.want)
		}
	}
	if got := c.Do("POST", "/v1/persons/9/picture", upload(good)); got.Status != http.StatusNotFound {
		t.Errorf("for nobody: %d %s", got.Status, got.Raw)
	}
}
