package persons

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Detail is one way to reach a person: an e-mail address, a phone number, a name in a messenger. Exactly one of each sort is
// primary. Labels are work, home, mobile, other or the client's own words.
type Detail struct {
	Value   string
	Primary bool
	Label   string
}

const (
	// maxDetails keeps a write within one transaction: twenty old addresses and phone numbers go, as many new ones come, each
	// with its guard.
	maxDetails   = 20
	defaultLabel = "work"
	maxAddress   = 320 // RFC 3696 erratum 1690 says 254; older records hold more
)

// details replaces a list when the input is present; null empties it. The first is primary when none is marked; two marked
// ones are a mistake, since either choice would send somebody's mail to the wrong place.
func details(bad *fault.Fields, name string, in value.Opt[[]Detail], had []Detail, check func(string) string) []Detail {
	if !in.Set {
		return had
	}
	if len(in.V) > maxDetails {
		bad.Add(name, "must be at most %d", maxDetails)
		return had
	}
	list := slices.Clone(in.V)
	primary := -1
	for i := range list {
		d, path := &list[i], name+"["+strconv.Itoa(i)+"]"
		if d.Value = strings.TrimSpace(d.Value); d.Value == "" {
			bad.Add(path+".value", "must be given")
		} else if check != nil {
			if wrong := check(d.Value); wrong != "" {
				bad.Add(path+".value", "%s", wrong)
			}
		}
		if d.Label = strings.TrimSpace(d.Label); d.Label == "" {
			d.Label = defaultLabel
		}
		if d.Primary && primary >= 0 {
			bad.Add(path+".primary", "only one can be primary, and %s[%d] is", name, primary)
		} else if d.Primary {
			primary = i
		}
	}
	if primary < 0 && len(list) > 0 {
		list[0].Primary = true
	}
	return list
}

// checkAddress is lenient: one @ with something on both sides and nothing that ends an address in a header.
func checkAddress(text string) string {
	local, domain, ok := strings.Cut(text, "@")
	unfit := func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`<>,;"`, r)
	}
	if !ok || local == "" || strings.Trim(domain, ".") == "" || strings.Contains(domain, "@") || strings.ContainsFunc(text, unfit) {
		return "must be an e-mail address, such as ada@example.com"
	}
	if len(text) > maxAddress {
		return "must be at most " + strconv.Itoa(maxAddress) + " bytes"
	}
	return ""
}

// PrimaryEmail is where mail to the person goes; "" when there is no address.
func (p Person) PrimaryEmail() string {
	for _, e := range p.Emails {
		if e.Primary {
			return e.Value
		}
	}
	return ""
}

// text is a list as one line of the change log.
func text(list []Detail) *string {
	if len(list) == 0 {
		return nil
	}
	parts := make([]string, len(list))
	for i, d := range list {
		parts[i] = d.Value + " (" + d.Label
		if d.Primary {
			parts[i] += ", primary"
		}
		parts[i] += ")"
	}
	all := strings.Join(parts, ", ")
	return &all
}
