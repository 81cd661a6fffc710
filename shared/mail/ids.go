package mail

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const (
	maxIDs   = 100
	maxIDLen = 900 // ids become storage keys
)

var bracketed = regexp.MustCompile(`<([^<>]*)>`)

// messageID reads a Message-ID field (RFC 5322 §3.6.4): the content of the brackets, case kept, or the whole value of
// programs that leave them out.
func messageID(value string) string {
	if ids := messageIDs([]string{value}); len(ids) > 0 {
		return ids[0]
	}
	if id := cleanID(strings.Trim(value, "<>")); id != "" && !strings.ContainsAny(value, " \t") {
		return id
	}
	return ""
}

// messageIDs reads every id of In-Reply-To or References, separated by anything and folded anywhere. Old programs write
// prose there ("Your message of … <jo@example.com>"), from which only what can hardly be an address is taken.
func messageIDs(values []string) []string {
	var ids []string
	add := func(id string) {
		if len(ids) == 10*maxIDs {
			return
		}
		if id = cleanID(id); id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, value := range values {
		if plain, ok := plainIDs(value); ok {
			for _, id := range plain {
				add(id)
			}
			continue
		}
		prose := isProse(bracketed.ReplaceAllString(value, " "))
		matches := bracketed.FindAllStringSubmatch(value, -1)
		for _, m := range matches {
			if prose && !unlikeAddress(m[1]) {
				continue
			}
			add(m[1])
		}
		if len(matches) == 0 {
			for word := range strings.FieldsFuncSeq(value, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`,;<>"`, r) }) {
				if strings.Contains(word, "@") && (!prose || unlikeAddress(word)) {
					add(word)
				}
			}
		}
	}
	return ids
}

// plainIDs reads a field as programs write it: ids in brackets, white space between them.
func plainIDs(value string) (ids []string, ok bool) {
	for word := range strings.FieldsSeq(value) {
		if len(word) < 3 || word[0] != '<' || word[len(word)-1] != '>' || strings.ContainsAny(word[1:len(word)-1], "<>") {
			return nil, false
		}
		ids = append(ids, word[1:len(word)-1])
	}
	return ids, true
}

func cleanID(id string) string {
	id = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return -1
		}
		return r
	}, id)
	if len(id) > maxIDLen || id == "@" {
		return ""
	}
	return id
}

func isProse(rest string) bool {
	words := 0
	for word := range strings.FieldsSeq(rest) {
		if strings.IndexFunc(word, unicode.IsLetter) >= 0 && !strings.Contains(word, "@") {
			words++
		}
	}
	return words > 0
}

// unlikeAddress holds for ids as programs make them: long, with digits.
func unlikeAddress(id string) bool {
	local, _, ok := strings.Cut(id, "@")
	digits := strings.Count(strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return '0'
		}
		return r
	}, local), "0")
	return ok && digits >= 4
}

// capIDs keeps the root and the newest.
func capIDs(ids []string) []string {
	if len(ids) <= maxIDs {
		return ids
	}
	return append(ids[:1:1], ids[len(ids)-maxIDs+1:]...)
}

// threadIndex keeps the first 22 bytes of Outlook's Thread-Index, which all messages of a conversation share; each reply
// appends five more.
func threadIndex(value string) string {
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(value), ""))
	if err != nil || len(raw) < 22 {
		return ""
	}
	return base64.StdEncoding.EncodeToString(raw[:22])
}
