package linker_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/manifest"
)

// gmail is a forward by Ada as Gmail writes it, to the given address.
func gmail(to, id, from, recipient, subject, text string) string {
	return header("Ada <"+ada+">", to, "Fwd: "+subject, id) + "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nfor the file\n\n" +
		"---------- Forwarded message ---------\nFrom: " + from + "\nDate: Mon, 23 Nov 2026 at 09:40\nSubject: " + subject + "\nTo: " + recipient + "\n\n\n" + text + "\n"
}

const dsn = "From: Mail Delivery Subsystem <mailer-daemon@klient.example>\nTo: ada@acme.example\nSubject: Undelivered\nMessage-ID: <dsn@klient.example>\nMIME-Version: 1.0\n" +
	"Content-Type: multipart/report; report-type=delivery-status; boundary=\"rr\"\n\n--rr\nContent-Type: text/plain\n\nno such user\n--rr\nContent-Type: message/delivery-status\n\n" +
	"Reporting-MTA: dns; mx.klient.example\n\nFinal-Recipient: rfc822; jan.kowalski@klient.example\nStatus: 5.1.1\n\n--rr--\n"

func TestEdgesOfForwards(t *testing.T) {
	t.Parallel()
	runEdges(t, []edge{
		{"43 a forward of one's own sent mail", func(o office) {
			e := o.post(ada, gmail("{{inbound}}", "f@acme.example", "Bartek <bartek@acme.example>", "Jan <"+jan+">", "Prices", "attached"))
			if m := o.messages(e.Threads[0]); e.Rule != 7 || m[0].Sent != 1 || len(e.Persons) != 1 {
				o.t.Errorf("%+v", e)
			}
		}},
		{"44 a forward of a bounce", func(o office) {
			e := o.post(ada, attaching("f@acme.example", "look", attached+dsn))
			if len(o.persons()) != 0 || len(e.Messages) != 1 {
				o.t.Errorf("%v, %+v", o.persons(), e)
			}
		}},
		{"44 a forward of a bounce within the text, of known mail and of unknown", func(o office) {
			e := o.receive("outbound")
			returned := func(id, about string) entry {
				return o.post(ada, gmail("{{inbound}}", id, "Mail Delivery Subsystem <mailer-daemon@klient.example>", "Ada <"+ada+">", "Undelivered Mail",
					"Your mail was not delivered to:\n\n"+jan+"\n550 5.1.1 no such user\n\nMessage-ID: <"+about+">"))
			}
			if b := returned("f1@acme.example", "offer-1@acme.example"); !slices.Equal(b.Threads, e.Threads) || b.Rule != 25 || b.State != "linked" {
				o.t.Errorf("%+v", b)
			}
			if raw := o.Must("GET", "/api/v2/persons/1", nil).Raw; !strings.Contains(raw, `"bounced_emails":[{"value":"`+jan+`","status":"5.1.1"`) {
				o.t.Errorf("the address is not marked: %s", raw)
			}
			if b := returned("f2@acme.example", "unseen@acme.example"); b.State != "needs_choice" || len(b.Messages) != 1 || len(o.persons()) != 1 {
				o.t.Errorf("%+v", b)
			}
		}},
		{"39 times that a program in a browser prints, whose server writes Date in UTC", func(o office) {
			zone, err := time.LoadLocation("Europe/Warsaw")
			if err != nil {
				o.t.Fatal(err)
			}
			raw := strings.Replace(gmail("{{inbound}}", "f@acme.example", "Jan <"+jan+">", "Ada <"+ada+">", "Drawings", "see"), "+0100", "+0000", 1)
			e := o.post(ada, raw)
			want := time.Date(2026, 11, 23, 9, 40, 0, 0, zone).UTC().Format("2006-01-02T15:04:05")
			if at := o.thread(e.Threads[0]).Last; !strings.HasPrefix(at, want) {
				o.t.Errorf("%s, want %s", at, want)
			}
		}},
		{"48 a prefix without a forward", func(o office) {
			e := o.post(ada, header("Ada <"+ada+">", "{{inbound}}", "Fwd: Site visit", "f@acme.example")+"\nSee the attachment.\n")
			if e.State != "needs_choice" || e.Rule != 9 || len(o.persons()) != 0 {
				o.t.Errorf("%+v", e)
			}
		}},
		{"49 a forged inner block by an outsider", func(o office) {
			o.person("Zofia", zofia, 0)
			letter := strings.NewReplacer("Ada <"+ada+">", "Eve <eve@evil.example>").Replace(gmail("{{inbound}}", "f@evil.example", "Zofia <"+zofia+">", "Ada <"+ada+">", "New account", "pay there"))
			e := o.post("eve@evil.example", letter)
			if slices.Contains(e.Persons, 1) || len(o.Must("GET", "/v1/persons/1/mailMessages", nil).List()) != 0 || o.messages(e.Threads[0])[0].From[0].Email != "eve@evil.example" {
				o.t.Errorf("%+v", e)
			}
		}},
		{"50 forwarded twice, by two users", func(o office) {
			a := o.post(ada, gmail("{{inbound}}", "f1@acme.example", "Jan <"+jan+">", "Ada <"+ada+">", "Drawings", "see the second page"))
			b := o.post("bartek@acme.example", strings.ReplaceAll(strings.ReplaceAll(gmail("{{inbound}}", "f2@acme.example", "Jan <"+jan+">", "Ada <"+ada+">", "Drawings", "see the second page"), "From: Ada <"+ada+">", "From: Bartek <bartek@acme.example>"), "for the file", "mine too"))
			if !slices.Equal(a.Messages, b.Messages) || len(o.messages(a.Threads[0])) != 1 {
				o.t.Errorf("%+v, %+v", a, b)
			}
			if notes := o.Must("GET", "/v1/notes", nil); !strings.Contains(notes.Raw, "for the file") || !strings.Contains(notes.Raw, "mine too") {
				o.t.Errorf("notes %s", notes.Raw)
			}
		}},
		{"51 a forward and the direct copy", func(o office) {
			text := "see the second page of the drawings"
			for i, direct := range []bool{true, false} {
				subject := apptest.Path("Drawings %d", i)
				copied := header("Jan <"+jan+">", "Ada <"+ada+">", subject, apptest.Path("d%d@klient.example", i)) + "\n" + text + "\n"
				forward := gmail("{{inbound}}", apptest.Path("f%d@acme.example", i), "Jan <"+jan+">", "Ada <"+ada+">", subject, text)
				var a, b entry
				if direct {
					a, b = o.post(jan, copied), o.post(ada, forward)
				} else {
					a, b = o.post(ada, forward), o.post(jan, copied)
				}
				if !slices.Equal(a.Messages, b.Messages) || len(o.messages(a.Threads[0])) != 1 {
					o.t.Errorf("the direct copy first %v: %+v, %+v", direct, a, b)
				}
			}
		}},
		{"52 a forward to a customer", func(o office) {
			e := o.post(ada, gmail("Zofia Lis <"+zofia+">", "f@acme.example", "Jan <"+jan+">", "Ada <"+ada+">", "Drawings", "see the second page"))
			if e.Rule != 8 || len(o.persons()) != 1 || o.persons()[0].Name != "Zofia Lis" {
				o.t.Errorf("%+v, %v", e, o.persons())
			}
		}},
		{"53 a redirect that keeps its signature", func(o office) {
			e := o.post("ada+caf_=x@acme.example", "X-Local-Verdict: dmarc=GRAY; spf=PASS; dkim=PASS\nX-Forwarded-For: ada@acme.example x@y.example\n"+header("Jan <"+jan+">", "Ada <"+ada+">", "Drawings", "d@klient.example")+"\nhi\n")
			if e.Rule != 10 || len(e.Persons) != 1 || !e.Check.Aligned {
				o.t.Errorf("%+v", e)
			}
		}},
	})
}

