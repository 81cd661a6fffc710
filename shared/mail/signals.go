package mail

import (
	"strings"

	"github.com/lejek/lejek/shared/mailbox"
)

// autoSubjects are how mail programs begin the subject of an automatic reply, lower case. They count last: people write
// about out-of-office replies too, but rarely begin with these words.
var autoSubjects = []string{
	"automatic reply:", "auto reply:", "auto-reply:", "autoreply:", "auto response:", "out of office:", "out of office reply",
	"out of the office:", "out-of-office:", "autoodpowiedź:", "odpowiedź automatyczna:", "automatyczna odpowiedź:",
	"poza biurem:", "nieobecność w biurze", "automatische antwort:", "abwesenheitsnotiz:", "abwesend:", "abwesenheit:",
	"réponse automatique", "absence du bureau", "respuesta automática:", "fuera de la oficina:", "risposta automatica:",
	"fuori sede:", "fuori ufficio:", "resposta automática:", "fora do escritório:", "automatisch antwoord:", "afwezig:",
	"autosvar:", "automatiskt svar:", "automatisk svar:", "frånvaro:", "fraværende:", "automaattinen vastaus:",
	"automatická odpověď:", "automatická odpoveď:", "automatikus válasz:", "răspuns automat:", "otomatik yanıt:",
	"автоответ:", "автоматический ответ:", "автоматична відповідь:", "αυτόματη απάντηση:", "自動応答:", "自动答复:",
	"自動回覆:", "自动回复:", "자동 회신:", "תשובה אוטומטית:", "رد تلقائي:", "automatski odgovor:", "аутоматски одговор:", "samodejni odgovor:",
	"автоматичен отговор:", "automaatvastus:", "automātiska atbilde:", "automatinis atsakymas:", "resposta automàtica:", "trả lời tự động:",
	"balasan otomatis:", "การตอบกลับอัตโนมัติ:", "out of office autoreply:", "auto: ",
}

// readSignals collects the marks of automatic mail. X-Auto-Response-Suppress alone is none: Exchange adds it to what people
// write.
func readSignals(header map[string][]string, subject string) mailbox.Signals {
	var s mailbox.Signals
	get := func(name string) string {
		if v := header[name]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	note := func(name string) {
		value := []rune(get(name))
		s.Evidence = append(s.Evidence, name+": "+string(value[:min(len(value), 200)]))
	}

	auto, _, _ := strings.Cut(strings.ToLower(withoutComments(get("Auto-Submitted"))), ";")
	if auto = strings.TrimSpace(auto); auto != "" && auto != "no" {
		s.AutoSubmitted = auto
		note("Auto-Submitted")
	}
	switch precedence := strings.ToLower(get("Precedence")); precedence {
	case "bulk", "list", "junk", "auto_reply":
		s.Precedence = precedence
		note("Precedence")
	}
	for _, name := range []string{"X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "X-Mail-Autoreply"} {
		if v := strings.ToLower(get(name)); v != "" && v != "no" && v != "false" {
			s.AutoReplyField = true
			note(name)
		}
	}
	lower := strings.ToLower(subject)
	for _, prefix := range autoSubjects {
		if strings.HasPrefix(lower, prefix) {
			s.AutoSubject = true
			note("Subject")
			break
		}
	}
	if id := get("List-Id"); id != "" {
		s.ListID = listID(id)
		note("List-Id")
	}
	for _, value := range header["X-Loop"] {
		s.Loop = append(s.Loop, strings.TrimSpace(value))
	}
	if len(s.Loop) > 0 {
		note("X-Loop")
	}
	if path, ok := header["Return-Path"]; ok && strings.Trim(path[0], "<> ") == "" {
		s.EmptyReturnPath = true
		note("Return-Path")
	}
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-To"} {
		for _, value := range header[name] {
			for word := range strings.FieldsFuncSeq(value, func(r rune) bool { return strings.ContainsRune(" ,;<>\t", r) }) {
				if isAddress(word) && len(s.ForwardedFor) < 20 {
					s.ForwardedFor = append(s.ForwardedFor, NormalizeAddress(word))
				}
			}
		}
	}
	return s
}

// listID takes the identifier out of `Name <list.example.com>` (RFC 2919).
func listID(value string) string {
	if m := bracketed.FindAllStringSubmatch(value, -1); m != nil {
		value = m[len(m)-1][1]
	}
	return strings.ToLower(strings.TrimSpace(value))
}
