package change

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Kinds of guards that hold who is like whom, so that what is there already can be found before it is made once more
// (contract §6.3). What they are made of can be long and is nobody's business in a key, so a hash stands for it.
const (
	Namesake = "namesake" // a person's name with the organization, or with a phone number → ids of persons
	Firm     = "firm"     // an organization's name with its address → ids of organizations
)

// NamesakeIn is the guard of persons of that name in an organization.
func NamesakeIn(name string, organization int64) Ref {
	return Named(Namesake, digest(NormalText(name), "in", strconv.FormatInt(organization, 10)))
}

// NamesakeOn is the guard of persons of that name with a phone number.
func NamesakeOn(name, phone string) Ref {
	return Named(Namesake, digest(NormalText(name), "on", NormalPhone(phone)))
}

// FirmAt is the guard of organizations of that name at that address; "" is an address too.
func FirmAt(name, address string) Ref {
	return Named(Firm, digest(NormalText(name), NormalText(address)))
}

func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

// NormalText is the one form in which names and addresses are compared: case, accents' encoding and runs of spaces make no
// difference.
func NormalText(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFC.String(s))), " ")
}

// NormalPhone is the one form in which phone numbers are compared: their digits, 00 being the same as +. What has none is text.
func NormalPhone(s string) string {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
	if digits == "" {
		return NormalText(s)
	}
	return strings.TrimPrefix(digits, "00")
}

// IDs are all that the guards hold, each once, oldest first.
func IDs(members map[Ref][]int64) (all []int64) {
	for _, ids := range members {
		all = append(all, ids...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Join replaces the guards that a record was a member of by those it belongs to now.
func (s *Set) Join(id int64, before, now []Ref) {
	for _, ref := range now {
		if !slices.Contains(before, ref) {
			s.Members = append(s.Members, Member{Of: ref, ID: id})
		}
	}
	for _, ref := range before {
		if !slices.Contains(now, ref) {
			s.Members = append(s.Members, Member{Of: ref, ID: id, Remove: true})
		}
	}
}
