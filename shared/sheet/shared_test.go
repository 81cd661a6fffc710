package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/imports"
)

// A small file can unpack to more strings than the function's disk holds; even empty ones have a place there.
func TestStringsThatDoNotFitTheDiskAreRefused(t *testing.T) {
	t.Parallel()
	const limit = 3 << 20
	for name, c := range map[string]struct {
		strings string
		fits    bool
	}{
		"empty ones": {strings.Repeat(`<si/>`, limit/entry), true},
		"too many":   {strings.Repeat(`<si/>`, limit/entry+1), false},
		"long ones":  {strings.Repeat(`<si><t>`+strings.Repeat("x", 1<<20-entry)+`</t></si>`, 3), true},
		"too long":   {strings.Repeat(`<si><t>`+strings.Repeat("x", 1<<20-entry)+`</t></si>`, 3) + `<si/>`, false},
	} {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		f, err := w.Create("strings.xml")
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(f, `<sst>`+c.strings+`</sst>`)
		if err := errors.Join(err, w.Close()); err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
		if err != nil {
			t.Fatal(err)
		}
		s, err := readShared(z, "strings.xml", limit)
		var u *imports.Unreadable
		if fits := err == nil; fits != c.fits || err != nil && (!errors.As(err, &u) || u.Reason != "the XLSX file holds more than 3 MB of texts") {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			_ = s.close()
		}
	}
}
