package mail_test

import (
	"fmt"
	"html"
	"strings"
)

func gmail(l locale, s *story) (string, string, bool) {
	row, ok := l.rows["gmail"]
	if !ok {
		return "", "", false
	}
	date := s.date(l, row[1])
	bracketed := func(a [2]string) string { return strings.TrimPrefix(a[0]+" <"+a[1]+">", " ") }
	text := s.notes() + "---------- Forwarded message ---------\n" +
		block("%s %s\n", row[0], s.from(), "Date:", date, "Subject:", s.subject, "To:", list(s.to, ", ", bracketed), "Cc:", list(s.cc, ", ", bracketed)) + "\n\n" + s.text() + "\n"
	link := func(a [2]string) string {
		return fmt.Sprintf(`%s &lt;<a href="mailto:%s">%s</a>&gt;`, a[0], a[1], a[1])
	}
	rich := `<div dir="ltr">` + richNote(s.note, "<div>%s</div>") + `<br><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>` +
		fmt.Sprintf(`%s <strong class="gmail_sendername" dir="auto">%s</strong> <span dir="auto">&lt;<a href="mailto:%s">%s</a>&gt;</span><br>`, row[0], s.name, s.email, s.email) +
		block("%s %s<br>", "Date:", date, "Subject:", html.EscapeString(s.subject), "To: ", list(s.to, ", ", link), "Cc: ", list(s.cc, ", ", link)) +
		`</div><br><br>` + s.rich(`<div dir="ltr">%s</div><div><br></div>`) + `</div></div>` + "\n"
	return wrap(text), rich, true
}

func appleMail(l locale, s *story) (string, string, bool) {
	row, ok := l.rows["apple"]
	if !ok {
		return "", "", false
	}
	date := s.date(l, row[6])
	pairs := []string{row[1], s.from(), row[2], s.subject, row[3], date, row[4], list(s.to, ", ", address), row[5], list(s.cc, ", ", address)}
	text := s.notes() + quote(row[0]+"\n\n"+block("%s %s\n", pairs...)+"\n"+s.text()) + "\n" + s.below + "\n"
	rich := `<div>` + richNote(s.note, "<div>%s</div>") + `<br><div><br><blockquote type="cite"><div>` + row[0] + `</div><br class="Apple-interchange-newline">` +
		richPairs(pairs, `<div style="margin-top: 0px;"><span style="font-family: -webkit-system-font;"><b>%s </b></span><span>%s<br></span></div>`) +
		`<br><div>` + s.rich(`<div>%s</div><div><br></div>`) + `</div></blockquote></div><br>` + richNote(s.below, "<div>%s</div>") + `</div>`
	return text, rich, true
}

func iosMail(l locale, s *story) (string, string, bool) {
	row, ok := l.rows["apple"]
	if !ok {
		return "", "", false
	}
	date := s.date(l, row[6])
	pairs := []string{row[1], s.from(), row[3], date, row[4], list(s.to, ", ", address), row[5], list(s.cc, ", ", address), row[2], s.subject}
	text := s.notes() + row[0] + "\n\n" + quote(block("%s %s\n", pairs...)+"\n\ufeff"+s.text())
	rich := `<div dir="ltr">` + richNote(s.note, "<div>%s</div>") + `</div><div dir="ltr"><br><blockquote type="cite">` + row[0] + `<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">` +
		richPairs(pairs, "<b>%s</b> %s<br>") + `<br></div></blockquote><blockquote type="cite"><div dir="ltr">` + "\ufeff" + s.rich(`<div>%s</div><br>`) + `</div></blockquote>`
	return text, rich, true
}

