package files

import (
	"fmt"
	"mime"
	"path"
	"strings"
	"unicode"
)

// passive are the types that a browser may be told of: it shows or stores them and runs nothing. Everything else, such as
// HTML or SVG, is served as bytes without meaning.
var passive = map[string]bool{
	"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true, "image/bmp": true, "image/tiff": true, "image/heic": true,
	"application/pdf": true, "application/zip": true, "application/msword": true, "application/vnd.ms-excel": true,
	"application/vnd.ms-powerpoint": true, "application/rtf": true, "text/plain": true, "text/csv": true, "text/calendar": true,
	"text/vcard": true, "message/rfc822": true,
}

const bytesOnly = "application/octet-stream"

// ServedType is the media type under which the file is handed out.
func (f File) ServedType() string {
	t, _, err := mime.ParseMediaType(f.MediaType)
	switch {
	case err != nil:
		return bytesOnly
	case passive[t], strings.HasPrefix(t, "audio/"), strings.HasPrefix(t, "video/"),
		strings.HasPrefix(t, "application/vnd.openxmlformats-officedocument."), strings.HasPrefix(t, "application/vnd.oasis.opendocument."):
		return t
	}
	return bytesOnly
}

// Kind is the short name of the type in v1: "img" for images, else the name's extension.
func (f File) Kind() string {
	if t, _, err := mime.ParseMediaType(f.MediaType); err == nil && strings.HasPrefix(t, "image/") {
		return "img"
	}
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(f.Name), "."))
	if ext == "" || len(ext) > 10 || strings.ContainsFunc(ext, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		return "file"
	}
	return ext
}

// Disposition makes a browser store the file under its name (RFC 6266): a plain form for old clients and the whole name in
// UTF-8. The name came from outside, so nothing in it may end the header, name a folder or turn the reading direction.
func (f File) Disposition() string {
	name := safeName(f.Name)
	if name == "" {
		name = fmt.Sprintf("file-%d", f.ID)
	}
	plain := strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, name)
	var coded strings.Builder
	for _, b := range []byte(name) {
		if b < 0x80 && (unicode.IsLetter(rune(b)) || unicode.IsDigit(rune(b)) || strings.IndexByte("!#$&+-.^_`|~", b) >= 0) { // attr-char of RFC 8187
			coded.WriteByte(b)
			continue
		}
		fmt.Fprintf(&coded, "%%%02X", b)
	}
	return fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, plain, coded.String())
}

const longestName = 150 // bytes; every file system takes it

func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		case strings.ContainsRune(`/\:*?"<>|`, r):
			return '_'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	name = strings.Trim(name, " .")
	if len(name) <= longestName {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 20 {
		ext = ""
	}
	return strings.ToValidUTF8(name[:longestName-len(ext)], "") + ext
}
