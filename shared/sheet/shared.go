package sheet

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/lejek/lejek/shared/imports"
)

// errSpool marks failures of our own temporary files: they are not the sender's fault.
var errSpool = errors.New("sheet: temporary file")

// shared are the strings that cells refer to by number. There can be as many as cells, so they lie in a temporary file and
// their places in another.
type shared struct {
	count        int64
	texts, index *os.File
}

const (
	entry    = 12        // bytes of one place: offset and length
	maxSpool = 256 << 20 // bytes of texts and places: a function has 512 MB of disk, and the file itself lies there too
)

func readShared(z *zip.Reader, name string, limit uint64) (s *shared, err error) {
	s = &shared{}
	if name == "" {
		return s, nil
	}
	p, err := openPart(z, name)
	if err != nil {
		return s, err
	}
	defer p.Close()
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.texts, err = spool(); err != nil {
		return s, err
	}
	if s.index, err = spool(); err != nil {
		return s, err
	}
	texts, index := bufio.NewWriterSize(s.texts, 64<<10), bufio.NewWriterSize(s.index, 64<<10)
	var place [entry]byte
	var text strings.Builder
	for offset := uint64(0); ; {
		t, err := p.token()
		if err == io.EOF {
			return s, spooled(errors.Join(texts.Flush(), index.Flush()))
		}
		if err != nil {
			return s, err
		}
		if start, ok := t.(xml.StartElement); !ok || start.Name.Local != "si" {
			continue
		}
		text.Reset()
		if err := p.runs("si", &text); err != nil {
			return s, err
		}
		binary.LittleEndian.PutUint64(place[:], offset)
		binary.LittleEndian.PutUint32(place[8:], uint32(text.Len()))
		_, err1 := texts.WriteString(text.String())
		_, err2 := index.Write(place[:])
		if err := spooled(errors.Join(err1, err2)); err != nil {
			return s, err
		}
		offset += uint64(text.Len())
		if s.count++; offset+uint64(s.count)*entry > limit {
			return s, imports.CannotRead("the XLSX file holds more than %d MB of texts", limit>>20)
		}
	}
}

// at is the string of that number; one that does not exist is empty.
func (s *shared) at(i int64) (string, error) {
	if i < 0 || i >= s.count {
		return "", nil
	}
	var place [entry]byte
	if _, err := s.index.ReadAt(place[:], i*entry); err != nil {
		return "", spooled(err)
	}
	text := make([]byte, binary.LittleEndian.Uint32(place[8:]))
	if _, err := s.texts.ReadAt(text, int64(binary.LittleEndian.Uint64(place[:]))); err != nil && len(text) > 0 {
		return "", spooled(err)
	}
	return string(text), nil
}

func (s *shared) close() error {
	var errs []error
	for _, f := range []*os.File{s.texts, s.index} {
		if f != nil {
			errs = append(errs, f.Close())
		}
	}
	s.texts, s.index = nil, nil
	return errors.Join(errs...)
}

// spool is a temporary file without a name: it is gone when it is closed, or when the function dies.
func spool() (*os.File, error) {
	f, err := os.CreateTemp("", "lejek-sheet-")
	if err != nil {
		return nil, spooled(err)
	}
	return f, spooled(os.Remove(f.Name()))
}

func spooled(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", errSpool, err)
}