func thunderbird(l locale, s *story) (string, string, bool) {
	row, ok := l.rows["thunderbird"]
	if !ok {
		return "", "", false
	}
	s.date(l, "")
	pairs := []string{row[1], s.subject, row[2], rfcDate(s.at), row[3], s.from(), row[4], list(s.to, ", ", address), row[5], list(s.cc, ", ", address)}
	text := s.notes() + "\n" + row[0] + "\n" + block("%s \t%s\n", pairs...) + "\n\n\n" + s.text() + "\n"
	rich := richNote(s.note, "<p>%s</p>") + `<div class="moz-forward-container"><br><br>` + row[0] + `<table class="moz-email-headers-table" cellspacing="0" cellpadding="0" border="0"><tbody>` +
		richPairs(pairs, `<tr><th valign="BASELINE" nowrap="nowrap" align="RIGHT">%s </th><td>%s</td></tr>`) + `</tbody></table><br><br>` + s.rich("<p>%s</p>") + `</div>`
	return text, rich, true
}

func yahoo(l locale, s *story) (string, string, bool) {
	row, ok := l.rows["yahoo"]
	if !ok {
		return "", "", false
	}
	date := s.date(l, row[6])
	quoted := func(a [2]string) string {
		if a[0] == "" {
			a[0] = `"` + a[1] + `"`
		}
		return address(a)
	}
	pairs := []string{row[1], s.from(), row[2], list(s.to, "; ", quoted), row[3], list(s.cc, "; ", quoted), row[4], date, row[5], s.subject}
	text := s.notes() + "   ----- " + row[0] + " ----- " + block("%s %s", pairs...) + "\n " + s.text() + "\n"
	rich := `<div class="ydp1yahoo-style-wrap">` + richNote(s.note, `<div dir="ltr">%s</div>`) + `</div><div id="ydp2yahoo_quoted_1" class="ydp2yahoo_quoted"><div style="font-size:13px"><div>----- ` + row[0] + ` -----</div>` +
		richPairs(pairs, "<div><b>%s</b> %s</div>") + `<div><br></div><div>` + s.rich(`<div dir="ltr">%s</div><div><br></div>`) + `</div></div></div>`
	return text, rich, true
}

func samsung(l locale, s *story) (string, string, bool) {
	row, ok := l.rows["samsung"]
	if !ok {
		return "", "", false
	}
	date := s.date(l, "{dd}/{MM}/{y} {HH}:{mm} (GMT+02:00)")
	pairs := []string{row[1], s.from(), row[2], date, row[3], list(s.to, ", ", address), row[4], list(s.cc, ", ", address), row[5], s.subject}
	text := s.notes() + row[0] + "\n" + block("%s %s\n", pairs...) + "\n" + s.text() + "\n"
	rich := `<div dir="auto">` + richNote(s.note, "%s<br>") + `</div><div><br></div><div align="left" dir="auto" style="font-size:100%;color:#000000"><div>` + row[0] + `</div>` +
		richPairs(pairs, `<div>%s %s </div>`) + `<div><br></div></div>` + s.rich(`<div>%s</div><br>`)
	return text, rich, true
}

// GMX and web.de print the date first and no separator.
func gmx(l locale, s *story) (string, string, bool) {
	if l.name != "de" {
		return "", "", false
	}
	date := s.date(l, "{W}, {dd}. {M} {y} um {HH}:{mm} Uhr")
	pairs := []string{"Gesendet:", date, "Von:", `"` + s.name + `" <` + s.email + ">", "An:", list(s.to, ", ", address), "Cc:", list(s.cc, ", ", address), "Betreff:", s.subject}
	rich := `<div style="font-family: Verdana;font-size: 12.0px;">` + richNote(s.note, "<div>%s</div>") + `<div>&nbsp;<div style="margin:10.0px 5.0px 5.0px 10.0px;padding:10.0px 0 10.0px 10.0px;border-left:2.0px solid rgb(195,217,229);">` +
		`<div style="margin:0 0 10.0px 0;">` + richPairs(pairs, "<b>%s</b>&nbsp;%s<br>") + `</div><div>` + s.rich("<div>%s</div><br>") + `</div></div></div></div>`
	return s.notes() + "Gesendet: " + date + "\n" + block("%s %s\n", pairs[2:]...) + "\n" + s.text() + "\n", rich, true
}
