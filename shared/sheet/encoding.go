package sheet

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/lejek/lejek/shared/imports"
)

// charset is how the bytes of a text file become text; skip is the length of its byte order mark.
type charset struct {
	name string
	skip int64
	enc  encoding.Encoding
}

func (c charset) decoder() *encoding.Decoder { return c.enc.NewDecoder() }

var (
	utf16LE = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	utf16BE = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
)

// detect reads the whole file: a single byte late in it may be the one that is not UTF-8.
func detect(r io.ReaderAt, size int64) (charset, error) {
	head := make([]byte, min(size, 4096))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return charset{}, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return charset{"utf-8", 3, unicode.UTF8}, nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return charset{"utf-16", 2, utf16LE}, nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return charset{"utf-16", 2, utf16BE}, nil
	}
	if enc := wide(head); enc != nil {
		return charset{"utf-16", 0, enc}, nil
	}
	seen, valid, err := census(r, size)
	if err != nil {
		return charset{}, err
	}
	for _, c := range []byte{0, 1, 2, 3, 4, 5, 6, 7, 8} {
		if seen[c] > 0 {
			return charset{}, imports.CannotRead("this is neither a CSV nor an XLSX file")
		}
	}
	if valid {
		return charset{"utf-8", 0, unicode.UTF8}, nil
	}
	return pageOf(seen), nil
}

// wide recognises UTF-16 without a mark by the zeros between its ASCII letters.
func wide(head []byte) encoding.Encoding {
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch half := len(head) / 2; {
	case half >= 2 && zeros[1] > half*6/10 && zeros[0] == 0:
		return utf16LE
	case half >= 2 && zeros[0] > half*6/10 && zeros[1] == 0:
		return utf16BE
	}
	return nil
}

// census counts the bytes and tells whether all are UTF-8.
func census(r io.ReaderAt, size int64) (seen [256]int, valid bool, err error) {
	valid = true
	buf := make([]byte, 64<<10)
	in := io.NewSectionReader(r, 0, size)
	for rest := 0; ; { // bytes of a character that the last read cut
		n, err := io.ReadFull(in, buf[rest:])
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return seen, false, fmt.Errorf("sheet: reading the file: %w", err)
		}
		for _, b := range buf[rest : rest+n] {
			seen[b]++
		}
		part := buf[:rest+n]
		for valid && len(part) > 0 {
			ch, width := utf8.DecodeRune(part)
			if ch == utf8.RuneError && width == 1 {
				if err == nil && len(part) < utf8.UTFMax && !utf8.FullRune(part) {
					break
				}
				valid = false
				break
			}
			part = part[width:]
		}
		if err != nil {
			return seen, valid && len(part) == 0, nil
		}
		if rest = 0; valid {
			rest = copy(buf, part)
		}
	}
}

// Letters beyond ASCII of the languages that were written in a code page.
var (
	centralEurope = []string{
		"ąćęłńóśźżĄĆĘŁŃÓŚŹŻ",                 // Polish
		"áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽ",     // Czech
		"áäčďéíĺľňóôŕšťúýžÁÄČĎÉÍĹĽŇÓÔŔŠŤÚÝŽ", // Slovak
		"áéíóöőúüűÁÉÍÓÖŐÚÜŰ",                 // Hungarian
		"čćđšžČĆĐŠŽ",                         // Croatian, Slovene
		"ăâîşţĂÂÎŞŢ",                         // Romanian
	}
	westernEurope = []string{
		"àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ«»", // French
		"áéíñóúüÁÉÍÑÓÚÜ¿¡ºª",                 // Spanish
		"ãáâàçéêíóôõúüÃÁÂÀÇÉÊÍÓÔÕÚÜºª",       // Portuguese
		"äöüßÄÖÜ", // German
		"àèéìíîòóùúÀÈÉÌÍÎÒÓÙÚ", // Italian
		"åäæéöøÅÄÆÉÖØ",         // Danish, Norwegian, Swedish, Finnish
		"áéëèïíóöüúÁÉËÈÏÍÓÖÜÚ", // Dutch
		"áðéíóúýþæöÁÐÉÍÓÚÝÞÆÖ", // Icelandic
	}
)

// pages are the code pages that are told apart; of those that fit alike the first is meant.
var pages = []struct {
	name      string
	page      *charmap.Charmap
	languages []string
}{
	{"windows-1252", charmap.Windows1252, westernEurope},
	{"windows-1250", charmap.Windows1250, centralEurope},
	{"iso-8859-2", charmap.ISO8859_2, centralEurope},
}

// pageOf is the code page one of whose languages the bytes fit best.
func pageOf(seen [256]int) (best charset) {
	most := -1
	for _, p := range pages {
		if n := fit(seen, p.page, p.languages); n > most {
			best, most = charset{p.name, 0, p.page}, n
		}
	}
	return best
}

// fit is how many of the bytes the best language explains as its letters.
func fit(seen [256]int, page *charmap.Charmap, languages []string) (best int) {
	for _, letters := range languages {
		explained := 0
		for _, l := range letters {
			if b, ok := page.EncodeRune(l); ok {
				explained += seen[b]
			}
		}
		best = max(best, explained)
	}
	return best
}
