package files

import (
	"mime"
	"strings"
	"testing"
)

func TestDispositionIsSafeWhateverTheName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"plain.pdf": "plain.pdf", `a"b\c/d.txt`: "a_b_c_d.txt", "../../etc/passwd": "_.._etc_passwd", "x\r\nSet-Cookie: a=b": "xSet-Cookie_ a=b",
		"": "file-7", " . ": "file-7", "\u202eexe.pdf": "exe.pdf", "zażółć 50%.pdf": "zażółć 50%.pdf", "\xff\xfebad.bin": "bad.bin",
		strings.Repeat("ż", 200) + ".docx": strings.Repeat("ż", 72) + ".docx",
	} {
		header := File{ID: 7, Name: name}.Disposition()
		if strings.ContainsAny(header, "\r\n") {
			t.Errorf("%q breaks the header: %q", name, header)
		}
		kind, params, err := mime.ParseMediaType(header)
		if err != nil || kind != "attachment" || params["filename"] != want {
			// mime prefers the extended form, as browsers do
			t.Errorf("%q is read as %q %q (%v), want %q; header %s", name, kind, params["filename"], err, want, header)
		}
	}
}

func TestOnlyPassiveTypesAreNamed(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"image/png": "image/png", "text/plain; charset=utf-8": "text/plain", "text/html": bytesOnly, "image/svg+xml": bytesOnly,
		"application/xhtml+xml": bytesOnly, "application/javascript": bytesOnly, "": bytesOnly, "nonsense": bytesOnly, "video/mp4": "video/mp4",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	} {
		if got := (File{MediaType: given}).ServedType(); got != want {
			t.Errorf("%q is served as %q, want %q", given, got, want)
		}
	}
}
