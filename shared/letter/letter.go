// Package letter is a mail as it goes out. It is built so that nothing that somebody typed, and nothing that a stranger's mail said,
// becomes a header field or a recipient of its own: text is put into encoded words, addresses are parsed ones, ids are looked at
// letter by letter, and a field that would break its line anyway makes no mail at all.
package letter

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Letter is what a mail is made of (RFC 5322). Who gets it without being named, in blind copy, is told to the Sender alone.
type Letter struct {
	From       mail.Address
	ReplyTo    *mail.Address
	To, Cc     []mail.Address
	Subject    string
	Date       time.Time
	MessageID  string // without brackets, as the two below; a mail service may put its own in its place
	InReplyTo  string
	References []string // the oldest first
	// Loop is an address by which the mail is known as ours should it come back.
	Loop string
	// Machine tells that nobody wrote it (RFC 3834), which keeps vacation programs from answering.
	Machine     bool
	Text, HTML  string // either may be empty, not both
	Attachments []Attachment
}

// Attachment is a file that goes with it.
type Attachment struct {
	Name, MediaType string
	Content         []byte
}

// Fate is what a mail service did with a message.
type Fate int

const (
	Accepted Fate = iota
	NotTaken      // it is not sent; another try may succeed
	Refused       // it is not sent and never will be
	Unknown       // all of it was handed over, and no answer came
)

// Sender hands over mail. The error tells why it was not simply accepted; it is kept for people to read.
type Sender interface {
	Send(ctx context.Context, from string, to []string, raw []byte) (id string, fate Fate, err error)
}

// Bytes is the message as it is sent.
func (l Letter) Bytes() ([]byte, error) {
	var out bytes.Buffer
	fields := [][2]string{{"From", named(l.From)}}
	if l.ReplyTo != nil {
		fields = append(fields, [2]string{"Reply-To", named(*l.ReplyTo)})
	}
	for _, list := range []struct {
		name string
		all  []mail.Address
	}{{"To", l.To}, {"Cc", l.Cc}} {
		if len(list.all) > 0 {
			fields = append(fields, [2]string{list.name, each(list.all, named, ",\r\n ")})
		}
	}
	fields = append(fields, [2]string{"Subject", Words(l.Subject)}, [2]string{"Date", l.Date.UTC().Format(time.RFC1123Z)})
	if plainID(l.MessageID) {
		fields = append(fields, [2]string{"Message-ID", bracketed(l.MessageID)})
	}
	if plainID(l.InReplyTo) {
		fields = append(fields, [2]string{"In-Reply-To", bracketed(l.InReplyTo)})
	}
	if refs := keep(l.References, plainID); len(refs) > 0 {
		fields = append(fields, [2]string{"References", each(refs, bracketed, "\r\n ")})
	}
	if l.Machine {
		fields = append(fields, [2]string{"Auto-Submitted", "auto-generated"}, [2]string{"X-Auto-Response-Suppress", "All"})
	}
	if l.Loop != "" {
		fields = append(fields, [2]string{"X-Loop", l.Loop})
	}
	for _, f := range append(fields, [2]string{"MIME-Version", "1.0"}) {
		if err := write(&out, f[0], f[1]); err != nil {
			return nil, err
		}
	}
	kind, body, err := l.content()
	if err != nil {
		return nil, fmt.Errorf("letter.Bytes: %w", err)
	}
	for _, name := range []string{"Content-Type", "Content-Transfer-Encoding"} {
		if v := kind.Get(name); v != "" {
			if err := write(&out, name, v); err != nil {
				return nil, err
			}
		}
	}
	out.WriteString("\r\n")
	out.Write(body)
	return out.Bytes(), nil
}

// write is the last look at a field: whatever went wrong before, no line of it begins another field.
func write(out *bytes.Buffer, name, value string) error {
	for line := range strings.SplitSeq(value, "\r\n ") {
		if strings.ContainsFunc(line, func(r rune) bool { return r != '\t' && unicode.IsControl(r) }) || !utf8.ValidString(line) {
			return errors.New("letter: the field " + name + " is not one line")
		}
		if len(name)+len(": ")+len(line) > maxLine {
			return errors.New("letter: the field " + name + " has a line that is too long")
		}
	}
	fmt.Fprintf(out, "%s: %s\r\n", name, value)
	return nil
}

const maxLine = 998 // bytes (RFC 5322 section 2.1.1)

