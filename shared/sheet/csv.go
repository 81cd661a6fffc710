package sheet

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/transform"

	"github.com/lejek/lejek/shared/imports"
)

// csvLines reads records of RFC 4180, more kindly than it: any end of line, quotes inside a field that does not begin with one,
// text after a closing quote, records of any number of fields.
type csvLines struct {
	in        *bufio.Reader
	delimiter byte
	encoding  string
	number    int
	fields    []string
	field     []byte
}

func openCSV(r io.ReaderAt, size int64) (imports.Lines, error) {
	enc, err := detect(r, size)
	if err != nil {
		return nil, err
	}
	open := func() *bufio.Reader {
		section := io.NewSectionReader(r, enc.skip, size-enc.skip)
		return bufio.NewReaderSize(transform.NewReader(section, enc.decoder()), 64<<10)
	}
	c := &csvLines{in: open(), encoding: enc.name}
	if c.delimiter, err = announced(c.in); err != nil {
		return nil, err
	}
	if c.delimiter != 0 {
		c.number++ // the line "sep=;" is a row to the program that wrote it
		return c, nil
	}
	c.delimiter = delimiterOf(open)
	return c, nil
}

func (c *csvLines) Close() error { return nil }

func (c *csvLines) Format() imports.Format {
	return imports.Format{Name: "csv", Encoding: c.encoding, Delimiter: string(c.delimiter)}
}

// Next is the next record that holds any text.
func (c *csvLines) Next() (imports.Line, error) {
	for {
		err := c.record()
		if err != nil {
			return imports.Line{}, err
		}
		line := imports.Line{Number: c.number, Cells: make([]imports.Cell, len(c.fields))}
		filled := 0
		for i, f := range c.fields {
			if line.Cells[i].Text = clean(f); line.Cells[i].Text != "" {
				filled = i + 1
			}
		}
		if filled > 0 {
			line.Cells = line.Cells[:filled]
			return line, nil
		}
	}
}

// record reads one record into fields; io.EOF when there is none.
func (c *csvLines) record() error {
	c.fields, c.field = c.fields[:0], c.field[:0]
	c.number++
	size, quoted, begun := 0, false, false
	for {
		b, err := c.in.ReadByte()
		if err == io.EOF {
			if quoted {
				return imports.CannotRead("row %d: a quote is opened and never closed", c.number)
			}
			if !begun {
				return io.EOF
			}
			c.end()
			return nil
		}
		if err != nil {
			return err
		}
		if begun = true; size >= imports.MaxLine {
			return imports.CannotRead("row %d holds more than %d KB: perhaps a quote is not closed", c.number, imports.MaxLine>>10)
		}
		size++
		switch {
		case quoted && b == '"':
			if next, err := c.in.ReadByte(); err == nil && next == '"' {
				c.field = append(c.field, '"')
			} else if quoted = false; err == nil {
				err = c.in.UnreadByte()
				if err != nil {
					return err
				}
			} else if err != io.EOF {
				return err
			}
		case quoted:
			c.field = append(c.field, b)
		case b == '"' && len(c.field) == 0:
			quoted = true
		case b == c.delimiter:
			c.end()
		case b == '\n':
			c.end()
			return nil
		case b == '\r':
			if next, err := c.in.Peek(1); err == nil && next[0] == '\n' {
				continue
			}
			c.end()
			return nil
		default:
			c.field = append(c.field, b)
		}
	}
}

func (c *csvLines) end() {
	c.fields = append(c.fields, string(c.field))
	c.field = c.field[:0]
}

// announced reads the line "sep=;" with which spreadsheet programs tell each other the delimiter; 0 when there is none.
func announced(in *bufio.Reader) (byte, error) {
	head, err := in.Peek(6)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	if len(head) < 6 || !strings.EqualFold(string(head[:4]), "sep=") || (head[5] != '\r' && head[5] != '\n') {
		return 0, nil
	}
	_, err = in.ReadString('\n')
	if err == io.EOF {
		err = nil
	}
	return head[4], err
}

const sampled = 50 // records looked at to find the delimiter

// delimiterOf is the one that gives the headers most columns, and the records below as many.
func delimiterOf(open func() *bufio.Reader) byte {
	best, most := byte(','), 0
	for _, d := range []byte{',', ';', '\t'} {
		c := &csvLines{in: open(), delimiter: d}
		columns, alike := 0, 0
		for range sampled {
			if c.record() != nil {
				break
			}
			if columns == 0 {
				columns = len(c.fields)
			}
			if len(c.fields) == columns {
				alike++
			}
		}
		if score := (columns - 1) * alike; score > most {
			best, most = d, score
		}
	}
	return best
}

// clean is a cell's text: trimmed, valid, and without the characters that no field of ours may hold.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.ContainsFunc(s, unwanted) {
		s = strings.Map(func(r rune) rune {
			if unwanted(r) {
				return -1
			}
			return r
		}, strings.ReplaceAll(s, "\u00a0", " "))
	}
	return strings.TrimSpace(s)
}

func unwanted(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == '\u00a0' || r == '\ufeff'
}
