package mail

import (
	"bufio"
	"bytes"
	"io"
	"net/textproto"
	"strings"
	"sync"

	"github.com/jhillyerd/enmime/v2"
)

var headerReaders = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 4<<10) }}

// readFields reads a header block with enmime's own reader, so that all who look at a part see the same fields. What it repairs
// is noted in part.
func readFields(block []byte, part *enmime.Part) (textproto.MIMEHeader, error) {
	r := headerReaders.Get().(*bufio.Reader)
	defer headerReaders.Put(r)
	r.Reset(io.MultiReader(bytes.NewReader(block), strings.NewReader("\r\n\r\n")))
	return enmime.ReadHeader(r, partErrors{part})
}

// closeColons removes the white space before a field's colon, an obsolete form (RFC 5322 §4.5): enmime would drop such a line or
// not, as the white space may be, and a second From must not hide.
func closeColons(block []byte) []byte {
	var out []byte
	kept := 0
	for at := 0; at < len(block); {
		end := len(block)
		if i := bytes.IndexByte(block[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		if name := bytes.IndexAny(block[at:end], " \t:"); name > 0 && block[at+name] != ':' {
			colon := name
			for at+colon < end && (block[at+colon] == ' ' || block[at+colon] == '\t') {
				colon++
			}
			if at+colon < end && block[at+colon] == ':' {
				out = append(append(out, block[kept:at+name]...), ':')
				kept = at + colon + 1
			}
		}
		at = end
	}
	if out == nil {
		return block
	}
	return append(out, block[kept:]...)
}
