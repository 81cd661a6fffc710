package mail

import "strings"

func set(words string) map[string]bool {
	m := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		m[word] = true
	}
	return m
}

var (
	// blockElements start a new line.
	blockElements = set(`address article aside blockquote body center dd details dir div dl dt fieldset figcaption figure footer
		form h1 h2 h3 h4 h5 h6 header hr html legend li main menu nav ol p pre section summary table tbody tfoot thead tr ul`)
	// paragraphs are set off by space as well.
	paragraphs   = set("blockquote dl h1 h2 h3 h4 h5 h6 hr ol p pre table ul")
	voidElements = set("area base br col embed hr img input link meta param source track wbr")
)

// quoteContainers are the classes and ids in which mail programs put the message that a reply or a forward is about.
var quoteContainers = set(`
	gmail_quote gmail_quote_container gmail_attr
	divrplyfwdmsg appendonsend olk_src_body_section mail-editor-reference-message-container
	ms-outlook-mobile-reference-message
	moz-cite-prefix
	yahoo_quoted yqt yahoo-quoted-begin
	protonmail_quote zmail_extra
	reply-intro wordsection2 replyforwardmessage quoted_message`)

// markOf recognises the containers. Outlook on the desktop has no class: it draws a grey line above its header block.
func markOf(name string, a attributes) mark {
	for word := range strings.FieldsSeq(strings.ToLower(a.class + " " + a.id)) {
		if word == "moz-forward-container" {
			return markForward
		}
		// Webmailers rename what they display: x_divRplyFwdMsg, x_x_gmail_quote.
		for strings.HasPrefix(word, "x_") {
			word = word[2:]
		}
		if quoteContainers[word] || strings.HasPrefix(word, "yahoo_quoted") {
			return markQuote
		}
	}
	if name == "blockquote" && strings.EqualFold(a.kind, "cite") {
		return markQuote
	}
	if style := compactStyle(a.style); name == "div" && strings.Contains(style, "border-top:solid#") {
		return markQuote
	}
	return unmarked
}

func compactStyle(style string) string {
	return strings.ToLower(strings.Join(strings.Fields(style), ""))
}