func TestEdgesOfOperation(t *testing.T) {
	t.Parallel()
	verdict := func(v string) string { return "X-Local-Verdict: " + v + "\n" }
	runEdges(t, []edge{
		{"63 what could run is kept as bytes", func(o office) {
			e := o.post(jan, header("Jan <"+jan+">", "{{inbound}}", "Tool", "tool@klient.example")+"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"oo\"\n\n--oo\nContent-Type: text/plain\n\nrun it\n--oo\n"+
				"Content-Type: application/x-msdownload; name=\"../../tool.exe\"\nContent-Disposition: attachment; filename=\"../../tool.exe\"\n\nMZ\n--oo\n"+
				"Content-Type: text/html; name=\"page.html\"\nContent-Disposition: attachment; filename=\"page.html\"\n\n<script>alert(1)</script>\n--oo\n"+
				"Content-Type: application/zip; name=\"bomb.zip\"\nContent-Disposition: attachment; filename=\"bomb.zip\"\nContent-Transfer-Encoding: base64\n\nUEsDBA==\n--oo--\n")
			names := o.names(apptest.Path("/v1/persons/%d/files", e.Persons[0]))
			if slices.Sort(names); !slices.Equal(names, []string{"bomb.zip", "page.html", "tool.exe"}) {
				o.t.Errorf("files %v", names)
			}
			for _, f := range o.Must("GET", "/v1/files", nil).List() {
				kind, disposition := o.served(int64(f.(map[string]any)["id"].(float64)))
				if !strings.HasPrefix(disposition, "attachment;") || kind != "application/octet-stream" && kind != "application/zip" {
					o.t.Errorf("%v is served as %s, %s", f.(map[string]any)["name"], kind, disposition)
				}
			}
		}},
		{"60 names of attachments", func(o office) {
			part := func(fields string) string {
				return "--oo\nContent-Type: application/pdf\nContent-Disposition: attachment" + fields + "\n\nPDF " + fields + "\n"
			}
			e := o.post(jan, header("Jan <"+jan+">", "{{inbound}}", "Files for you", "names@klient.example")+"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"oo\"\n\n"+
				part("; filename=\"../../etc/passwd\"")+part("; filename=\""+strings.Repeat("n", 300)+".pdf\"")+part("")+
				part(";\n filename*0*=utf-8''za%C5%BC;\n filename*1*=%C3%B3%C5%82%C4%87.pdf")+part("; filename=\"twice.pdf\"")+part("; filename=\"twice.pdf\"; x=y")+"--oo--\n")
			names := o.names(apptest.Path("/v1/persons/%d/files", e.Persons[0]))
			if len(names) != 6 || !slices.Contains(names, "zażółć.pdf") || !slices.Contains(names, "passwd") {
				o.t.Errorf("files %q", names)
			}
			for _, name := range names {
				if name == "" || len(name) > 255 || strings.ContainsAny(name, "/\\") {
					o.t.Errorf("a file is called %q", name)
				}
			}
		}},
		{"64 dates before there was such mail and of the future", func(o office) {
			for i, date := range []string{"Thu, 1 Jan 1970 00:00:00 +0000", "Tue, 19 Jan 2038 03:14:08 +0000", "soon"} {
				raw := strings.NewReplacer("Mon, 23 Nov 2026 09:00:00 +0100", date).Replace(header("Jan <"+jan+">", "{{inbound}}", "Dated", apptest.Path("date-%d@klient.example", i)))
				e := o.post(jan, raw+"\nhi\n")
				if at := o.thread(e.Threads[0]).Last; !strings.HasPrefix(at, "2026-11-23T10:00:0") {
					o.t.Errorf("%s became %s", date, at)
				}
			}
		}},
		{"67 From is a user, unaligned", func(o office) {
			e := o.post("x@evil.example", verdict("dmarc=GRAY; spf=PASS; dkim=FAIL")+header("Ada <"+ada+">", "Jan <"+jan+">", "Pay", "p@evil.example")+"\nhi\n")
			if e.State != "quarantined" || e.Rule != 20 || len(o.persons()) != 0 {
				o.t.Errorf("%+v", e)
			}
		}},
		{"68 SPF passes for the attacker's own domain", func(o office) {
			e := o.post("eve@evil.example", verdict("dmarc=GRAY; spf=PASS; dkim=FAIL")+header("Jan <"+jan+">", "{{inbound}}", "Pay", "p@evil.example")+"\nhi\n")
			if e.Check.Aligned || len(o.persons()) != 0 || e.State != "needs_choice" {
				o.t.Errorf("%+v", e)
			}
		}},
		{"69 injected Authentication-Results", func(o office) {
			e := o.post("eve@evil.example", verdict("dmarc=GRAY; spf=PASS; dkim=FAIL")+"Authentication-Results: amazonses.com; dkim=pass header.i=@klient.example; dmarc=pass\n"+
				header("Jan <"+jan+">", "{{inbound}}", "Pay", "p@evil.example")+"\nhi\n")
			if e.Check.Aligned || len(o.persons()) != 0 {
				o.t.Errorf("%+v", e)
			}
		}},
		{"70 nothing is ever sent in answer", func(o office) {
			for _, name := range []string{"linker", "sweeper", "inbound"} {
				f, _ := manifest.ByName(name)
				if slices.ContainsFunc(f.Grants, func(g manifest.Grant) bool { return g.Resource == manifest.Mailer }) {
					o.t.Errorf("%s reads mail and may send some", name)
				}
			}
			o.receive("outbound")
			for i := range 5 {
				o.post(jan, header("Jan <"+jan+">", "Ada <"+ada+">", "Automatic reply: Offer", apptest.Path("ooo-%d@klient.example", i))+"Auto-Submitted: auto-replied\nIn-Reply-To: <offer-1@acme.example>\n\naway\n")
			}
			if th := o.thread(1); th.Count != 6 || len(o.persons()) != 1 {
				o.t.Errorf("%+v", th)
			}
		}},
		{"72 a formula as a name stays text", func(o office) {
			o.post(jan, header("\"=HYPERLINK(1)\" <"+jan+">", "{{inbound}}", "=1+1", "formula@klient.example")+"\nhi\n")
			if p := o.persons(); len(p) != 1 || p[0].Name != "=HYPERLINK(1)" {
				o.t.Errorf("persons %v", p)
			}
		}},
		{"74 the object is not readable yet", func(o office) {
			e := o.announce("unknown")
			body := e.Records[0].Body
			e.Records[0].Body = strings.ReplaceAll(body, linkedID(o.t, e), "not-there-yet")
			if failed := o.invoke(e); len(failed) != 1 || len(o.entries("")) != 0 {
				o.t.Errorf("failed %v", failed)
			}
			e.Records[0].Body = body
			if failed := o.invoke(e); len(failed) != 0 || len(o.entries("linked")) != 1 {
				o.t.Errorf("then failed %v", failed)
			}
		}},
		{"75 the object by which SES tries a rule", func(o office) {
			e := o.announce("unknown")
			e.Records[0].Body = strings.ReplaceAll(e.Records[0].Body, linkedID(o.t, e), "AMAZON_SES_SETUP_NOTIFICATION")
			if failed := o.invoke(e); len(failed) != 0 || len(o.entries("")) != 0 {
				o.t.Errorf("failed %v", failed)
			}
		}},
		{"76 a poison message does not hold up the others, and can be played again", func(o office) {
			good, bad := o.announce("unknown"), o.announce("outbound")
			body := bad.Records[0].Body
			bad.Records[0].MessageId, bad.Records[0].Body = "bad", "{"
			both := good
			both.Records = append(both.Records, bad.Records[0])
			if failed := o.invoke(both); !slices.Equal(failed, []string{"bad"}) || len(o.entries("")) != 1 {
				o.t.Errorf("failed %v", failed)
			}
			bad.Records[0].Body = body // what waits among the dead letters is played again after a fix
			if failed := o.invoke(bad); len(failed) != 0 || len(o.entries("")) != 2 {
				o.t.Errorf("then failed %v", failed)
			}
		}},
		{"78 GRAY and PROCESSING_FAILED", func(o office) {
			e := o.post(jan, verdict("dmarc=GRAY; spf=PROCESSING_FAILED; dkim=GRAY; spam=GRAY; virus=PROCESSING_FAILED")+header("Jan <"+jan+">", "{{inbound}}", "Hello there", "gray@klient.example")+"\nhi\n")
			if e.State != "needs_choice" || len(o.persons()) != 0 || !strings.Contains(strings.Join(e.Evidence, "\n"), "scan for viruses did not come to a result") {
				o.t.Errorf("%+v", e)
			}
		}},
	})
}

// TestLargestMail is edge case 77: forty megabytes, within what the function has.
func TestLargestMail(t *testing.T) {
	t.Parallel()
	o := open(t)
	line := strings.Repeat("QUJD", 19) + "\n"
	letter := header("Jan <"+jan+">", o.Address(), "Scan", "scan@klient.example") + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"oo\"\n\n--oo\nContent-Type: text/plain\n\nsee\n--oo\n" +
		"Content-Type: application/pdf; name=\"scan.pdf\"\nContent-Disposition: attachment; filename=\"scan.pdf\"\nContent-Transfer-Encoding: base64\n\n" + strings.Repeat(line, (39<<20)/(len(line)+1)) + "--oo--\n"
	o.app.Later(time.Second)
	if failed := o.invoke(o.app.Receive(apptest.Mail{From: jan, To: []string{o.Address()}, Raw: letter})); len(failed) > 0 {
		t.Fatal(failed)
	}
	if f := o.Must("GET", "/v1/files", nil).List(); len(f) != 1 || f[0].(map[string]any)["file_size"].(float64) < 28e6 {
		t.Errorf("files %v", f)
	}
}
