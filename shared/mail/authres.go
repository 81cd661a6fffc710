package mail

import (
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/mailbox"
)

// servID is how SES signs its Authentication-Results.
const servID = "amazonses.com"

// authResults reads SES's own Authentication-Results field (RFC 8601). SES puts it on top of whatever the sender wrote, so
// only the topmost field with its name is believed. Comments and quoted strings quote the sender and may hold ";dkim=pass":
// they are removed before anything else is looked at, which is why no library does this here.
func authResults(fields []string) mailbox.AuthResults {
	for _, field := range fields {
		clauses := splitOutside(withoutComments(field), ';')
		if id, _, _ := strings.Cut(strings.TrimSpace(clauses[0]), " "); !strings.EqualFold(id, servID) {
			continue
		}
		r := mailbox.AuthResults{Present: true}
		for _, clause := range clauses[1:] {
			words := strings.Fields(clause)
			if len(words) == 0 {
				continue
			}
			method, result, _ := strings.Cut(strings.ToLower(words[0]), "=")
			props := properties(words[1:])
			switch method {
			case "spf":
				r.SPF = result
				r.MailFrom = domainOf(firstOf(props["smtp.mailfrom"], props["envelope-from"]))
			case "envelope-from": // SES writes it as in Received-SPF, behind a semicolon of its own
				r.MailFrom = firstOf(r.MailFrom, domainOf(strings.Trim(result, `"<>`)))
			case "dmarc":
				r.DMARC = result
			case "dkim":
				if r.DKIM != "pass" {
					r.DKIM = result
				}
				domain := domainOf(firstOf(props["header.d"], props["header.i"]))
				if result == "pass" && domain != "" && !slices.Contains(r.DKIMDomains, domain) {
					r.DKIMDomains = append(r.DKIMDomains, domain)
				}
			}
		}
		return r
	}
	return mailbox.AuthResults{}
}

func properties(words []string) map[string]string {
	props := map[string]string{}
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		if _, seen := props[key]; !seen {
			props[strings.ToLower(key)] = strings.Trim(value, `"<>`)
		}
	}
	return props
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// withoutComments removes the nested comments of RFC 5322 §3.2.2. An unclosed one swallows the rest.
func withoutComments(s string) string {
	var out strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && (quoted || depth > 0):
			if i++; depth == 0 && i < len(s) {
				out.WriteString(s[i-1 : i+1])
			}
			continue
		case c == '"' && depth == 0:
			quoted = !quoted
		case c == '(' && !quoted:
			depth++
		case c == ')' && depth > 0:
			depth--
			continue
		}
		if depth == 0 {
			out.WriteByte(c)
		}
	}
	return out.String()
}
