package mail_test

import (
	"fmt"
	"html"
	"strings"
)

func outlook(l locale, s *story) (string, string, bool) {
	row, ok := l.rows["outlook"]
	if !ok {
		return "", "", false
	}
	date := s.date(l, row[5])
	pairs := []string{row[0], s.from(), row[1], date, row[2], list(s.to, "; ", address), row[3], list(s.cc, "; ", address), row[4], s.subject}
	text := s.notes() + block("%s %s\n", pairs...) + "\n" + s.text() + "\n"
	rich := `<div class="WordSection1">` + richNote(s.note, `<p class="MsoNormal">%s<o:p></o:p></p>`) + `<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div>` +
		`<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">` + richPairs(pairs, "<b><span lang=EN-US>%s</span></b><span lang=EN-US> %s<br></span>") +
		`<o:p></o:p></p></div></div><p class="MsoNormal"><o:p>&nbsp;</o:p></p>` + s.rich(`<p class="MsoNormal">%s<o:p></o:p></p>`) + `</div>`
	return text, rich, true
}

func richPairs(pairs []string, format string) string {
	escaped := make([]string, len(pairs))
	for i, v := range pairs {
		escaped[i] = html.EscapeString(v)
	}
	return block(format, escaped...)
}

func twice(a [2]string) string {
	if a[0] == "" {
		return a[1] + " <" + a[1] + ">"
	}
	return address(a)
}

func outlookWeb(l locale, s *story) (string, string, bool) {
	row, ok := l.rows["outlook"]
	if !ok {
		return "", "", false
	}
	date := s.date(l, row[5])
	pairs := []string{row[0], s.from(), row[1], date, row[2], list(s.to, "; ", twice), row[3], list(s.cc, "; ", twice), row[4], s.subject}
	text := s.notes() + "________________________________\n" + block("%s %s\n", pairs...) + "\n" + s.text() + "\n"
	rich := `<div class="elementToProof" style="font-family: Aptos">` + richNote(s.note, "%s<br>") + `</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">` +
		`<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">` + richPairs(pairs, "<b>%s</b>&nbsp;%s<br>\n") +
		`</font><div>&nbsp;</div></div>` + s.rich(`<div dir="ltr">%s</div><div><br></div>`)
	return text, rich, true
}

func outlookMobile(l locale, s *story) (string, string, bool) {
	row, ok := l.rows["outlook"]
	if !ok {
		return "", "", false
	}
	date := s.date(l, row[5])
	pairs := []string{row[0], s.from(), row[1], date, row[2], list(s.to, "; ", twice), row[3], list(s.cc, "; ", twice), row[4], s.subject}
	s.note = strings.TrimSpace(s.note + "\n\nGet Outlook for iOS")
	text := s.note + "<https://aka.ms/o0ukef>\n________________________________\n" + block("%s %s\n", pairs...) + "\n" + s.text() + "\n"
	rich := `<div dir="ltr">` + richNote(strings.TrimSuffix(s.note, "Get Outlook for iOS"), "<div>%s</div>") + `</div><div class="ms-outlook-mobile-signature" dir="ltr">Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div>` +
		`<div id="mail-editor-reference-message-container" class="ms-outlook-mobile-reference-message skipProofing"><hr style="display: inline-block; width: 98%;"><div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif">` +
		richPairs(pairs, "<b>%s</b> %s<br>") + `</font></div><div dir="ltr"> <br> </div>` + s.rich(`<div dir="ltr">%s</div><br>`) + `</div>`
	return text, rich, true
}

func outlookMac(l locale, s *story) (string, string, bool) {
	row, ok := l.rows["mac"]
	if !ok {
		return "", "", false
	}
	date := s.date(l, row[5])
	pairs := []string{row[0], s.from(), row[1], date, row[2], list(s.to, ", ", twice), row[3], list(s.cc, ", ", twice), row[4], s.subject}
	text := s.notes() + block("%s %s\n", pairs...) + s.text() + "\n"
	rich := `<div class="WordSection1">` + richNote(s.note, `<p class="MsoNormal">%s<o:p></o:p></p>`) + `<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div id="mail-editor-reference-message-container"><div><div>` +
		`<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal" style="margin-bottom:12.0pt"><b><span style="font-size:12.0pt;color:black">` +
		richPairs(pairs, `%s </span></b><span style="font-size:12.0pt;color:black">%s<br><b>`) + `</b><o:p></o:p></span></p></div>` + s.rich(`<p class="MsoNormal">%s<o:p></o:p></p>`) + `</div></div></div></div>`
	return text, rich, true
}

