// Package sheet reads spreadsheets line by line: CSV in the encodings and with the delimiters that spreadsheet programs write,
// and XLSX. What a file is, its content decides, never its name. It holds one line at a time; what needs random access (the
// strings that an XLSX file shares between cells) lies in temporary files, so memory does not grow with the file.
//
// XLSX is read here and not by a library, because those that read it line by line hand out text only: a date then comes as the
// number of days since 1900 or in whatever form the author liked, and the whole archive lies in memory.
package sheet

import (
	"bytes"
	"io"

	"github.com/lejek/lejek/shared/imports"
)

var (
	zipMagic = []byte("PK\x03\x04")
	oleMagic = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
)

// Open recognises the file of that many bytes and returns its lines.
func Open(r io.ReaderAt, size int64) (imports.Lines, error) {
	if size == 0 {
		return nil, imports.CannotRead("the file is empty")
	}
	if size > imports.MaxFile {
		return nil, imports.CannotRead("the file is larger than %d MB", imports.MaxFile>>20)
	}
	head := make([]byte, 8)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch head = head[:n]; {
	case bytes.HasPrefix(head, zipMagic):
		return openXLSX(r, size)
	case bytes.HasPrefix(head, oleMagic):
		return nil, imports.CannotRead("this is an old Excel file (.xls) or one with a password, which cannot be read yet: save it as .xlsx or CSV")
	case bytes.HasPrefix(head, []byte("%PDF")):
		return nil, imports.CannotRead("this is a PDF file, not a spreadsheet: save it as .xlsx or CSV")
	}
	return openCSV(r, size)
}