// content is the body with the fields that describe it: text and HTML as alternatives, attachments beside them.
func (l Letter) content() (textproto.MIMEHeader, []byte, error) {
	kind, body, err := l.words()
	if err != nil || len(l.Attachments) == 0 {
		return kind, body, err
	}
	return parts("multipart/mixed", func(w *multipart.Writer) error {
		if err := part(w, kind, body); err != nil {
			return err
		}
		for _, a := range l.Attachments {
			if err := part(w, a.header(), wrapped(a.Content)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (l Letter) words() (textproto.MIMEHeader, []byte, error) {
	switch {
	case l.HTML == "":
		return quoted("text/plain", l.Text)
	case l.Text == "":
		return quoted("text/html", l.HTML)
	}
	return parts("multipart/alternative", func(w *multipart.Writer) error {
		for _, p := range [][2]string{{"text/plain", l.Text}, {"text/html", l.HTML}} {
			kind, body, err := quoted(p[0], p[1])
			if err != nil {
				return err
			}
			if err := part(w, kind, body); err != nil {
				return err
			}
		}
		return nil
	})
}

func parts(mediaType string, fill func(*multipart.Writer) error) (textproto.MIMEHeader, []byte, error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := errors.Join(fill(w), w.Close()); err != nil {
		return nil, nil, err
	}
	return textproto.MIMEHeader{"Content-Type": {mime.FormatMediaType(mediaType, map[string]string{"boundary": w.Boundary()})}}, body.Bytes(), nil
}

func part(w *multipart.Writer, header textproto.MIMEHeader, body []byte) error {
	p, err := w.CreatePart(header)
	if err == nil {
		_, err = p.Write(body)
	}
	return err
}

// quoted is a text in quoted-printable: its lines may be as long as they like, those of a mail may not.
func quoted(mediaType, text string) (textproto.MIMEHeader, []byte, error) {
	var body bytes.Buffer
	q := quotedprintable.NewWriter(&body)
	_, err := q.Write([]byte(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")))
	err = errors.Join(err, q.Close()) // which writes the last line
	return textproto.MIMEHeader{
		"Content-Type": {mediaType + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"},
	}, body.Bytes(), err
}

// header describes an attachment. A media type that is none, and every parameter of one, is left out: a browser is not to take a file for
// more than bytes because a mail said so.
func (a Attachment) header() textproto.MIMEHeader {
	mediaType, _, err := mime.ParseMediaType(a.MediaType)
	if err != nil || len(mediaType) > maxMediaType || strings.HasPrefix(mediaType, "multipart/") || strings.HasPrefix(mediaType, "message/") {
		mediaType = "application/octet-stream"
	}
	name := []rune(Line(a.Name))
	if len(name) == 0 {
		name = []rune("file")
	}
	if n := len(name); n > maxFileName { // its end tells what sort of file it is
		name = append(name[:maxFileName-maxSuffix:maxFileName-maxSuffix], name[n-maxSuffix:]...)
	}
	return textproto.MIMEHeader{
		"Content-Type":              {mediaType},
		"Content-Disposition":       {mime.FormatMediaType("attachment", map[string]string{"filename": string(name)})},
		"Content-Transfer-Encoding": {"base64"},
	}
}

const (
	maxMediaType = 127
	maxFileName  = 70 // characters: percent-encoded, they still fit a line
	maxSuffix    = 10
)

const lineBytes = 76 // of base64 (RFC 2045 section 6.8)

func wrapped(content []byte) []byte {
	text := base64.StdEncoding.EncodeToString(content)
	var out bytes.Buffer
	for len(text) > lineBytes {
		out.WriteString(text[:lineBytes] + "\r\n")
		text = text[lineBytes:]
	}
	out.WriteString(text + "\r\n")
	return out.Bytes()
}

// named is an address with its name.
func named(a mail.Address) string {
	a.Name = Line(a.Name)
	if words := Words(a.Name); words != a.Name {
		return words + "\r\n " + (&mail.Address{Address: a.Address}).String()
	}
	return a.String() // in quotation marks
}

// Words is a text as it stands in a header field: as it is, or in encoded words of RFC 2047, each short enough for a line of its own.
// What looks like an encoded word already is encoded too, so that readers see what was typed.
func Words(s string) string {
	plain := len(s) < 60 && !strings.Contains(s, "=?")
	for _, r := range s {
		plain = plain && r >= ' ' && r < 0x7f
	}
	if plain {
		return s
	}
	var words []string
	var chunk strings.Builder
	flush := func() {
		if chunk.Len() > 0 {
			words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(chunk.String()))+"?=")
			chunk.Reset()
		}
	}
	for _, r := range s {
		if chunk.Len()+utf8.RuneLen(r) > wordBytes {
			flush()
		}
		chunk.WriteRune(r)
	}
	flush()
	return strings.Join(words, "\r\n ")
}

const wordBytes = 42 // an encoded word has at most 75 characters

// Line is a text on one line.
func Line(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == 0x2028 || r == 0x2029
	}), " ")
}

// Brief is a text on one line, short enough for a subject, in which nothing turns the order of letters around.
func Brief(s string) string {
	text := []rune(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, Line(s)))
	if len(text) > maxBrief {
		text = append(text[:maxBrief-1], '…')
	}
	return string(text)
}

const maxBrief = 150

// identifier is a Message-ID as it may be repeated: a stranger wrote it.
var identifier = regexp.MustCompile(`^[!-;=?-~]{1,900}$`)

func plainID(id string) bool { return identifier.MatchString(id) }

func bracketed(id string) string { return "<" + id + ">" }

func each[T any](list []T, text func(T) string, between string) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = text(v)
	}
	return strings.Join(out, between)
}

func keep[T any](list []T, ok func(T) bool) (out []T) {
	for _, v := range list {
		if ok(v) {
			out = append(out, v)
		}
	}
	return out
}

var plainAddress = regexp.MustCompile("^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9._-]{1,253}$")

// Deliverable tells an address that any mail server takes, and that is one wherever it is written without quotation marks: of ASCII
// alone, with nothing before the @ that would have to be quoted, such as a comma.
func Deliverable(address string) bool { return plainAddress.MatchString(address) }
