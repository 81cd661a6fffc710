package inbox

import (
	"bytes"
	"fmt"
	"mime"
	"net/mail"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/infra/local/engine"
)

// message is a received mail: what the SMTP session told, and the bytes as they are stored.
type message struct {
	id, from   string
	recipients []string
	received   time.Time
	verdict    verdict
	client, ip string // what the sender called itself, and where it came from
	stored     []byte
}

// added are the header fields that SES puts on top of a message it stores.
func (m message) added(raw []byte) []byte {
	eol := "\n"
	if bytes.Contains(raw[:min(len(raw), 4096)], []byte("\r\n")) || len(raw) == 0 {
		eol = "\r\n"
	}
	all, _ := fields(raw)
	from := domain(author(all))
	spf := fmt.Sprintf("%s (spfCheck: set by %s) client-ip=%s; envelope-from=%s; helo=%s;", result(m.verdict.spf), verdictHeader, m.ip, m.from, m.client)
	lines := []string{
		"Return-Path: <" + m.from + ">",
		fmt.Sprintf("Received: from %s (%s [%s])", m.client, m.client, m.ip),
		fmt.Sprintf(" by inbound-smtp.%s.amazonaws.com with SMTP id %s", engine.Region, m.id),
		fmt.Sprintf(" for %s;", m.recipients[0]),
		" " + m.received.UTC().Format("Mon, 02 Jan 2006 15:04:05 +0000 (UTC)"),
		"X-SES-Spam-Verdict: " + m.verdict.spam,
		"X-SES-Virus-Verdict: " + m.verdict.virus,
		"Received-SPF: " + spf,
		"Authentication-Results: amazonses.com;",
		" spf=" + spf,
		fmt.Sprintf(" dkim=%s header.i=@%s;", result(m.verdict.dkim), from),
		fmt.Sprintf(" dmarc=%s header.from=%s;", result(m.verdict.dmarc), from),
	}
	return []byte(strings.Join(lines, eol) + eol)
}

// author is the address in From, whatever can be made of it.
func author(all []field) string {
	value := first(all, "From")
	if list, err := mail.ParseAddressList(value); err == nil {
		return list[0].Address
	}
	return strings.Trim(value[strings.LastIndexByte(value, '<')+1:], "<> ")
}

func domain(address string) string {
	return strings.ToLower(strings.TrimSpace(address[strings.LastIndexByte(address, '@')+1:]))
}

// maxHeaders is how much of the header a notification carries.
const maxHeaders = 10 << 10

func (m message) mail() events.SimpleEmailMessage {
	all, _ := fields(m.stored)
	e := events.SimpleEmailMessage{
		Source: m.from, Timestamp: m.received.UTC().Truncate(time.Millisecond), MessageID: m.id,
		Destination: append(addresses(all, "To"), addresses(all, "Cc")...), Headers: []events.SimpleEmailHeader{},
		CommonHeaders: events.SimpleEmailCommonHeaders{
			From: written(all, "From"), To: written(all, "To"), Cc: written(all, "Cc"), ReturnPath: m.from,
			MessageID: first(all, "Message-ID"), Date: first(all, "Date"), Subject: decoded(first(all, "Subject")),
		},
	}
	var size int
	for _, f := range all {
		if size += len(f.raw); size > maxHeaders {
			e.HeadersTruncated = true
			break
		}
		e.Headers = append(e.Headers, events.SimpleEmailHeader{Name: strings.ToValidUTF8(f.name, "\uFFFD"), Value: f.value})
	}
	return e
}

var words = &mime.WordDecoder{}

func decoded(value string) string {
	if text, err := words.DecodeHeader(value); err == nil {
		return text
	}
	return value
}

// addresses are the addresses of a field, without names; a list that cannot be read is given as it is.
func addresses(all []field, name string) []string {
	list := []string{}
	value := first(all, name)
	if value == "" {
		return list
	}
	parsed, err := mail.ParseAddressList(value)
	if err != nil {
		return append(list, value)
	}
	for _, a := range parsed {
		list = append(list, a.Address)
	}
	return list
}

// written are the addresses of a field as they are written, with names.
func written(all []field, name string) (list []string) {
	value := first(all, name)
	if value == "" {
		return nil
	}
	parsed, err := mail.ParseAddressList(value)
	if err != nil {
		return []string{decoded(value)}
	}
	for _, a := range parsed {
		if a.Name == "" {
			list = append(list, a.Address)
			continue
		}
		list = append(list, a.Name+" <"+a.Address+">")
	}
	return list
}
