package sheet

import (
	"archive/zip"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/lejek/lejek/shared/imports"
)

// maxToken bounds one piece of XML, which the decoder holds whole. Excel's longest text, escaped, is a fifth of it.
const maxToken = 2 << 20

// part is one file of the archive, read as XML.
type part struct {
	file  io.ReadCloser
	xml   *xml.Decoder
	total int64
	since int // bytes since the last token
}

func openPart(z *zip.Reader, name string) (*part, error) {
	f, err := z.Open(strings.TrimPrefix(name, "/"))
	if err != nil {
		return nil, err
	}
	p := &part{file: f}
	p.xml = xml.NewDecoder(p)
	p.xml.Strict = false
	return p, nil
}

func (p *part) Close() error { return p.file.Close() }

// Read counts, so that neither a part nor a token of it grows without bound.
func (p *part) Read(b []byte) (int, error) {
	n, err := p.file.Read(b)
	p.total += int64(n)
	if p.since += n; p.since > maxToken {
		return 0, imports.CannotRead("the XLSX file holds a text of more than %d MB", maxToken>>20)
	}
	if p.total > maxUnzip {
		return 0, imports.CannotRead("the XLSX file unpacks to more than %d MB", maxUnzip>>20)
	}
	return n, err
}

// token is the next one; it is valid until the one after it. A document type, which could define entities, is refused.
func (p *part) token() (xml.Token, error) {
	p.since = 0
	t, err := p.xml.RawToken()
	if _, bad := t.(xml.Directive); bad {
		return nil, errors.New("it holds a document type")
	}
	return t, err
}

// text reads the characters up to the end of the element.
func (p *part) text(element string, to *strings.Builder) error {
	for {
		t, err := p.token()
		if err != nil {
			return unexpected(err)
		}
		switch t := t.(type) {
		case xml.CharData:
			if to.Len()+len(t) > imports.MaxLine {
				return imports.CannotRead("a cell holds more than %d KB", imports.MaxLine>>10)
			}
			to.Write(t)
		case xml.EndElement:
			if t.Name.Local == element {
				return nil
			}
		}
	}
}

// runs reads a text in pieces, <t> and <r><t>, without the pronunciation in <rPh>.
func (p *part) runs(element string, to *strings.Builder) error {
	for {
		t, err := p.token()
		if err != nil {
			return unexpected(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "t":
				err = p.text("t", to)
			case "rPh":
				err = p.skip("rPh")
			}
			if err != nil {
				return err
			}
		case xml.EndElement:
			if t.Name.Local == element {
				return nil
			}
		}
	}
}

// escape is how Excel writes a character that XML cannot hold, and an underscore that would look like one (ECMA-376, 22.9.2.19).
var escape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

func unescaped(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	return escape.ReplaceAllStringFunc(text, func(e string) string {
		r, _ := strconv.ParseUint(e[2:6], 16, 16)
		return string(rune(r))
	})
}

// skip reads to the end of the element, which does not hold another of its name.
func (p *part) skip(element string) error {
	for {
		t, err := p.token()
		if err != nil {
			return unexpected(err)
		}
		if end, ok := t.(xml.EndElement); ok && end.Name.Local == element {
			return nil
		}
	}
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// rels are a part's relations by id; kind is the end of a type's URI, the same in both of its forms.
type rels map[string]relation

type relation struct{ kind, target string }

func (r rels) kind(name string) string {
	for _, rel := range r {
		if strings.HasSuffix(rel.kind, "/"+name) {
			return rel.target
		}
	}
	return ""
}

// relations reads a part of relations, whose targets are relative to dir. A missing one is empty.
func relations(z *zip.Reader, name, dir string) (rels, error) {
	p, err := openPart(z, name)
	if err != nil {
		return rels{}, nil
	}
	defer p.Close()
	all := rels{}
	for {
		t, err := p.token()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if start, ok := t.(xml.StartElement); ok && start.Name.Local == "Relationship" && len(all) < maxParts {
			target := attr(start, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join(dir, target)
			}
			all[attr(start, "Id")] = relation{attr(start, "Type"), strings.TrimPrefix(target, "/")}
		}
	}
}

// countParts refuses an archive whose list of files alone would fill the memory (APPNOTE.TXT, 4.3.16).
func countParts(r io.ReaderAt, size int64) error {
	const record, longest = 22, 22 + 65535
	tail := make([]byte, min(size, longest))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return fmt.Errorf("sheet: reading the file: %w", err)
	}
	for i := len(tail) - record; i >= 0; i-- {
		if string(tail[i:i+4]) != "PK\x05\x06" {
			continue
		}
		if n := binary.LittleEndian.Uint16(tail[i+10:]); n > maxParts {
			return imports.CannotRead("the file is an archive of %d files, not a spreadsheet", n)
		}
		if n := binary.LittleEndian.Uint32(tail[i+12:]); n > 4<<20 {
			return imports.CannotRead("the file is an archive with a list of files of %d MB, not a spreadsheet", n>>20)
		}
		return nil
	}
	return imports.CannotRead("the XLSX file is damaged or incomplete")
}
