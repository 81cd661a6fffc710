package mail

import "bytes"

// unreadable holds for a line with which the header of a part cannot begin. enmime would give up the part, and with it an
// attachment or the text.
func unreadable(line []byte) bool {
	line = bytes.TrimRight(line, "\r\n")
	return len(line) > 0 && (line[0] == ' ' || line[0] == '\t' || bytes.IndexByte(line, ':') < 0)
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
