package mail

import (
	"iter"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// eachHTMLLine renders an HTML body into lines. It reads tokens and never builds a tree: x/net/html refuses trees as deep as a
// hostile mail can make them. With links set, the address of a mailto link is written behind a text that lacks it.
func eachHTMLLine(source string, links bool) iter.Seq[line] {
	return func(yield func(line) bool) {
		r := renderer{links: links, yield: yield}
		z := html.NewTokenizer(strings.NewReader(source[:min(len(source), maxScan)]))
		for at := 0; r.count < maxLines && !r.enough; {
			kind := z.Next()
			size := len(z.Raw())
			switch kind {
			case html.ErrorToken:
				r.flush()
				return
			case html.TextToken:
				if r.silent == "" {
					r.write(string(z.Text()), at)
				}
			case html.StartTagToken, html.SelfClosingTagToken:
				r.open(z, kind == html.SelfClosingTagToken)
			case html.EndTagToken:
				name, _ := z.TagName()
				r.close(string(name))
			}
			at += size
		}
	}
}

func htmlLines(source string, links bool) []line {
	return slices.Collect(eachHTMLLine(source, links))
}

// renderHTML is the text of an HTML body, good enough to be searched, compared and shown as a snippet.
func renderHTML(source string) string { return joinLines(htmlLines(source, false), 0) }

type renderer struct {
	yield  func(line) bool
	enough bool // whoever takes the lines wants no more
	count  int  // of lines
	last   int  // depth of the last one
	links  bool
	silent string // open element whose content is never text
	hidden string // open element that a style hides
	inside int    // how many elements of that name are open
	pre    int
	depth  int
	mark   mark
	mailto string
	anchor int // where the text of the open link starts in buf
	buf    strings.Builder
	start  int
	space  bool // white space was read and not yet written
	gap    bool // a paragraph ended: leave an empty line before the next text
	blank  bool // a line was made to look empty with a no-break space
}

// write adds text to the line, with white space collapsed as a browser does.
func (r *renderer) write(text string, at int) {
	if r.inside > 0 {
		return
	}
	for _, c := range text {
		switch {
		case r.pre > 0 && c == '\n':
			r.newline()
		case unicode.IsSpace(c):
			r.space = true
			r.blank = r.blank || c == '\u00a0'
		case invisible(c):
		default:
			if r.buf.Len() == 0 {
				r.start = at
			} else if r.space {
				r.buf.WriteByte(' ')
			}
			r.space = false
			r.buf.WriteRune(c)
		}
	}
}

// invisible characters pad the preheaders of newsletters.
func invisible(c rune) bool {
	return c == '\u00ad' || c == '\u034f' || c == '\u200b' || c == '\u200c' || c == '\ufeff' || c == '\u2060'
}

// flush ends the line if it holds anything.
func (r *renderer) flush() {
	if r.buf.Len() == 0 {
		r.gap, r.blank = r.gap || r.blank, false
		return
	}
	if r.gap && r.count > 0 {
		r.emit(line{at: r.start, depth: min(r.depth, r.last)})
	}
	r.emit(line{text: r.buf.String(), at: r.start, depth: r.depth, mark: r.mark})
	r.buf.Reset()
	r.mark, r.gap, r.space, r.blank = unmarked, false, false, false
}

func (r *renderer) emit(l line) {
	r.enough = r.enough || !r.yield(l)
	r.count++
	r.last = l.depth
}

// newline ends the line, and leaves an empty one if there was nothing on it.
func (r *renderer) newline() {
	if r.buf.Len() > 0 {
		r.flush()
	} else if r.count > 0 {
		r.gap = true
	}
}

func (r *renderer) open(z *html.Tokenizer, selfClosing bool) {
	tag, more := z.TagName()
	name := string(tag)
	if r.inside > 0 {
		if name == r.hidden && !selfClosing {
			r.inside++
		}
		return
	}
	var a attributes
	for i := 0; more && i < 50; i++ {
		var key, value []byte
		key, value, more = z.TagAttr()
		a.set(string(key), value)
	}
	if blockElements[name] {
		r.flush()
		if r.gap = r.gap || paragraphs[name]; name == "hr" {
			return
		}
	}
	if style := compactStyle(a.style); !selfClosing && !voidElements[name] && (strings.Contains(style, "display:none") || strings.Contains(style, "mso-hide:all")) {
		r.hidden, r.inside = name, 1
		return
	}
	if m := markOf(name, a); m > r.mark {
		r.flush()
		r.mark = m
	}
	switch name {
	case "br":
		r.newline()
	case "td", "th":
		r.space = true
	case "pre":
		r.pre++
	case "blockquote":
		r.depth++
	case "script", "style", "title", "textarea", "noscript", "iframe", "noembed", "noframes":
		if !selfClosing {
			r.silent = name
		}
	case "a":
		r.mailto, r.anchor = mailtoAddress(a.href), r.buf.Len()
	}
}

// attributes are those of a tag that matter.
type attributes struct{ class, id, style, href, kind string }

func (a *attributes) set(key string, value []byte) {
	switch key {
	case "class":
		a.class = string(value)
	case "id":
		a.id = string(value)
	case "style":
		a.style = string(value)
	case "href":
		a.href = string(value)
	case "type":
		a.kind = string(value)
	}
}

func (r *renderer) close(name string) {
	if r.inside > 0 {
		if name == r.hidden {
			r.inside--
		}
		return
	}
	if name == r.silent {
		r.silent = ""
	}
	if name == "a" && r.links && r.mailto != "" && r.buf.Len() >= r.anchor {
		if !strings.Contains(r.buf.String()[r.anchor:], "@") && r.buf.Len() > r.anchor {
			r.buf.WriteString(" <" + r.mailto + ">")
		}
		r.mailto = ""
	}
	if blockElements[name] {
		r.flush()
		r.gap = r.gap || paragraphs[name]
	}
	switch name {
	case "pre":
		r.pre = max(r.pre-1, 0)
	case "blockquote":
		r.depth = max(r.depth-1, 0)
	}
}

func mailtoAddress(href string) string {
	if len(href) < 7 || !strings.EqualFold(href[:7], "mailto:") {
		return ""
	}
	address, _, _ := strings.Cut(href[7:], "?")
	if address = string(percentDecode(address)); isAddress(address) {
		return address
	}
	return ""
}
