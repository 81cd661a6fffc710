package inbox

import (
	"encoding/json"
	"errors"
	"net/smtp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/infra/local/sample"
)

const mailDomain = "mail.lejek.localhost"

// kept is what the listener stored and queued.
type kept struct {
	mu      sync.Mutex
	objects map[string]string
	bodies  []string
	full    bool
}

func (k *kept) store(bucket, key string, content []byte) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.objects[bucket+"/"+key] = string(content)
	return nil
}

func (k *kept) queue(body string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.full {
		return errors.New("the disk is full")
	}
	k.bodies = append(k.bodies, body)
	return nil
}

func listen(t *testing.T) (addr string, k *kept) {
	t.Helper()
	k = &kept{objects: map[string]string{}}
	i, err := Start(Options{
		Addr: "127.0.0.1:0", Domain: mailDomain, Bucket: "lejek-mail", Topic: "mail", Store: k.store, Queue: k.queue,
		Now: func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	return i.Addr, k
}

const letter = "From: =?UTF-8?Q?Micha=C5=82?= <m@example.com>\r\nTo: Acme <acme-1@mail.lejek.localhost>,\r\n b@example.com\r\nSubject: =?UTF-8?Q?Cze=C5=9B=C4=87?=\r\nMessage-ID: <1@example.com>\r\n"

// received is the notification of the only message, and the object that it names.
func received(t *testing.T, k *kept) (n notification, object string) {
	t.Helper()
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.bodies) != 1 {
		t.Fatalf("%d messages were queued", len(k.bodies))
	}
	var envelope sns
	if err := json.Unmarshal([]byte(k.bodies[0]), &envelope); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(envelope.Message), &n); err != nil {
		t.Fatal(err)
	}
	return n, k.objects[n.Receipt.Action.BucketName+"/"+n.Receipt.Action.ObjectKey]
}

func TestMessageIsStoredAndAnnouncedAsSESDoes(t *testing.T) {
	t.Parallel()
	addr, k := listen(t)
	to := []string{"acme-1@mail.lejek.localhost", "nobody@MAIL.lejek.localhost"}
	if err := smtp.SendMail(addr, nil, "bounce@example.com", to, []byte(letter+"\r\nHello\r\n.dot\r\n")); err != nil {
		t.Fatal(err)
	}
	n, object := received(t, k)
	for what, got := range map[string][2]string{
		"type":         {n.Type, "Received"},
		"recipients":   {strings.Join(n.Receipt.Recipients, " "), strings.Join(to, " ")},
		"source":       {n.Mail.Source, "bounce@example.com"},
		"destination":  {strings.Join(n.Mail.Destination, " "), "acme-1@mail.lejek.localhost b@example.com"},
		"from":         {strings.Join(n.Mail.CommonHeaders.From, "|"), "Michał <m@example.com>"},
		"subject":      {n.Mail.CommonHeaders.Subject, "Cześć"},
		"message id":   {n.Mail.CommonHeaders.MessageID, "<1@example.com>"},
		"key":          {n.Receipt.Action.ObjectKey, "mail/" + n.Mail.MessageID},
		"dmarc":        {n.Receipt.DMARCVerdict.Status, "PASS"},
		"dmarc policy": {n.Receipt.DMARCPolicy, ""},
	} {
		if got[0] != got[1] {
			t.Errorf("%s is %q, want %q", what, got[0], got[1])
		}
	}
	if !strings.HasPrefix(object, "Return-Path: <bounce@example.com>\r\nReceived: from ") || !strings.HasSuffix(object, letter+"\r\nHello\r\n.dot\r\n") {
		t.Errorf("stored:\n%s", object)
	}
	if !strings.Contains(object, "\r\nAuthentication-Results: amazonses.com;\r\n spf=pass ") || !strings.Contains(object, " dkim=pass header.i=@example.com;\r\n dmarc=pass header.from=example.com;\r\n") {
		t.Errorf("the results of authentication are missing:\n%s", object)
	}
	var real map[string]any
	sample.Read(t, "ses-s3-event.json", &real)
	ses := real["Records"].([]any)[0].(map[string]any)["ses"]
	sample.Covers(t, "", ses, sample.JSON(t, n), "dmarcPolicy")
}

