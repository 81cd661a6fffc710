package mail_test

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// story is what a forwarded mail said, before a program printed it.
type story struct {
	name, email string
	to, cc      [][2]string // name and address
	subject     string
	wall        time.Time
	at          time.Time // what the printed date means
	body        []string  // paragraphs
	note        string    // typed above
	below       string    // typed below, where the program sets the forwarded mail apart
}

// program prints a story as a mail program does when its user forwards it. It answers false for a language that it is not known in.
type program struct {
	name   string
	prefix string // of the subject; empty for that of the language
	print  func(locale, *story) (text, rich string, ok bool)
}

var programs = []program{
	{"Gmail", "Fwd", gmail}, {"Outlook", "", outlook}, {"Outlook on the web", "", outlookWeb}, {"Outlook mobile", "", outlookMobile},
	{"Outlook for Mac", "", outlookMac}, {"Outlook for Mac, old", "FW", outlookMacOld}, {"Apple Mail", "Fwd", appleMail}, {"iOS Mail", "Fwd", iosMail},
	{"Thunderbird", "Fwd", thunderbird}, {"Yahoo", "Fw", yahoo}, {"Samsung", "Fwd", samsung},
	{"Proton", "Fw", english(proton)}, {"Lotus Notes 9", "Fw", english(notes)}, {"Lotus Notes 5", "Fw", english(notesOld)}, {"iNotes", "Fw", english(iNotes)},
	{"Zoho", "Fwd", english(zoho)}, {"KMail", "Fwd", english(kmail)}, {"mutt", "Fwd", english(mutt)}, {"Alpine", "Fwd", english(alpine)},
	{"Roundcube", "Fwd", english(roundcube)}, {"eM Client", "Fwd", english(emClient)}, {"SquirrelMail", "Fwd", english(squirrel)},
	{"MailMate", "Fwd", english(mailMate)}, {"GMX", "Fw", gmx}, {"The Bat", "Fwd", english(theBat)},
	{"HubSpot", "Fwd", hubSpot}, {"Missive", "Fwd", english(missive)}, {"Eudora", "Fwd", english(eudora)},
	{"Outlook, names only", "", outlookNames}, {"Outlook, old", "", outlookOld}, {"Outlook, names linked", "", outlookLinked}, {"Outlook, bold as text", "", outlookBold},
	{"Outlook, quoted", "", outlookQuoted}, {"Outlook, stacked", "", outlookStacked}, {"Outlook, own subject", "-", outlook}, {"Gmail, own subject", "-", gmail},
	{"Apple Mail, own subject", "-", appleMail}, {"Yahoo, own subject", "-", yahoo}, {"Gmail, prefix lost", "=", gmail}, {"Thunderbird, prefix lost", "=", thunderbird},
}

func english(print func(*story) string) func(locale, *story) (string, string, bool) {
	return func(l locale, s *story) (string, string, bool) {
		if l.name != "en" {
			return "", "", false
		}
		s.at = time.Date(s.wall.Year(), s.wall.Month(), s.wall.Day(), s.wall.Hour(), s.wall.Minute(), 0, 0, time.FixedZone("", 2*60*60))
		return print(s), "", true
	}
}

func (s *story) date(l locale, form string) (text string) {
	text, s.at = l.date(form, s.wall)
	return text
}

func address(a [2]string) string {
	if a[0] == "" {
		return a[1]
	}
	return a[0] + " <" + a[1] + ">"
}

func list(addresses [][2]string, separator string, each func([2]string) string) string {
	var out []string
	for _, a := range addresses {
		out = append(out, each(a))
	}
	return strings.Join(out, separator)
}

func (s *story) from() string { return address([2]string{s.name, s.email}) }
func (s *story) text() string { return strings.Join(s.body, "\n\n") }
func rfcDate(t time.Time) string {
	return t.Format("Mon, 2 Jan 2006 15:04:05 -0700")
}

func (s *story) rich(p string) string {
	var out strings.Builder
	for _, paragraph := range s.body {
		fmt.Fprintf(&out, p, strings.ReplaceAll(html.EscapeString(paragraph), "\n", "<br>\n"))
	}
	return out.String()
}

// block prints labels and values, leaving out an empty Cc.
func block(format string, pairs ...string) string {
	var out strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fmt.Fprintf(&out, format, pairs[i], pairs[i+1])
		}
	}
	return out.String()
}

func quote(s string) string {
	return "> " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n> ") + "\n"
}

func (s *story) notes() string {
	if s.note == "" {
		return ""
	}
	return s.note + "\n\n"
}

func richNote(s, format string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		if line == "" {
			line = "&nbsp;"
		}
		fmt.Fprintf(&out, format, line)
	}
	return out.String()
}

// wrap breaks long lines at spaces as programs that send text of 78 columns do.
func wrap(s string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		width := 0
		for i, word := range strings.Split(line, " ") {
			if n := len([]rune(word)); i > 0 && width+1+n > 76 {
				out.WriteString("\n")
				width = n
			} else {
				if i > 0 {
					out.WriteString(" ")
					width++
				}
				width += n
			}
			out.WriteString(word)
		}
		out.WriteString("\n")
	}
	return strings.TrimSuffix(out.String(), "\n")
}
