package mail

import "bytes"

// lineKind is what enmime makes of a line of a header block.
type lineKind int

const (
	fieldLine   lineKind = iota
	skippedLine          // passed over
	brokenLine           // no field, nor the continuation of one: as the first of a block, it makes enmime give up the part
)

func kindOf(line []byte) lineKind {
	line = bytes.TrimRight(line, "\r\n")
	colon := bytes.IndexByte(line, ':')
	switch {
	case len(line) == 0, line[0] == ' ', line[0] == '\t', line[0] == '\r', colon < 0:
		return brokenLine
	case colon == 0:
		return skippedLine
	}
	for _, c := range line[:colon] {
		if c < ' ' || c >= 0x7f {
			return skippedLine
		}
	}
	return fieldLine
}

// mend makes the parts readable that begin at the given places. Where fields follow, the lines before them are dropped; where none
// do, the part lacks its header and the empty line that ends it, which is put in.
func mend(raw []byte, starts []int) []byte {
	if len(starts) == 0 {
		return raw
	}
	out := make([]byte, 0, len(raw)+2*len(starts))
	at := 0
	for _, start := range starts {
		if start < at {
			continue // it was dropped
		}
		out = append(out, raw[at:start]...)
		if at = firstField(raw, start); at < 0 {
			at = start
			out = append(out, "\r\n"...)
		}
	}
	return append(out, raw[at:]...)
}

// firstField finds the first field about the content among the lines that follow; -1 if there is none in the block.
func firstField(raw []byte, at int) int {
	for range 20 {
		line, _, found := bytes.Cut(raw[at:], []byte("\n"))
		field := bytes.TrimLeft(line, " \t")
		if len(bytes.TrimSpace(field)) == 0 || bytes.HasPrefix(field, []byte("--")) {
			return -1
		}
		if name := []byte("content-"); len(field) > len(name) && bytes.EqualFold(field[:len(name)], name) && bytes.IndexByte(field, ':') > 0 {
			return at + len(line) - len(field)
		}
		if !found {
			return -1
		}
		at += len(line) + 1
	}
	return -1
}
