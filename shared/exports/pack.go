package exports

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// A ZIP file is its entries, one after another, and a directory of them at its end. The standard library writes one in one go;
// here each step writes some entries, beginning at the offset where the last one ended, and what the library then writes as its
// directory is kept apart, to be put behind all entries at last.

// pack takes the entries of one step and hands on their bytes in parts.
type pack struct {
	part      func([]byte) error // takes a part that is complete
	size      int                // of a part
	tail      []byte             // what is not in a part yet
	offset    int64              // of what comes next in the archive
	directory []byte             // of the entries so far
	entries   int64
	at        time.Time // of the entries
	names     map[string]bool
	zip       *zip.Writer
	listing   *bytes.Buffer // while the library writes its directory
}

// open begins to take entries.
func (p *pack) open() error {
	p.names = map[string]bool{}
	for d := p.directory; len(d) > 0; {
		if len(d) < 46 || binary.LittleEndian.Uint32(d) != 0x02014b50 {
			return errors.New("exports: the archive's directory is broken")
		}
		name, extra, comment := int(binary.LittleEndian.Uint16(d[28:])), int(binary.LittleEndian.Uint16(d[30:])), int(binary.LittleEndian.Uint16(d[32:]))
		p.names[string(d[46:46+name])] = true
		d = d[46+name+extra+comment:]
	}
	p.zip = zip.NewWriter(p)
	p.zip.SetOffset(p.offset)
	return nil
}

// add packs an entry; what is compressed already is stored as it is.
func (p *pack) add(name string, stored bool, content io.Reader) (int64, error) {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.at}
	if stored {
		h.Method = zip.Store
	}
	w, err := p.zip.CreateHeader(h)
	if err != nil {
		return 0, fmt.Errorf("exports: entry %s: %w", name, err)
	}
	p.names[name] = true
	p.entries++
	return io.Copy(w, content)
}

// close ends the last entry and keeps the directory of those that were added.
func (p *pack) close() error {
	if err := p.zip.Flush(); err != nil {
		return err
	}
	p.listing = &bytes.Buffer{}
	err := p.zip.Close()
	written := p.listing.Bytes()
	if p.listing = nil; err != nil {
		return err
	}
	start, end := directoryOf(written)
	p.directory = append(p.directory, written[start:end]...)
	return p.take(written[:start])
}

// directoryOf finds the directory in what the library writes at last: the rest of the last entry, the directory, its end record,
// and in a large archive two more records before that.
func directoryOf(written []byte) (start, end int) {
	const record, locator, record64 = 22, 20, 56
	le := binary.LittleEndian
	end = len(written) - record
	length := int(le.Uint32(written[end+12:]))
	if at := end - locator; at >= record64 && le.Uint32(written[at:]) == 0x07064b50 && le.Uint32(written[at-record64:]) == 0x06064b50 {
		end = at - record64
		length = int(le.Uint64(written[end+40:]))
	}
	return end - length, end
}

// Write takes the library's bytes.
func (p *pack) Write(b []byte) (int, error) {
	if p.listing != nil {
		return p.listing.Write(b)
	}
	return len(b), p.take(b)
}

func (p *pack) take(b []byte) error {
	p.tail = append(p.tail, b...)
	p.offset += int64(len(b))
	for len(p.tail) >= p.size {
		if err := p.part(p.tail[:p.size]); err != nil {
			return err
		}
		p.tail = append(p.tail[:0], p.tail[p.size:]...)
	}
	return nil
}

// flush hands on what is there, if it makes a part of at least that size.
func (p *pack) flush(least int) error {
	if len(p.tail) == 0 || len(p.tail) < least {
		return nil
	}
	if err := p.part(p.tail); err != nil {
		return err
	}
	p.tail = nil
	return nil
}

// finish writes the directory of all entries and what ends an archive.
func (p *pack) finish() error {
	start, length := p.offset, int64(len(p.directory))
	if err := p.take(p.directory); err != nil {
		return err
	}
	le := binary.LittleEndian
	var end []byte
	if p.entries >= math.MaxUint16 || length >= math.MaxUint32 || start >= math.MaxUint32 {
		end = le.AppendUint32(end, 0x06064b50) // ZIP64 end of central directory (APPNOTE 4.3.14)
		end = le.AppendUint64(end, 44)
		end = le.AppendUint16(end, 45)
		end = le.AppendUint16(end, 45)
		end = le.AppendUint64(end, 0) // two numbers of disks
		for _, n := range []int64{p.entries, p.entries, length, start} {
			end = le.AppendUint64(end, uint64(n))
		}
		end = le.AppendUint32(end, 0x07064b50) // its locator (4.3.15)
		end = le.AppendUint32(end, 0)
		end = le.AppendUint64(end, uint64(start+length))
		end = le.AppendUint32(end, 1)
	}
	end = le.AppendUint32(end, 0x06054b50) // end of central directory (4.3.16)
	end = le.AppendUint32(end, 0)
	for range 2 {
		end = le.AppendUint16(end, uint16(min(p.entries, math.MaxUint16)))
	}
	end = le.AppendUint32(end, uint32(min(length, math.MaxUint32)))
	end = le.AppendUint32(end, uint32(min(start, math.MaxUint32)))
	end = le.AppendUint16(end, 0)
	if err := p.take(end); err != nil {
		return err
	}
	return p.flush(1)
}
