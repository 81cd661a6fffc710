package flow_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
)

// A mail to ten people of ten firms shows on more records than one transaction holds beside its thread: a job places it.
func TestMailOfManyFirmsIsPlacedByAJob(t *testing.T) {
	t.Parallel()
	w := newWorld(t, apptest.WithObjects)
	var on []change.Ref
	var to []string
	for i := range 10 {
		firm := w.organization(fmt.Sprint("Firm ", i))
		person := w.person(fmt.Sprint("P", i), firm)
		on = append(on, change.Of(change.Person, person), change.Of(change.Organization, firm))
		to = append(to, fmt.Sprintf("p%d@x.example", i))
	}
	other := w.organization("Other")
	d := w.deal("Big", w.person("Q", w.organization("Third")), other)
	on = append(on, change.Of(change.Deal, d), change.Of(change.Organization, other))
	local, domain, _ := strings.Cut(w.c.Address(), "@")
	deliver := func(id, answers string) {
		w.app.Deliver(apptest.Mail{
			From: w.c.User.Email, To: []string{fmt.Sprintf("%s+deal%d@%s", local, d, domain)},
			Raw: fmt.Sprintf("From: <%s>\nTo: <%s>\nSubject: %s\nDate: Mon, 23 Nov 2026 09:00:00 +0000\nMessage-ID: <%s@acme.example>\n%s\nHello\n",
				w.c.User.Email, strings.Join(to, ">, <"), id, id, answers),
		})
	}
	deliver("one", "")
	deliver("two", "In-Reply-To: <one@acme.example>\n")
	for _, job := range []string{"place-mailMessage#1", "place-mailMessage#2"} {
		work(t, w.app, w.c.Team.ID, job)
	}
	sums, err := w.app.DB.Summaries(context.Background(), w.c.Team.ID, on)
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range on {
		rows, _, err := w.app.DB.Rows(context.Background(), w.c.Team.ID, ref, change.Range{Shelf: change.Flow})
		mails := 0
		for _, r := range rows {
			if r.Source.Kind() == change.MailMessage {
				mails++
			}
		}
		if err != nil || mails != 2 || sums[ref].Count(change.MailsCount) != 2 {
			t.Errorf("%s shows %d mails and counts %d, want 2 (%v)", ref, mails, sums[ref].Count(change.MailsCount), err)
		}
	}
}
