package value

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestWireSizeIsThatOfJSONWithinJSON(t *testing.T) {
	t.Parallel()
	marshal := func(v any) []byte {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		return bytes.TrimSpace(b.Bytes())
	}
	const quotes = 2 + 4 // around it, without and within
	for _, text := range []string{"", "plain", `a "quoted" \ word`, "two\r\n\tlines", "\x00\x1f", "zażółć 👩‍👩‍👧", `<a href="x">&</a>`, "\u2028\u2029"} {
		if got, want := WireSize(text), len(marshal(string(marshal(text))))-quotes; got != want {
			t.Errorf("%q: %d, is %d", text, got, want)
		}
	}
}