func TestVerdictHeaderSetsTheVerdictsAndIsNotStored(t *testing.T) {
	t.Parallel()
	addr, k := listen(t)
	text := "X-Local-Verdict: dmarc=FAIL; spf=FAIL;\r\n dkim=gray; spam=PASS; virus=FAIL\r\n" + letter + "\r\nHello\r\n"
	if err := smtp.SendMail(addr, nil, "m@example.com", []string{"acme-1@" + mailDomain}, []byte(text)); err != nil {
		t.Fatal(err)
	}
	n, object := received(t, k)
	got := []string{n.Receipt.DMARCVerdict.Status, n.Receipt.SPFVerdict.Status, n.Receipt.DKIMVerdict.Status, n.Receipt.SpamVerdict.Status, n.Receipt.VirusVerdict.Status, n.Receipt.DMARCPolicy}
	if want := []string{"FAIL", "FAIL", "GRAY", "PASS", "FAIL", "reject"}; !slices.Equal(got, want) {
		t.Errorf("verdicts %v, want %v", got, want)
	}
	if strings.Contains(object, "X-Local-Verdict:") || !strings.Contains(object, "X-SES-Virus-Verdict: FAIL") || !strings.Contains(object, "dmarc=fail") || !strings.Contains(object, "dkim=none") {
		t.Errorf("stored:\n%s", object)
	}
}

func TestLongHeadersAreCutInTheNotificationOnly(t *testing.T) {
	t.Parallel()
	addr, k := listen(t)
	long := strings.Repeat("References: "+strings.Repeat("<x@example.com> ", 60)+"\r\n", 12)
	if err := smtp.SendMail(addr, nil, "m@example.com", []string{"acme-1@" + mailDomain}, []byte(long+letter+"\r\nHello\r\n")); err != nil {
		t.Fatal(err)
	}
	n, object := received(t, k)
	if !n.Mail.HeadersTruncated || n.Mail.CommonHeaders.Subject != "Cześć" || !strings.Contains(object, long) {
		t.Errorf("truncated %v, subject %q", n.Mail.HeadersTruncated, n.Mail.CommonHeaders.Subject)
	}
}

func TestOnlyTheMailDomainIsAcceptedAndNothingThatCannotBeKept(t *testing.T) {
	t.Parallel()
	addr, k := listen(t)
	if err := smtp.SendMail(addr, nil, "m@example.com", []string{"a@example.com"}, []byte(letter)); err == nil || !strings.HasPrefix(err.Error(), "550") {
		t.Errorf("mail to another domain: %v, want 550", err)
	}
	k.full = true
	if err := smtp.SendMail(addr, nil, "m@example.com", []string{"a@" + mailDomain}, []byte(letter)); err == nil || !strings.HasPrefix(err.Error(), "451") {
		t.Errorf("mail that cannot be queued: %v, want 451", err)
	}
}

func TestLinesOfAnyLengthAndAnyCharactersArrive(t *testing.T) {
	t.Parallel()
	addr, k := listen(t)
	text := letter + "\r\nzażółć " + strings.Repeat("x", 3<<20) + "\r\n"
	if err := smtp.SendMail(addr, nil, "m@example.com", []string{"gęś@" + mailDomain}, []byte(text)); err != nil {
		t.Fatal(err)
	}
	n, object := received(t, k)
	if !strings.HasSuffix(object, text) || n.Receipt.Recipients[0] != "gęś@"+mailDomain {
		t.Errorf("stored %d bytes for %v, sent %d", len(object), n.Receipt.Recipients, len(text))
	}
}

func TestBrokenHeadersAreTakenAsTheyAre(t *testing.T) {
	t.Parallel()
	for message, names := range map[string]string{
		"":                                      "",
		"no header at all\r\n\r\nx: y":          "",
		"A: 1\r\nB : 2\r\n\tfolded\r\n\r\nC: 3": "A B",
		"A: 1\nB: 2\n\nbody":                    "A B",
		"From x@y Mon 10:00\r\nA: 1\r\n":        "",
		"A: \xff\xfe\r\nnot a field\r\nB: 2":    "A",
		"Only: one":                             "Only",
	} {
		all, rest := fields([]byte(message))
		var got []string
		var raw string
		for _, f := range all {
			got = append(got, f.name)
			raw += string(f.raw)
		}
		if strings.Join(got, " ") != names || raw+string(rest) != message {
			t.Errorf("%q has fields %v and rest %q", message, got, rest)
		}
	}
}
