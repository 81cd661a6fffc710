package inbox

import (
	"strings"
)

const verdictHeader = "X-Local-Verdict"

// verdict is what SES would have found out about a message: PASS, FAIL, GRAY or PROCESSING_FAILED each.
type verdict struct{ dmarc, spf, dkim, spam, virus string }

// takeVerdict reads "dmarc=FAIL; spf=FAIL" and the like, and takes the header off the message.
func takeVerdict(message []byte) (verdict, []byte) {
	v := verdict{"PASS", "PASS", "PASS", "PASS", "PASS"}
	all, rest := fields(message)
	var kept []byte
	var found bool
	for _, f := range all {
		if !strings.EqualFold(f.name, verdictHeader) {
			kept = append(kept, f.raw...)
			continue
		}
		found = true
		v.set(f.value)
	}
	if !found {
		return v, message
	}
	return v, append(kept, rest...)
}

func (v *verdict) set(text string) {
	check := map[string]*string{"dmarc": &v.dmarc, "spf": &v.spf, "dkim": &v.dkim, "spam": &v.spam, "virus": &v.virus}
	for part := range strings.SplitSeq(text, ";") {
		name, value, _ := strings.Cut(part, "=")
		if status, ok := check[strings.ToLower(strings.TrimSpace(name))]; ok {
			*status = strings.ToUpper(strings.TrimSpace(value))
		}
	}
}

// result is the verdict in the words of an Authentication-Results header (RFC 8601).
func result(status string) string {
	switch status {
	case "PASS":
		return "pass"
	case "FAIL":
		return "fail"
	case "GRAY":
		return "none"
	}
	return "temperror"
}
