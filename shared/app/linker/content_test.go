package linker_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/app/linker"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/files"
)

const plan = "Content-Type: application/pdf; name=\"plan.pdf\"\nContent-Disposition: attachment; filename=\"plan.pdf\"\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjQK"

// withPlan is a mail of Jan with one and the same attachment.
func (o office) withPlan(id string) string {
	return strings.ReplaceAll(header("Jan <"+jan+">", o.Address(), "Plan", id)+
		"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"pp\"\n\n--pp\nContent-Type: text/plain\n\nplan "+id+"\n--pp\n"+plan+"\n--pp--\n", "{{inbound}}", o.Address())
}

// objects are the keys of all files of the team, without bodies.
func (o office) objects() (keys []string) {
	o.t.Helper()
	out, err := o.app.S3.ListObjectsV2(context.Background(), &s3.ListObjectsV2Input{Bucket: &o.app.DataBucket})
	if err != nil {
		o.t.Fatal(err)
	}
	for _, object := range out.Contents {
		if !strings.HasSuffix(*object.Key, "-body") {
			keys = append(keys, *object.Key)
		}
	}
	return keys
}

// fetch follows the signed link of a file.
func (o office) fetch(id int64) *http.Response {
	o.t.Helper()
	a := o.Do("GET", apptest.Path("/v1/files/%d/download", id), nil)
	if a.Status != 302 {
		o.t.Fatalf("download of %d: %d %s", id, a.Status, a.Raw)
	}
	res, err := http.Get(a.Header["Location"])
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { _ = res.Body.Close() })
	return res
}

// served is how the bytes of a file are handed out.
func (o office) served(id int64) (kind, disposition string) {
	o.t.Helper()
	res := o.fetch(id)
	return res.Header.Get("Content-Type"), res.Header.Get("Content-Disposition")
}

// download are the bytes of a file.
func (o office) download(id int64) string {
	o.t.Helper()
	res := o.fetch(id)
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != 200 {
		return res.Status
	}
	return string(body)
}

// drop deletes a file, as users do, and clears it away as its time comes.
func (o office) drop(id int64) {
	o.t.Helper()
	f, err := dynamo.NewFiles(o.app.DB).Get(context.Background(), o.Team.ID, id)
	if err != nil {
		o.t.Fatal(err)
	}
	set := change.Set{Team: o.Team.ID}
	set.PutPlaced(f, f.Remove(o.app.Now()).(files.File), change.Targets{Refs: f.Shown})
	if err := o.app.DB.Commit(context.Background(), set); err != nil {
		o.t.Fatal(err)
	}
	event := o.app.Expire(o.Team.ID, f.Ref())
	if out, err := o.app.Handler("indexer").Invoke(context.Background(), event); err != nil || string(out) != `{"batchItemFailures":[]}` {
		o.t.Fatalf("indexer: %s %v", out, err)
	}
}

func TestEqualContentIsKeptOnceAsLongAsAFileHasIt(t *testing.T) {
	t.Parallel()
	o := open(t)
	for _, id := range []string{"a@klient.example", "b@klient.example"} {
		o.post(jan, o.withPlan(id))
	}
	twice := attaching("c@acme.example", "again", attached+o.withPlan("d@klient.example"), plan)
	o.post(ada, twice) // the same once more in the attached mail and once beside it
	if keys := o.objects(); len(keys) != 1 {
		t.Fatalf("objects %v", keys)
	}
	if n := len(o.Must("GET", "/v1/files", nil).List()); n != 4 {
		t.Fatalf("%d files", n)
	}
	for id := int64(1); id <= 4; id++ {
		if got := o.download(id); got != "%PDF-1.4\n" {
			t.Errorf("file %d is %q", id, got)
		}
	}
	for id := int64(1); id <= 4; id++ {
		o.drop(id)
		if left := len(o.objects()); (left == 1) != (id < 4) {
			t.Errorf("%d objects after %d of 4 files are gone", left, id)
		}
	}
	o.post(jan, o.withPlan("e@klient.example"))
	if got := o.download(5); got != "%PDF-1.4\n" {
		t.Errorf("the content came back as %q", got)
	}
}

func TestEqualContentOfAnotherTeamIsItsOwn(t *testing.T) {
	t.Parallel()
	o := open(t)
	other := office{o.app.NewTeam("Other"), t, o.app}
	o.post(jan, o.withPlan("a@klient.example"))
	other.post(jan, other.withPlan("a@klient.example"))
	o.drop(1)
	if keys := o.objects(); len(keys) != 1 || !strings.HasPrefix(keys[0], apptest.Path("files/%d/", other.Team.ID)) {
		t.Errorf("objects %v", keys)
	}
	if got := other.download(1); got != "%PDF-1.4\n" {
		t.Errorf("the other team's file is %q", got)
	}
}

// TestContentThatGoesWhileAMailWithItComes: the last file with it is cleared away between the linker's look and its write.
func TestContentThatGoesWhileAMailWithItComes(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.post(jan, o.withPlan("a@klient.example"))
	var once sync.Once
	env := o.app.Env
	env.DynamoDB = dynamodb.New(o.app.DynamoDB.Options(), func(options *dynamodb.Options) {
		options.APIOptions = append(options.APIOptions, faults.Hook{Before: func(_ context.Context, c faults.Call) error {
			if c.Operation == "TransactWriteItems" {
				once.Do(func() { o.drop(1) })
			}
			return nil
		}}.Add)
	})
	raw := o.event(o.app.Receive(apptest.Mail{From: jan, To: []string{o.Address()}, Raw: o.withPlan("b@klient.example")}))
	if out, err := linker.New(env).Invoke(t.Context(), raw); err != nil || string(out) != `{"batchItemFailures":[]}` {
		t.Fatalf("%s %v", out, err)
	}
	ids := o.Must("GET", "/v1/files", nil).List()
	if len(ids) != 1 || o.download(int64(ids[0].(map[string]any)["id"].(float64))) != "%PDF-1.4\n" || len(o.objects()) != 1 {
		t.Errorf("files %v, objects %v", ids, o.objects())
	}
}

func TestSameContentInManyMailsAtOnce(t *testing.T) {
	t.Parallel()
	o := open(t)
	var all sync.WaitGroup
	for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
		e := o.app.Receive(apptest.Mail{From: jan, To: []string{o.Address()}, Raw: o.withPlan(id + "@klient.example")})
		all.Go(func() {
			if failed := o.invoke(e); len(failed) > 0 {
				t.Errorf("failed %v", failed)
			}
		})
	}
	all.Wait()
	if keys := o.objects(); len(keys) != 1 {
		t.Errorf("objects %v", keys)
	}
	var ids []int64
	for _, f := range o.Must("GET", "/v1/files", nil).List() {
		ids = append(ids, int64(f.(map[string]any)["id"].(float64)))
	}
	if slices.Sort(ids); len(ids) != 6 {
		t.Errorf("files %v", ids)
	}
}
