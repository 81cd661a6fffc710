package mailroom

import (
	"html"
	"net/url"
	"regexp"
	"sync"

	"github.com/microcosm-cc/bluemonday"
)

// sanitize makes the HTML of a stranger fit to be shown inside a page: text, tables, lists, links and its own attached images.
// Nothing runs, nothing is fetched, nothing reaches outside the place where it is shown: no scripts, forms or style, and no
// remote images, which would tell the sender that and where the mail was read.
func sanitize() func(string, func(string) bool) string {
	policy := sync.OnceValue(func() *bluemonday.Policy {
		p := bluemonday.NewPolicy()
		p.AllowStandardURLs()
		p.AllowRelativeURLs(false) // it would lead into the page that shows it
		p.AllowURLSchemes("http", "https", "mailto", "tel")
		p.AllowAttrs("href").OnElements("a")
		p.RequireNoFollowOnLinks(true)
		p.RequireNoReferrerOnLinks(true)
		p.AddTargetBlankToFullyQualifiedLinks(true)
		p.AllowElements(
			"p", "br", "hr", "div", "span", "b", "strong", "i", "em", "u", "s", "small", "big", "sub", "sup", "blockquote", "pre", "code", "tt",
			"h1", "h2", "h3", "h4", "h5", "h6", "center", "font", "abbr", "address", "cite", "q", "del", "ins", "article", "section",
		)
		p.AllowLists()
		p.AllowTables()
		p.AllowAttrs("dir").Matching(regexp.MustCompile(`(?i)^(rtl|ltr|auto)$`)).Globally()
		p.AllowURLSchemes("cid")
		p.AllowAttrs("src").Matching(regexp.MustCompile(`^cid:[^\s"'<>]{1,300}$`)).OnElements("img")
		p.AllowAttrs("alt").OnElements("img")
		p.AllowAttrs("width", "height").Matching(bluemonday.Number).OnElements("img", "td", "th", "table")
		return p
	})
	return func(text string, has func(string) bool) string {
		return shownImage.ReplaceAllStringFunc(policy().Sanitize(text), func(src string) string {
			id := html.UnescapeString(shownImage.FindStringSubmatch(src)[1])
			if plain, err := url.PathUnescape(id); has(id) || err == nil && has(plain) { // RFC 2392
				return src
			}
			return ""
		})
	}
}

// shownImage is an attached image in HTML that was made safe: there, a quotation mark stands in tags only.
var shownImage = regexp.MustCompile(` src="cid:([^"]*)"`)
