package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/app/apptest"
)

// BenchmarkImport1000Rows takes in a file of 1,000 rows, of which each carries an organization (one of 200), a person, a deal, an
// activity and a note: from the PUT to done, all chunks in turn.
func BenchmarkImport1000Rows(b *testing.B) {
	m, n := &meter{}, &apptest.Notices{}
	a := apptest.New(b, apptest.WithNotices(n, ""), func(a *apptest.App) {
		a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), m.install)
	})
	c := a.NewTeam("Bench")
	m.measure(b, func(i int) {
		var file strings.Builder
		file.WriteString("Organization name,Person name,Person email,Person phone,Deal title,Deal value,Activity subject,Note\n")
		for r := range 1000 {
			fmt.Fprintf(&file, "Firm %d,Person %d-%d,p%d@b%d.example,+48 600 %06d,Deal %d,%d.50,Call %d,Noted %d\n", r%200, i, r, r, i, r, r, r, r, r)
		}
		made := c.Do("POST", "/api/v2/imports", map[string]any{"file_name": "bench.csv"})
		put(b, made.Data()["upload"].(map[string]any)["url"].(string), file.String())
		for waiting := n.Take(); len(waiting) > 0; waiting = n.Take() {
			for _, body := range waiting {
				event, err := json.Marshal(apptest.Queued(body))
				if err != nil {
					b.Fatal(err)
				}
				if out, err := a.Handler("importer").Invoke(context.Background(), event); err != nil || string(out) != `{"batchItemFailures":[]}` {
					b.Fatalf("%s %v", out, err)
				}
			}
		}
		if d := c.Must("GET", apptest.Path("/api/v2/imports/%d", made.ID()), nil).Data(); d["status"] != "done" || d["rows_done"] != 1000.0 {
			b.Fatal(d)
		}
	})
}

func put(b *testing.B, url, content string) {
	r, err := http.NewRequest(http.MethodPut, url, bytes.NewReader([]byte(content)))
	if err != nil {
		b.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		b.Fatal(answer, err)
	}
	answer.Body.Close()
}
