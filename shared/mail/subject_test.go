package mail_test

import (
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/mail"
	"github.com/lejek/lejek/shared/mailbox"
)

func TestBaseSubjectStripsWhatProgramsAdd(t *testing.T) {
	t.Parallel()
	const none, reply, forward = mailbox.SubjectNew, mailbox.SubjectReply, mailbox.SubjectForward
	for subject, want := range map[string]struct {
		base string
		kind mailbox.SubjectKind
	}{
		"Offer":                           {"Offer", none},
		"  Offer \t for\n you ":           {"Offer for you", none},
		"Re: Offer":                       {"Offer", reply},
		"RE : Offer":                      {"Offer", reply},
		"Re: AW: WG: [ext] Offer":         {"Offer", reply},
		"WG: Re: Offer":                   {"Offer", forward},
		"Re[2]: Offer":                    {"Offer", reply},
		"Re (3): Offer":                   {"Offer", reply},
		"Re^4: Offer":                     {"Offer", reply},
		"Re：Offer":                        {"Offer", reply},
		"回复：Offer":                        {"Offer", reply},
		"轉寄: Offer":                       {"Offer", forward},
		"Odp: Offer":                      {"Offer", reply},
		"PD: Offer":                       {"Offer", forward},
		"VS: Offer":                       {"Offer", reply},
		"VÁ: Offer":                       {"Offer", reply},
		"İLT: Offer":                      {"Offer", forward},
		"ilt: Offer":                      {"Offer", forward},
		"i\u0307lt: Offer":                {"Offer", forward},
		"ΠΡΘ: Offer":                      {"Offer", forward},
		"إعادة توجيه: Offer":              {"Offer", forward},
		"[Fwd: Offer]":                    {"Offer", forward},
		"[Fwd: Re: Offer]":                {"Offer", forward},
		"Offer (fwd)":                     {"Offer", forward},
		"[list] Re: [list] Offer":         {"Offer", reply},
		"[list]":                          {"[list]", none},
		"Re: [list]":                      {"[list]", reply},
		"Re:":                             {"", reply},
		"Re: Fwd: ":                       {"", reply},
		"":                                {"", none},
		"R: Offerta":                      {"Offerta", reply},
		"I: Offerta":                      {"Offerta", forward},
		"R (2): Offerta":                  {"R (2): Offerta", none},
		"I : Offerta":                     {"I : Offerta", none},
		"Reminder: Offer":                 {"Reminder: Offer", none},
		"Note: Re: Offer":                 {"Note: Re: Offer", none},
		"Re Offer":                        {"Re Offer", none},
		"Zamówienie: 12:30":               {"Zamówienie: 12:30", none},
		"Zamo\u0301wienie":                {"Zamówienie", none},
		strings.Repeat("Re: ", 200) + "x": {"x", reply},
	} {
		t.Run(subject, func(t *testing.T) {
			t.Parallel()
			base, kind := mail.BaseSubject(subject)
			if base != want.base || kind != want.kind {
				t.Errorf("got %q %q, want %q %q", base, kind, want.base, want.kind)
			}
			if again, _ := mail.BaseSubject(base); again != base {
				t.Errorf("not stable: %q becomes %q", base, again)
			}
		})
	}
}

// Every prefix of the list, in each of its dresses.
func TestBaseSubjectKnowsEveryPrefix(t *testing.T) {
	t.Parallel()
	for kind, words := range map[mailbox.SubjectKind]string{
		mailbox.SubjectReply: `re r ref rif res aw antw antwort sv vs odp atb ynt vá bls tl απ σχετ отв на תגובה השב رد 回复 回覆 答复 返信 답장 회신 Отв.`,
		mailbox.SubjectForward: `fw fwd wg tr rv enc i pd vb vl doorst ilt trs redir videresend tovább továbbítás πρθ пересл הועבר 转发 轉寄 転送 전달
			İLT i̇lt İlt Redir.`,
	} {
		for word := range strings.FieldsSeq(words) {
			dresses := []string{"%s: Offer", "%s： Offer", "%s:Offer", "[list] %s: Offer", "%s: %s: Offer"}
			if word != "r" && word != "i" && word != "на" {
				dresses = append(dresses, "%s : Offer", "%s[2]: Offer", "%s (3): Offer", "%s^4: Offer", "%s[12]： Offer")
			}
			for _, form := range []string{word, strings.ToUpper(word)} {
				for _, dress := range dresses {
					subject := strings.ReplaceAll(dress, "%s", form)
					if base, got := mail.BaseSubject(subject); base != "Offer" || got != kind {
						t.Errorf("%q: %q, %q", subject, base, got)
					}
				}
			}
		}
	}
	for _, subject := range []string{"R (2): Offer", "I : Offer", "НА (2): Offer", "Ina: Offer", "Ref. 12: Offer", "Reply: Offer", "Antwort Offer"} {
		if base, kind := mail.BaseSubject(subject); base != subject || kind != mailbox.SubjectNew {
			t.Errorf("%q: %q, %q", subject, base, kind)
		}
	}
}
