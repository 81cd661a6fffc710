package webhooks

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// Message is the body of a delivery around the number of the attempt.
type Message struct{ Head, Tail string }

// Body is what is sent at an attempt.
func (m Message) Body(attempt int64) []byte {
	return fmt.Appendf(nil, "%s%d%s", m.Head, attempt, m.Tail)
}

// Part is a piece of a message, as large as one item can hold.
type Part struct {
	Version   int64
	Text      []byte // compressed
	KeptUntil time.Time
}

const maxPart = 350_000 // of the 400 KB that an item holds

// parts are the message as it is stored: the length of its head, then head and tail, compressed and cut into pieces.
func (m Message) parts(expires time.Time) (parts []Part, err error) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err1 := z.Write(binary.BigEndian.AppendUint32(nil, uint32(len(m.Head))))
	_, err2 := io.WriteString(z, m.Head+m.Tail)
	if err := errors.Join(err1, err2, z.Close()); err != nil {
		return nil, fmt.Errorf("webhooks.parts: %w", err)
	}
	for rest := packed.Bytes(); len(rest) > 0; {
		n := min(len(rest), maxPart)
		parts = append(parts, Part{Text: rest[:n], KeptUntil: expires})
		rest = rest[n:]
	}
	return parts, nil
}

// joined is the message of these parts.
func joined(parts []Part) (m Message, err error) {
	var readers []io.Reader
	for _, p := range parts {
		readers = append(readers, bytes.NewReader(p.Text))
	}
	z, err := gzip.NewReader(io.MultiReader(readers...))
	if err != nil {
		return m, fmt.Errorf("webhooks.joined: %w", err)
	}
	text, err := io.ReadAll(z)
	if err != nil || len(text) < 4 {
		return m, fmt.Errorf("webhooks.joined: %d bytes: %w", len(text), err)
	}
	head := int(binary.BigEndian.Uint32(text))
	if text = text[4:]; head > len(text) {
		return m, errors.New("webhooks.joined: the head is longer than the message")
	}
	return Message{string(text[:head]), string(text[head:])}, nil
}
