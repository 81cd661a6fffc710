package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

// A text that grows fivefold as HTML is as much as one raw mail can hold; the mail is linked all the same.
func TestAForwardUnderALongTextIsLinkedWithANoteThatFits(t *testing.T) {
	t.Parallel()
	a := apptest.New(t, apptest.WithObjects)
	c := a.NewTeam("Owner")
	for i, lines := range []int{1, 2000, 8000} {
		raw := strings.Join([]string{
			"From: Ada <ada@owner.example>", "To: " + c.Address(), fmt.Sprintf("Message-ID: <fwd%d@owner.example>", i), "Date: Mon, 23 Nov 2026 09:00:00 +0000",
			"Subject: Fwd: hi", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "",
			"--b", "Content-Type: text/plain; charset=utf-8", "", strings.Repeat("I \"said\" <that> & he's told \u017c\n", lines),
			"--b", "Content-Type: message/rfc822", "",
			"From: Bob <bob@cust.example>", "To: Ada <ada@owner.example>", fmt.Sprintf("Message-ID: <orig%d@cust.example>", i),
			"Date: Mon, 23 Nov 2026 08:00:00 +0000", "Subject: hi", "", "hello", "--b--", "",
		}, "\r\n")
		a.Deliver(apptest.Mail{From: "ada@owner.example", To: []string{c.Address()}, Raw: raw})
		list := c.Must("GET", "/v1/notes?limit=500", nil).List()
		if len(list) != i+1 {
			t.Fatalf("%d lines: %d notes; the ledger says %.300s", lines, len(list), c.Must("GET", "/api/v2/inboundMail", nil).Raw)
		}
		note := list[i].(map[string]any)
		content := note["content"].(string)
		if cut := strings.HasSuffix(content, "The rest is in the mail as it was received."); len(content) > 100*1024 || cut != (lines > 1) {
			t.Errorf("%d lines: a note of %d bytes that ends in %q", lines, len(content), content[max(0, len(content)-60):])
		}
		if !strings.HasPrefix(content, "I &#34;said&#34; &lt;that&gt; &amp; he&#39;s told ż") {
			t.Errorf("the note begins %.60q", content)
		}
		c.Must("PUT", apptest.Path("/v1/notes/%.0f", note["id"]), map[string]any{"pinned_to_person_flag": 1})
	}
}
