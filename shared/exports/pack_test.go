package exports

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

// An archive of many entries, written in steps that know of each other only what a state keeps, is one that the library reads.
func TestArchiveWrittenInSteps(t *testing.T) {
	t.Parallel()
	for _, perStep := range []int{1, 7, 70000} {
		var whole []byte
		parts := 0
		const entries = 66000 // more than an archive without ZIP64 can have
		total := entries
		if perStep == 1 {
			total = 300
		}
		if perStep == 7 {
			total = 3000
		}
		kept := pack{}
		for n := 0; n < total; n += perStep {
			p := pack{size: 1000, tail: kept.tail, offset: kept.offset, directory: kept.directory, entries: kept.entries,
				part: func(b []byte) error { parts++; whole = append(whole, b...); return nil }}
			if err := p.open(); err != nil {
				t.Fatal(err)
			}
			if len(p.names) != n {
				t.Fatalf("%d names, want %d", len(p.names), n)
			}
			for i := n; i < min(n+perStep, total); i++ {
				if _, err := p.add(fmt.Sprint("e", i), i%50 != 0, strings.NewReader(strings.Repeat("x", i%300))); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.close(); err != nil {
				t.Fatal(err)
			}
			if err := p.flush(200); err != nil {
				t.Fatal(err)
			}
			kept = p
		}
		if err := kept.finish(); err != nil {
			t.Fatal(err)
		}
		if int64(len(whole)) != kept.offset {
			t.Errorf("%d bytes in parts, want %d", len(whole), kept.offset)
		}
		r, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
		if err != nil {
			t.Fatal(err)
		}
		if len(r.File) != total {
			t.Fatalf("%d entries, want %d", len(r.File), total)
		}
		for i, f := range r.File {
			if i%97 != 0 {
				continue
			}
			c, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(c)
			if err != nil || f.Name != fmt.Sprint("e", i) || len(content) != i%300 {
				t.Errorf("entry %d: %s of %d bytes, %v", i, f.Name, len(content), err)
			}
		}
	}
}

// TestOffsetsBeyondFourGigabytes: a directory entry then has its offset in 64 bits, and the library's end records are longer.
func TestOffsetsBeyondFourGigabytes(t *testing.T) {
	t.Parallel()
	const before = 5 << 30
	var written []byte
	p := pack{size: 1 << 20, offset: before, part: func(b []byte) error { written = append(written, b...); return nil }}
	if err := p.open(); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		if _, err := p.add(fmt.Sprint("far", i), false, strings.NewReader("content")); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.close(); err != nil {
		t.Fatal(err)
	}
	if err := p.finish(); err != nil {
		t.Fatal(err)
	}
	r, err := zip.NewReader(shifted{written, before}, before+int64(len(written)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		c, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if content, err := io.ReadAll(c); err != nil || string(content) != "content" {
			t.Errorf("%s: %q %v", f.Name, content, err)
		}
	}
	if len(r.File) != 3 {
		t.Errorf("%d entries", len(r.File))
	}
}

// shifted is a file whose beginning nobody reads.
type shifted struct {
	b  []byte
	by int64
}

func (s shifted) ReadAt(b []byte, at int64) (n int, err error) {
	for ; n < len(b) && at < s.by; n, at = n+1, at+1 {
		b[n] = 0
	}
	more, err := bytes.NewReader(s.b).ReadAt(b[n:], at-s.by)
	return n + more, err
}
