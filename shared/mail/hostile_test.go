package mail_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/mail"
)

const (
	hostileHead = "From: mallory@example.org\r\nTo: jo@example.com\r\nMessage-ID: <h@example.org>\r\nReferences: <root@example.com>\r\nMIME-Version: 1.0\r\n"
	hostileFile = "LEJEK_HOSTILE_MAIL"

	mostCPU    = 2 * time.Second
	mostMemory = 512 << 20
)

// hostile mail is built to exhaust who reads it, or just as large as mail gets. Unparsed is why its body is put aside; empty where it
// is to be read.
var hostile = []struct {
	name     string
	build    func() []byte
	unparsed string
}{
	{"5,000 nested multiparts", func() []byte { return nested(5000, "") }, "too many nested parts"},
	{"100,000 flat parts", func() []byte { return flat(100_000, "Content-Type: text/plain\r\n\r\nx") }, "too many parts"},
	{"100,000 headless parts", func() []byte { return flat(100_000, "\r\nx") }, "too many parts"},
	{"200,000 header fields", func() []byte { return hostileMail(strings.Repeat("X-Filler: y\r\n", 200_000), "Hello\r\n") }, "header over the limit"},
	{"one header field of 40 MB", func() []byte { return hostileMail("X: "+strings.Repeat("x", most)+"\r\n", "Hello") }, "header over the limit"},
	{"headers of 40 MB in parts", func() []byte { return flat(900, strings.Repeat("X-Y: z\r\n", 6000)+"\r\nx") }, "headers of all parts over the limit"},
	{"40 MB, 45 levels down", func() []byte { return nested(45, strings.Repeat("0123456789abcde\n", most/16)) }, "nested too deep for its size"},
	{"40 MB of header, no end", func() []byte { return []byte(hostileHead + strings.Repeat("Received: x\r\n", most/13)) }, "header over the limit"},
	{"boundaries amid lines", func() []byte { return amid(20_000) }, "too many nested parts"},
	{"40 MB with a large attachment", func() []byte { return []byte(hostileHead + pdf(base64Lines)) }, ""},
	{"40 MB of base64 that is none", func() []byte { return []byte(hostileHead + pdf("!%$ \xff\xfe\r\n")) }, ""},
	{"40 MB in an attached message", func() []byte {
		return []byte(hostileHead + "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n" + hostileHead + pdf(base64Lines) + "\r\n--o--\r\n")
	}, ""},
	{"messages in messages in base64", func() []byte { return []byte(matryoshka(most)) }, ""},
	{"40 MB of text in one line", func() []byte { return hostileMail("", strings.Repeat("x", most)) }, ""},
	{"40 MB of text that grows", func() []byte {
		return hostileMail("Content-Type: text/plain; charset=windows-1252\r\n", strings.Repeat(strings.Repeat("\x80", 70)+"\r\n", most/72))
	}, ""},
	{"40 MB of escapes", func() []byte {
		return hostileMail("Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n", strings.Repeat("=3Ci=3E=\r\n", most/10))
	}, ""},
	{"40 MB of open tags", func() []byte {
		return hostileMail("Content-Type: text/html\r\n", strings.Repeat("<b><i x=y>a\n", most/12))
	}, ""},
	{"names of 78,000 pieces", func() []byte {
		var b strings.Builder
		for i := range 6000 {
			fmt.Fprintf(&b, "; filename*%d*=%%41%%42", i)
		}
		return []byte(hostileHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Disposition: attachment"+b.String()+"\r\n\r\nx\r\n", 13) + "--b--\r\n")
	}, ""},
	{"ids and addresses of 250 KB", func() []byte {
		return hostileMail("In-Reply-To: "+strings.Repeat("<1@x>", 12_000)+"\r\nCc: "+strings.Repeat("a@x,", 15_000)+"\r\nBcc: "+strings.Repeat("(", 60_000)+"\r\nSubject: "+strings.Repeat("=?utf-8?q?x?= ", 4000)+"\r\n", "Hello")
	}, ""},
	{"20,000 borders of forwards", func() []byte {
		return hostileMail("Subject: Fwd: x\r\n", strings.Repeat("On 3 June 2024 a@x <\r\n---------- x ---------\r\nFrom: x\r\nOn 3 June 2024 at 10:15 and no more\r\n", 20_000))
	}, ""},
	{"headers that never end", func() []byte {
		return hostileMail("Subject: Fwd: x\r\n", strings.Repeat("From: x\r\n"+strings.Repeat("X-Y: z\r\n", 99), 2000))
	}, ""},
	{"values that never end", func() []byte {
		return hostileMail("Subject: Fwd: x\r\n", strings.Repeat("To: x,\r\n "+strings.Repeat("x", 30_000)+",\r\n", 66))
	}, ""},
	{"headers on one line, again and again", func() []byte {
		return hostileMail("Subject: Fwd: x\r\n", strings.Repeat("From: "+strings.Repeat("To:a@x Sent:", 300)+"\r\n", 500))
	}, ""},
}

// Mail built to exhaust a parser is put aside, and can still be linked by its headers; what is large but honest is read. Each is
// read in a process of its own, of which the system tells how much time and memory it took. What the pre-scan refuses, it
// refuses by counting, so that the figures do not depend on the machine; the bounds are far above what was measured.
func TestHostileMailIsReadInBounds(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("writes a gigabyte to temporary files")
	}
	for _, c := range hostile {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "mail")
			if err := os.WriteFile(file, c.build(), 0o600); err != nil {
				t.Fatal(err)
			}
			var got, base outcome
			used := child(t, file, &got)
			used -= child(t, "", &base)
			t.Logf("%v, %d MB", used.Round(time.Millisecond), got.Memory>>20)
			if got.Unparsed != c.unparsed {
				t.Errorf("put aside for %q, want %q", got.Unparsed, c.unparsed)
			}
			if got.ID != "h@example.org" || got.From != "mallory@example.org" {
				t.Errorf("the header is lost: %+v", got)
			}
			if used > mostCPU || got.Memory > mostMemory {
				t.Errorf("took %v and %d MB", used, got.Memory>>20)
			}
		})
	}
}

