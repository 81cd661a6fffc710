package mail

import (
	"fmt"
	"net/textproto"
	"path"
	"strings"

	"github.com/jhillyerd/enmime/v2"

	"github.com/lejek/lejek/shared/mailbox"
)

// leaf files one part. Without a Content-Type a part is text, or a message inside a digest (RFC 2046 §5.1.5).
func (w *walker) leaf(p *enmime.Part, parent string) body {
	kind, params := mediaType(p.Header.Get("Content-Type"))
	switch {
	case kind == "" && parent == "multipart/digest":
		kind = "message/rfc822"
	case kind == "" || strings.HasPrefix(p.ContentType, "text/plain"):
		kind = "text/plain"
	}
	disposition, _ := mediaType(p.Header.Get("Content-Disposition"))
	name := fileName(p)
	content, damaged := decodeTransfer(p.Content, p.Header.Get("Content-Transfer-Encoding"))
	if damaged {
		w.defects = append(w.defects, "damaged base64")
	}
	w.note(kind, params, content)

	part := mailbox.Part{Name: name, MediaType: kind, ContentID: contentID(p.Header), Content: content}
	if disposition == "attachment" && parent != "" {
		w.parts = append(w.parts, part)
		return body{}
	}
	shown, whole := w.show(kind, params, content)
	isBody := shown != (body{}) && disposition != "attachment" && (name == "" || parent == "multipart/alternative")
	if isBody {
		w.room -= len(shown.text) + len(shown.html)
	}
	if isBody && whole {
		return shown
	}
	if !whole {
		w.defects = append(w.defects, "body over the limit, cut") // the whole stays available as a file
	}
	if len(content) == 0 && name == "" {
		return body{}
	}
	if shown != (body{}) && !isBody {
		w.named = append(w.named, candidate{len(w.parts), shown, whole})
	}
	w.parts = append(w.parts, part)
	if isBody {
		return shown
	}
	return body{}
}

// show decodes a text, as much of it as there is room for.
func (w *walker) show(kind string, params map[string]string, content []byte) (shown body, whole bool) {
	start := content[:min(len(content), 2*w.room+1)] // UTF-16 takes two bytes for what becomes one
	switch kind {
	case "text/plain":
		shown.text = unfoldNewlines(decodeCharset(start, params["charset"]))
		if params["format"] == "flowed" {
			shown.text = unflow(shown.text, params["delsp"] == "yes")
		}
	case "text/html":
		shown.html = unfoldNewlines(decodeCharset(start, params["charset"]))
	default:
		return body{}, true
	}
	whole = len(start) == len(content) && len(shown.text)+len(shown.html) <= w.room
	return body{cut(shown.text, w.room), cut(shown.html, w.room)}, whole
}

// note records what the type of a leaf alone says about the message.
func (w *walker) note(kind string, params map[string]string, content []byte) {
	switch {
	case kind == "text/calendar":
		w.signals.CalendarMethod = strings.ToUpper(params["method"])
		if w.signals.CalendarMethod == "" {
			w.signals.CalendarMethod = calendarMethod(content)
		}
	case kind == "application/ms-tnef":
		w.signals.Encrypted = "tnef"
	case strings.HasSuffix(kind, "pkcs7-mime") && params["smime-type"] != "signed-data":
		w.signals.Encrypted = "smime"
	}
}

func calendarMethod(content []byte) string {
	for line := range strings.Lines(string(content[:min(len(content), 4<<10)])) {
		if method, ok := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(line)), "METHOD:"); ok {
			return method
		}
	}
	return ""
}

// fileName prefers the disposition's parameter (RFC 2183) over the older one of the media type.
func fileName(p *enmime.Part) string {
	if name := parameters(headerValue(p.Header.Get("Content-Disposition")))["filename"]; name != "" {
		return safeName(name)
	}
	return safeName(parameters(headerValue(p.Header.Get("Content-Type")))["name"])
}

func contentID(header textproto.MIMEHeader) string {
	return cleanID(strings.Trim(repair(header.Get("Content-Id")), "<> \t"))
}

// nameParts gives every part a name, and no two the same.
func nameParts(parts []mailbox.Part) {
	taken := map[string]int{}
	for i := range parts {
		part := &parts[i]
		if part.Name == "" {
			part.Name = "attachment" + extension(part.MediaType)
			if part.MediaType == "message/rfc822" {
				part.Name = attachedName(part.Content)
			}
		}
		key := strings.ToLower(part.Name)
		taken[key]++
		if n := taken[key]; n > 1 {
			ext := path.Ext(part.Name)
			part.Name = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(part.Name, ext), n, ext)
			taken[strings.ToLower(part.Name)]++
		}
	}
}

// shownIDs are the Content-IDs that an HTML body refers to by cid: (RFC 2392).
func shownIDs(source string) map[string]bool {
	ids := map[string]bool{}
	for len(ids) < 10_000 {
		_, after, found := strings.Cut(source, "cid:")
		if !found {
			break
		}
		id := after
		if end := strings.IndexAny(after[:min(len(after), maxIDLen)], "\"'<>) \t\r\n"); end >= 0 {
			id = after[:end]
		}
		if id != "" && len(id) <= maxIDLen {
			ids[id] = true
			ids[string(percentDecode(id))] = true
		}
		source = after
	}
	return ids
}
