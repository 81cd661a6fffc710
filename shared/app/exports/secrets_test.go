package exports_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/teams"
)

// TestNoSecretIsInAnArchive of what links, webhooks and addresses are good for; whoever is to be asked is asked by the new team.
func TestNoSecretIsInAnArchive(t *testing.T) {
	t.Parallel()
	old := open(t, tiny, apptest.WithOutbox)
	old.make("/v1/webhooks", m{"subscription_url": "https://93.184.215.14/hook", "event_action": "*", "event_object": "*", "version": "2.0", "name": "W", "http_auth_user": "u", "http_auth_password": "hookpassword"})
	old.make("/api/v2/userAddresses", m{"email": "ada@home.example"})
	zed := old.make("/api/v2/persons", m{"name": "Zed", "emails": []m{{"value": "zed@x.example"}}})
	for _, title := range []string{"Boats", "Sails"} {
		old.make("/api/v2/deals", m{"title": title, "person_id": zed})
	}
	old.app.Deliver(apptest.Mail{From: "ada@acme.example", To: []string{old.Address()}, Raw: "From: Ada <ada@acme.example>\nTo: <zed@x.example>\nMessage-ID: <1@acme>\n" +
		"Date: Mon, 23 Nov 2026 09:00:00 +0000\nSubject: Offer\n\nText\n"})
	user, err := old.app.DB.GetAny(t.Context(), old.Team.ID, []change.Ref{"user#1", "mailThread#1", change.Of(teams.KindTeam, old.Team.ID)})
	if err != nil {
		t.Fatal(err)
	}
	address, thread := user["user#1"].(teams.User).Addresses[0], user["mailThread#1"].(mailbox.Thread)
	if address.Code == "" || thread.Question == nil || thread.Question.Code == "" {
		t.Fatalf("%+v %+v", address, thread.Question)
	}
	archive := old.download()
	lines, others := texts(t, read(t, archive))
	whole := ""
	for _, l := range lines {
		whole += strings.Join(l, "\n")
	}
	for _, o := range others {
		whole += o
	}
	for what, secret := range map[string]string{"an address": address.Code, "a question": thread.Question.Code, "a webhook": "hookpassword", "the token": string(old.Token)} {
		if strings.Contains(whole, secret) {
			t.Errorf("the archive holds the secret of %s", what)
		}
	}
	now := old
	now.Client = old.app.NewTeam("Empty")
	if err := now.restore(archive); err != nil {
		t.Fatal(err)
	}
	threads := now.Must("GET", "/v1/mailbox/mailThreads?folder=sent", nil).List()
	if len(threads) != 1 {
		t.Fatalf("%d threads", len(threads))
	}
	q := threads[0].(m)["question"].(m)
	if q["state"] != "void" || q["open"] != false || !strings.Contains(fmt.Sprint(q["error"]), "restored") {
		t.Errorf("the question: %v", q)
	}
	if list := now.Must("GET", "/api/v2/userAddresses", nil); !strings.Contains(list.Raw, "ada@home.example") {
		t.Errorf("addresses: %s", list.Raw)
	}
	now.make("/api/v2/userAddresses", m{"email": "ada@home.example"}) // asks anew
}
