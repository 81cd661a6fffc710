package mail

import (
	"strings"

	"github.com/lejek/lejek/shared/mailbox"
)

// subjectPrefix is what a word before the colon of a subject means. Exact prefixes are words of their language as well, and
// count only directly before the colon.
type subjectPrefix struct {
	kind  mailbox.SubjectKind
	exact bool
}

// Prefixes as mail programs write them. "vs" is a reply in Finnish and a forward in Danish and Norwegian: a reply is assumed,
// since Finnish programs still write it and the others have moved to "vb" and "fwd".
var (
	replyPrefixes = `re r ref rif res aw antw antwort sv vs odp atb ynt vá bls tl απ σχετ отв на תגובה השב رد 回复 回覆 答复 返信
		답장 회신`
	forwardPrefixes = `fw fwd wg tr rv enc i pd vb vl doorst ilt trs redir videresend tovább továbbítás πρθ пересл הועבר 转发 轉寄
		転送 전달`
	exactPrefixes = "i r на"
)

var subjectPrefixes = func() map[string]subjectPrefix {
	table := map[string]subjectPrefix{}
	for word := range strings.FieldsSeq(replyPrefixes) {
		table[foldPrefix(word)] = subjectPrefix{kind: mailbox.SubjectReply}
	}
	for word := range strings.FieldsSeq(forwardPrefixes) {
		table[foldPrefix(word)] = subjectPrefix{kind: mailbox.SubjectForward}
	}
	for word := range strings.FieldsSeq(exactPrefixes) {
		table[word] = subjectPrefix{kind: table[word].kind, exact: true}
	}
	table["إعادة توجيه"] = subjectPrefix{kind: mailbox.SubjectForward}
	return table
}()
