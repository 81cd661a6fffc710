package objects

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/shared/boot"
)

func client(s *Store) *s3.Client { return boot.New(boot.Config{}, engine.Local(s.URL)).S3 }

func start(t *testing.T, o Options) *Store {
	t.Helper()
	o.Buckets, o.Now = []string{"data"}, time.Now
	s, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestObjectsOnDiskSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := start(t, Options{Dir: dir})
	content := bytes.Repeat([]byte("lejek"), 1000)
	_, err := client(first).PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("data"), Key: aws.String("files/1/2"), Body: bytes.NewReader(content), ContentType: aws.String("image/png"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := client(start(t, Options{Dir: dir})).GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("data"), Key: aws.String("files/1/2")})
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(out.Body)
	if err != nil || !bytes.Equal(got, content) || aws.ToString(out.ContentType) != "image/png" {
		t.Errorf("got %d bytes of %s, %v; want %d of image/png", len(got), aws.ToString(out.ContentType), err, len(content))
	}
}

func TestNewObjectRaisesAnS3Event(t *testing.T) {
	t.Parallel()
	raised := make(chan []byte, 1)
	s := start(t, Options{Created: func(e []byte) error { raised <- e; return nil }})
	key := "uploads/1/ż ó+1"
	if _, err := client(s).PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("data"), Key: aws.String(key), Body: strings.NewReader("a,b\n")}); err != nil {
		t.Fatal(err)
	}
	var event events.S3Event
	if err := json.Unmarshal(<-raised, &event); err != nil {
		t.Fatal(err)
	}
	r := event.Records[0]
	if r.EventName != "ObjectCreated:Put" || r.S3.Bucket.Name != "data" || r.S3.Object.Size != 4 || r.S3.Object.Key != "uploads/1/%C5%BC+%C3%B3%2B1" || r.S3.Object.URLDecodedKey != key {
		t.Errorf("unexpected event %+v", r)
	}
}

func TestSignedLinkSetsTheNameOfTheDownload(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	if err := s.Put("data", "files/1/2", []byte("hello")); err != nil {
		t.Fatal(err)
	}
	link, err := s3.NewPresignClient(client(s)).PresignGetObject(t.Context(), &s3.GetObjectInput{
		Bucket: aws.String("data"), Key: aws.String("files/1/2"), ResponseContentDisposition: aws.String(`attachment; filename="a.txt"`),
	})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Get(link.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if string(body) != "hello" || res.Header.Get("Content-Disposition") != `attachment; filename="a.txt"` {
		t.Errorf("got %q, %v", body, res.Header)
	}
}