// outcome is what a child process tells.
type outcome struct {
	Unparsed, ID, From string
	Memory             uint64 // most that it had from the system, in bytes
}

// child reads a file as mail in another process and answers the processor time that this took.
func child(t *testing.T, file string, got *outcome) time.Duration {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestHostileChild$", "-test.v")
	cmd.Env = append(os.Environ(), hostileFile+"="+file, hostileFile+"_SET=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if data, ok := strings.CutPrefix(line, hostileFile+" "); ok {
			if err := json.Unmarshal([]byte(data), got); err != nil {
				t.Fatal(err)
			}
		}
	}
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

func TestHostileChild(t *testing.T) {
	if os.Getenv(hostileFile+"_SET") == "" {
		return // not a child
	}
	var o outcome
	if file := os.Getenv(hostileFile); file != "" {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p, err := mail.Parse(raw, mail.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		mail.Forward(p, mail.DefaultLimits)
		o.Unparsed, o.ID, o.From = p.Unparsed, p.MessageID, p.From[0].Email
	}
	o.Memory = peak()
	data, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("%s %s\n", hostileFile, data)
}

// peak is the most memory that the process had; where the system does not tell, what Go took of it.
func peak() uint64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmHWM:" {
			if kb, err := strconv.ParseUint(fields[1], 10, 64); err == nil {
				return kb << 10
			}
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys
}

// most is what SES accepts, in bytes.
const most = 40 << 20

const base64Lines = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n"

func hostileMail(fields, body string) []byte { return []byte(hostileHead + fields + "\r\n" + body) }

// pdf is a body with an attachment of 40 MB of the given lines.
func pdf(lines string) string {
	return "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\nContent-Type: application/pdf; name=a.pdf\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat(lines, most/len(lines)) + "\r\n--b--\r\n"
}

// matryoshka is a message in a message in a message, each in base64, as large as mail gets.
func matryoshka(size int) string {
	inner := hostileHead + "\r\n" + strings.Repeat("x", 1000)
	for {
		var b bytes.Buffer
		b.WriteString(hostileHead + "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n")
		if len(inner)*4/3 > size {
			return hostileHead + "Content-Type: multipart/mixed; boundary=z\r\n\r\n--z\r\nContent-Type: message/rfc822\r\n\r\n" + inner + "\r\n--z--\r\n"
		}
		writeBase64(&b, []byte(inner))
		inner = b.String()
	}
}

func nested(depth int, body string) []byte {
	var b strings.Builder
	b.WriteString(hostileHead)
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d.\r\n\r\n--b%d.\r\n", i, i)
	}
	b.WriteString("Content-Type: text/plain\r\n\r\nx\n" + body)
	return []byte(b.String())
}

func flat(parts int, part string) []byte {
	return []byte(hostileHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n"+part+"\r\n", parts) + "--b--\r\n")
}

// amid puts each boundary in the middle of a line, where enmime takes it for one and a plainer reader would not.
func amid(depth int) []byte {
	var b strings.Builder
	b.WriteString(hostileHead)
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d.\r\n\r\nx --b%d. \r\n", i, i)
	}
	return []byte(b.String())
}
