package outbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

// TestWhatIsGoneIsNotWrittenAbout tries what was deleted, locked or merged, or is another team's.
func TestWhatIsGoneIsNotWrittenAbout(t *testing.T) {
	t.Parallel()
	o := start(t)
	other := o.NewTeam("Other")
	upload := func(c *apptest.Client) int64 {
		return c.Do("POST", "/v1/files", apptest.Form{Files: map[string]string{"file": "hello"}}).ID()
	}
	deal := func(title string) int64 { return o.Must("POST", "/api/v2/deals", m{"title": title}).ID() }
	gone, kept, merged := deal("Gone"), deal("Kept"), deal("Merged")
	o.Must("DELETE", fmt.Sprintf("/api/v2/deals/%d", gone), nil)
	o.Must("PUT", fmt.Sprintf("/v1/deals/%d/merge", merged), m{"merge_with_id": kept})
	deleted := upload(o.Client)
	o.Must("DELETE", fmt.Sprintf("/v1/files/%d", deleted), nil)
	o.Deliver(apptest.Mail{From: "zed@x.example", To: []string{o.Address()}, Raw: "From: zed@x.example\nTo: " + o.Address() +
		"\nMessage-ID: <v@x>\nX-Local-Verdict: virus=FAIL\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=v.txt\n\nvirus\n--b--\n"})
	locked := o.Must("GET", "/api/v2/inboundMail?state=quarantined", nil).List()[0].(m)["file_ids"].([]any)[0]
	first, _ := o.write(m{"to": []string{"zed@x.example"}, "text": "x"})
	thread := first.Data()["mail_thread_id"]
	o.Must("DELETE", fmt.Sprintf("/v1/mailbox/mailThreads/%v", thread), nil)
	foreign, _ := office{o.App, other, t}.write(m{"to": []string{"zed@x.example"}, "text": "x"})
	for name, c := range map[string]struct {
		field string
		value any
	}{
		"deleted deal": {"deal_id", gone}, "deleted file": {"file_ids", []any{deleted}}, "locked file": {"file_ids", []any{locked}}, "foreign file": {"file_ids", []any{upload(other) + 1000}},
		"deleted thread": {"thread_id", thread}, "foreign thread": {"thread_id", foreign.Data()["mail_thread_id"].(float64) + 1},
	} {
		got := o.Do("POST", "/api/v2/mailMessages", m{"to": []string{"zed@x.example"}, "text": "x", c.field: c.value})
		if got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, c.field+": ") {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
	if got := o.Do("POST", fmt.Sprintf("/api/v2/mailMessages/%d/send", first.ID()), nil); got.Status != http.StatusNotFound {
		t.Errorf("a deleted mail: %d %s", got.Status, got.Raw)
	}
	made, _ := o.write(m{"to": []string{"zed@x.example"}, "text": "x", "deal_id": merged})
	if made.Data()["deal_id"] != float64(kept) {
		t.Errorf("a merged deal: %s", made.Raw)
	}
}

func TestTwoAtOnceUnderAKeySendOneMail(t *testing.T) {
	t.Parallel()
	o := start(t)
	c, made := o.Sending("Idempotency-Key", "k"), make([]apptest.Answer, 6)
	var wg sync.WaitGroup
	for i := range made {
		wg.Go(func() {
			made[i] = c.Do("POST", "/api/v2/mailMessages", m{"to": []string{"zed@x.example"}, "text": "Hello"})
		})
	}
	wg.Wait()
	for _, a := range made {
		if a.Status != http.StatusCreated && a.Status != http.StatusConflict {
			t.Errorf("%d %s", a.Status, a.Raw)
		}
	}
	if n := len(o.Sent()); n != 1 {
		t.Errorf("%d mails", n)
	}
}
