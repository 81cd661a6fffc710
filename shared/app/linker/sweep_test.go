package linker_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/mailbox"
)

// sweep runs the sweeper as if the mails so far had come hours ago.
func (o office) sweep(after time.Duration) (done mailbox.Swept) {
	o.t.Helper()
	raw, err := json.Marshal(events.EventBridgeEvent{Time: time.Now().Add(after)}) // the bucket has a clock of its own
	if err != nil {
		o.t.Fatal(err)
	}
	out, err := o.app.Handler("sweeper").Invoke(o.t.Context(), raw)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := json.Unmarshal(out, &done); err != nil {
		o.t.Fatal(err)
	}
	return done
}

func TestSweepFindsMailThatNobodyWasToldOf(t *testing.T) {
	t.Parallel()
	o := open(t)
	other := office{o.app.NewTeam("Other"), t, o.app}
	o.receive("unknown")
	late := o.announce("attachments")
	o.announce("false-user")
	other.announce("unknown")
	nobody := o.app.Receive(apptest.Mail{From: jan, To: []string{"nobody-3@" + o.app.MailDomain}, Raw: o.letter("reply")})
	o.app.PutObject(o.app.MailBucket, "mail/AMAZON_SES_SETUP_NOTIFICATION", []byte("setup"))
	o.app.PutObject(o.app.MailBucket, "mail/empty", nil)
	o.app.PutObject(o.app.MailBucket, "elsewhere/x", []byte("From: x@x.example\n\nhi"))
	if done := o.sweep(30 * time.Minute); done.Looked != 0 || !done.Done {
		t.Fatalf("looked too early: %+v", done)
	}
	if done := o.sweep(2 * time.Hour); done.Found != 5 || done.Failed != 0 || !done.Done { // three mails, one to nobody, one empty
		t.Fatalf("%+v", done)
	}
	byID := map[string]entry{}
	for _, e := range o.entries("") {
		byID[e.ID] = e
	}
	e := byID[linkedID(t, late)]
	if len(byID) != 3 || e.State != "linked" || !strings.Contains(strings.Join(e.Evidence, "\n"), "without a notice") || e.Recipients[0] != o.Address() || !e.Check.Aligned {
		t.Errorf("%d entries, %+v", len(byID), e)
	}
	if q := o.entries("quarantined"); len(q) != 1 || q[0].Rule != 20 {
		t.Errorf("the verdicts in the header do not count: %+v", q)
	}
	if len(other.entries("linked")) != 1 {
		t.Errorf("the other team has %+v", other.entries(""))
	}
	if fate, err := o.app.DB.Unroutable(t.Context(), linkedID(t, nobody)); err != nil || fate == "" {
		t.Errorf("fate %q, %v", fate, err)
	}
	before := o.everything()
	if failed := o.invoke(late); len(failed) > 0 { // the notice comes after all
		t.Fatal(failed)
	}
	if done := o.sweep(26 * time.Hour); done.Found != 0 || done.Looked != 0 {
		t.Errorf("again: %+v", done)
	}
	if after := o.everything(); after != before {
		t.Errorf("something changed:\n%s", difference(before, after))
	}
}

// TestSweptMailIsNotBelievedByWhatItsSenderWrote: only what the receiving server wrote on top counts.
func TestSweptMailIsNotBelievedByWhatItsSenderWrote(t *testing.T) {
	t.Parallel()
	o := open(t)
	top := "Return-Path: <eve@evil.example>\r\nReceived: from evil.example by inbound-smtp.eu-central-1.amazonaws.com with SMTP id x\r\n for " + o.Address() +
		";\r\n Mon, 23 Nov 2026 09:00:00 +0000 (UTC)\r\n"
	forged := "Received: from a by b\r\n for theirs@" + o.app.MailDomain + "; Mon, 23 Nov 2026 08:00:00 +0000\r\n" +
		"Authentication-Results: amazonses.com; spf=pass smtp.mailfrom=acme.example; dkim=pass header.i=@acme.example; dmarc=pass header.from=acme.example;\r\n" +
		"From: Ada <ada@acme.example>\r\nTo: Jan <" + jan + ">\r\nSubject: Pay\r\nMessage-ID: <forged@acme.example>\r\n\r\nPay at once.\r\n"
	o.app.PutObject(o.app.MailBucket, "mail/with", []byte(top+"Authentication-Results: amazonses.com;\r\n spf=fail smtp.mailfrom=evil.example;\r\n dkim=none;\r\n dmarc=fail header.from=acme.example;\r\n"+forged))
	o.sweep(2 * time.Hour)
	if all := o.entries(""); len(all) != 1 || all[0].State != "quarantined" || len(o.persons()) != 0 {
		t.Errorf("%+v", all)
	}
}

// TestSweptMailWithoutANotedRecipient: the server notes none when there were several, so the mail's own recipients count.
func TestSweptMailWithoutANotedRecipient(t *testing.T) {
	t.Parallel()
	o := open(t)
	other := office{o.app.NewTeam("Other"), t, o.app}
	o.app.PutObject(o.app.MailBucket, "mail/both", []byte("Received: from mx.klient.example by inbound-smtp.eu-central-1.amazonaws.com with SMTP id x;\r\n Mon, 23 Nov 2026 09:00:00 +0000 (UTC)\r\n"+
		"From: Jan <"+jan+">\r\nTo: "+o.Address()+", nobody-7@"+o.app.MailDomain+"\r\nCc: Other <"+strings.ToUpper(other.Address())+">\r\nSubject: For both\r\nMessage-ID: <both@klient.example>\r\n\r\nhi\r\n"))
	if done := o.sweep(2 * time.Hour); done.Found != 1 {
		t.Errorf("%+v", done)
	}
	for _, team := range []office{o, other} {
		if all := team.entries(""); len(all) != 1 || len(all[0].Recipients) != 1 || all[0].Recipients[0] != team.Address() {
			t.Errorf("%+v", all)
		}
	}
	o.app.PutObject(o.app.MailBucket, "mail/later", []byte("From: x")) // that no other mail was looked at twice
	if done := o.sweep(26 * time.Hour); done.Looked > 1 {
		t.Errorf("again: %+v", done)
	}
}