func outlookMacOld(l locale, s *story) (string, string, bool) {
	row, ok := l.rows["macold"]
	if !ok {
		return "", "", false
	}
	line := strings.NewReplacer("{name}", s.name, "{addr}", s.email).Replace(s.date(l, row[0]))
	text := s.notes() + line + "\n\n    " + strings.ReplaceAll(s.text(), "\n", "\n    ") + "\n"
	rich := `<div class="WordSection1">` + richNote(s.note, `<p class="MsoNormal">%s<o:p></o:p></p>`) + `<p class="MsoNormal"><o:p>&nbsp;</o:p></p><div><p class="MsoNormal">` + html.EscapeString(line) +
		`<o:p></o:p></p></div><div><p class="MsoNormal"><o:p>&nbsp;</o:p></p></div><blockquote style="border:none;border-left:solid #B5C4DF 4.5pt;padding:0cm 0cm 0cm 4.0pt">` +
		s.rich(`<div><p class="MsoNormal">%s<o:p></o:p></p></div>`) + `</blockquote></div>`
	s.to, s.cc, s.subject = nil, nil, ""
	return text, rich, true
}

// outlookBlock prints the header block of Outlook in other dresses.
func outlookBlock(l locale, s *story, format string, address func([2]string) string) (string, bool) {
	row, ok := l.rows["outlook"]
	if !ok {
		return "", false
	}
	date := s.date(l, row[5])
	return block(format, row[0], address([2]string{s.name, s.email}), row[1], date, row[2], list(s.to, "; ", address), row[3], list(s.cc, "; ", address), row[4], s.subject), true
}

// onlyNames prints no addresses of those who have a name, as Outlook does for its own contacts.
func onlyNames(a [2]string) string {
	if a[0] == "" {
		return a[1]
	}
	return a[0]
}

// bareOnly are the addresses that onlyNames prints.
func bareOnly(addresses [][2]string) (out [][2]string) {
	for _, a := range addresses {
		if a[0] == "" {
			out = append(out, a)
		}
	}
	return out
}

func outlookNames(l locale, s *story) (string, string, bool) {
	text, ok := outlookBlock(l, s, "%s %s\n", onlyNames)
	if strings.Contains(s.name, "@") {
		return "", "", false
	}
	s.to, s.cc, s.email = bareOnly(s.to), bareOnly(s.cc), ""
	return s.notes() + text + "\n" + s.text() + "\n", "", ok
}

func outlookLinked(l locale, s *story) (string, string, bool) {
	link := func(a [2]string) string {
		return fmt.Sprintf(`<a href="mailto:%s">%s</a>`, a[1], onlyNames(a))
	}
	if strings.Contains(s.name, "@") {
		return "", "", false
	}
	rich, ok := outlookBlock(l, s, "<b>%s</b> %s<br>\n", link)
	text, _ := outlookBlock(l, s, "%s %s\n", onlyNames)
	return s.notes() + text + "\n" + s.text() + "\n", `<div>` + richNote(s.note, `<p class="MsoNormal">%s</p>`) + `<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">` +
		rich + `</p></div>` + s.rich(`<p class="MsoNormal">%s</p>`) + `</div>`, ok
}

func outlookOld(l locale, s *story) (string, string, bool) {
	text, ok := outlookBlock(l, s, "%s %s\n", func(a [2]string) string {
		if a[0] == "" {
			return a[1] + " [mailto:" + a[1] + "]"
		}
		return a[0] + " [mailto:" + a[1] + "]"
	})
	return s.notes() + "-----Original Message-----\n" + text + "\n" + s.text() + "\n", "", ok
}

func outlookBold(l locale, s *story) (string, string, bool) {
	text, ok := outlookBlock(l, s, "*%s* %s\n", address)
	return wrap(s.notes() + text + "\n" + s.text() + "\n"), "", ok
}

func outlookQuoted(l locale, s *story) (string, string, bool) {
	text, ok := outlookBlock(l, s, "%s\u00a0%s\n", address)
	return s.notes() + quote(text+"\n"+s.text()), "", ok
}

func outlookStacked(l locale, s *story) (string, string, bool) {
	text, ok := outlookBlock(l, s, "%s %s\n\n", address)
	return s.notes() + text + s.text() + "\n", "", ok
}
