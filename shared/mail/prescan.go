package mail

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"

	"github.com/jhillyerd/enmime/v2"
)

// scanned is the outcome of the pre-scan: the message's own header block, the reason to leave the body alone, and what
// splitting costs (see Limits.Work).
type scanned struct {
	header  []byte
	body    int   // where what follows the header block begins
	broken  []int // where parts begin whose header nobody could read
	refused string
	work    int
}

// prescan walks the boundaries of a message as a MIME parser would, without building anything, and refuses what no parser
// should be given: depth and number of parts cost enmime quadratic time (100,000 flat parts in 3.4 MB took 94 s), and
// every byte is copied once per level of nesting.
func prescan(raw []byte, limits Limits) scanned {
	s := scanner{limits: limits, inHeader: true}
	for pos := 0; pos < len(raw) && s.refused == ""; {
		end := len(raw)
		if i := bytes.IndexByte(raw[pos:], '\n'); i >= 0 {
			end = pos + i + 1
		}
		s.line(raw, pos, end)
		pos = end
	}
	if s.header == nil {
		s.header, s.body = raw, len(raw)
	}
	if len(s.header) > limits.HeaderBytes {
		s.header = s.header[:limits.HeaderBytes]
		if i := bytes.LastIndexByte(s.header, '\n'); i >= 0 {
			s.header = s.header[:i+1]
		}
		s.refuse("header over the limit")
	}
	return s.scanned
}

type scanner struct {
	scanned
	limits     Limits
	boundaries [][]byte // of the open multiparts, outermost first, each with its leading "--"
	parts      int
	headers    int // bytes of all header blocks so far
	inHeader   bool
	fresh      bool // no field of the current part was read yet
	from       int  // start of the current header block
}

func (s *scanner) refuse(reason string) {
	if s.refused == "" {
		s.refused = reason
	}
}

func (s *scanner) line(raw []byte, start, end int) {
	line := raw[start:end]
	if s.work += len(line) * (len(s.boundaries) + 1); s.work > s.limits.Work {
		s.refuse("nested too deep for its size")
		return
	}
	blank := line[0] == '\n' || line[0] == '\r' && len(line) == 2
	fresh, from := s.fresh, s.from
	delimiter := s.delimiter(line, end)
	if fresh && !(delimiter && bytes.HasPrefix(line, []byte("--"))) {
		s.firstField(line, blank, delimiter, from)
	}
	if delimiter || !s.inHeader {
		return
	}
	if end-s.from > s.limits.HeaderBytes {
		s.refuse("header over the limit")
		return
	}
	if !blank {
		return
	}
	s.inHeader = false
	block := raw[s.from:start]
	if s.header == nil {
		s.header, s.body = block, end
	}
	if s.headers += len(block); s.headers > 8*s.limits.HeaderBytes {
		s.refuse("headers of all parts over the limit")
		return
	}
	if boundary := boundaryOf(block); boundary != "" {
		s.boundaries = append(s.boundaries, []byte("--"+boundary))
		if len(s.boundaries) > s.limits.Depth {
			s.refuse("too many nested parts")
		}
	}
}

// firstField waits for the first field of a part, and notes the parts that begin with something else.
func (s *scanner) firstField(line []byte, blank, delimiter bool, from int) {
	kind := kindOf(line)
	if (kind == brokenLine || delimiter) && !blank { // a boundary amid the line breaks it
		s.broken = append(s.broken, from)
	}
	if !delimiter {
		s.fresh = kind == skippedLine
	}
}

// delimiter looks for a boundary of an open multipart in the line and enters the next part. Outer boundaries win, as they
// do in a parser whose inner readers read through the outer ones. A boundary counts anywhere in the line, since enmime
// accepts it there at times: seeing one too many is the safe side.
func (s *scanner) delimiter(line []byte, end int) bool {
	if len(s.boundaries) == 0 || !bytes.Contains(line, []byte("--")) {
		return false
	}
	for i, boundary := range s.boundaries {
		at := bytes.Index(line, boundary)
		if at < 0 {
			continue
		}
		rest := line[at+len(boundary):]
		switch {
		case bytes.HasPrefix(rest, []byte("--")):
			s.boundaries = s.boundaries[:i]
			s.inHeader, s.fresh = false, false
			return true
		case len(rest) == 0, unicode.IsSpace(rune(rest[0])):
			s.boundaries = s.boundaries[:i+1]
			s.inHeader, s.fresh, s.from = true, true, end
			if s.parts++; s.parts > s.limits.Parts {
				s.refuse("too many parts")
			}
			return true
		}
	}
	return false
}

// boundaryOf reads what separates the parts below a header block; empty if it has none. Only a value that says so, or that is
// encoded, can make a multipart.
func boundaryOf(block []byte) string {
	if !containsFold(block, "multipart") && !bytes.Contains(block, []byte("=?")) {
		return ""
	}
	header, err := readFields(block, enmime.NewPart(""))
	if err != nil {
		return ""
	}
	kind, params := mediaType(header.Get("Content-Type"))
	if !strings.HasPrefix(kind, "multipart/") {
		return ""
	}
	return params["boundary"]
}

// containsFold looks for a word of lower-case letters in any case.
func containsFold(block []byte, word string) bool {
	for len(block) >= len(word) {
		i := bytes.IndexAny(block[:len(block)-len(word)+1], word[:1]+strings.ToUpper(word[:1]))
		if i < 0 {
			return false
		}
		if bytes.EqualFold(block[i:i+len(word)], []byte(word)) {
			return true
		}
		block = block[i+1:]
	}
	return false
}

// fieldAfterCR says that a line is several fields whose ends are CR.
var fieldAfterCR = regexp.MustCompile(`\r[!-9;-~]+:`)

// trimPrelude removes what stands before the header in exported and relayed mail: a byte order mark, empty lines, the
// mbox "From " line. It also mends line ends without which there is no header at all: CR only, be it in the header only, and
// CR CR LF.
func trimPrelude(raw []byte) []byte {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	first, _, found := bytes.Cut(bytes.TrimLeft(raw, "\r\n"), []byte("\n"))
	if !found || fieldAfterCR.Match(first[:min(len(first), 64<<10)]) {
		raw = endLines(raw)
	} else if bytes.Contains(raw[:min(len(raw), 64<<10)], []byte("\r\r\n")) {
		raw = bytes.ReplaceAll(raw, []byte("\r\r\n"), []byte("\r\n"))
	}
	raw = bytes.TrimLeft(raw, " \t\r\n\x00")
	for bytes.HasPrefix(raw, []byte("From ")) || bytes.HasPrefix(raw, []byte(">From ")) {
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
		raw = bytes.TrimLeft(raw, " \t\r\n")
	}
	return raw
}

// endLines makes every line end a LF.
func endLines(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for i, c := range raw {
		switch {
		case c != '\r':
			out = append(out, c)
		case i+1 == len(raw) || raw[i+1] != '\n':
			out = append(out, '\n')
		}
	}
	return out
}
