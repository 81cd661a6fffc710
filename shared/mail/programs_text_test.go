package mail_test

import "strings"

func proton(s *story) string {
	day := s.wall.Format("2") + "th"
	if d := s.wall.Day(); d == 3 || d == 23 {
		day = s.wall.Format("2") + "rd"
	}
	s.note = strings.TrimSpace(s.note + "\n\nSent with Proton Mail secure email.")
	return s.notes() + "------- Forwarded Message -------\n" +
		block("%s %s\n", "From:", s.from(), "Date:", "On "+s.wall.Format("Monday, January ")+day+s.wall.Format(", 2006 at 15:04"), "Subject:", s.subject, "To:", list(s.to, ", ", address), "CC:", list(s.cc, ", ", address)) + "\n" + quote(s.text())
}

func notes(s *story) string {
	return s.notes() + "----- Forwarded by Anna Nowak/ACME on 04.06.2024 11:00 -----\n\n" +
		block("%s   %s\n", "From:", s.from(), "To:", list(s.to, ", ", address), "Cc:", list(s.cc, ", ", address), "Date:", s.wall.Format("02.01.2006 15:04"), "Subject:", s.subject) + "\n\n" + s.text() + "\n"
}

func notesOld(s *story) string {
	return s.notes() + "---------------------- Forwarded by Anna Nowak/ACME on 06/04/2024 11:00 AM ---------------------------\n\n\n" +
		s.from() + " on " + s.wall.Format("01/02/2006 03:04:05 PM") + "\n" +
		block("%s   %s\n", "To:", list(s.to, ", ", address)) + "cc:   " + list(s.cc, ", ", address) + "\n" + block("%s   %s\n", "Subject:", s.subject) + "\n\n" + s.text() + "\n"
}

func iNotes(s *story) string {
	return s.notes() + "-----Forwarded by Anna Nowak/ACME on 06/04/2024 11:00AM -----\n" +
		block("%s %s\n", "To:", list(s.to, ", ", address), "From:", s.from(), "Date:", s.wall.Format("01/02/2006 03:04PM"), "Cc:", list(s.cc, ", ", address), "Subject:", s.subject) + "\n" + s.text() + "\n"
}

func zoho(s *story) string {
	const rule = "============ Forwarded message ============\n"
	return s.notes() + rule + block("%s %s\n", "From:", s.name+"<"+s.email+">", "To:", list(s.to, ", ", address), "Cc:", list(s.cc, ", ", address), "Date:", rfcDate(s.at), "Subject:", s.subject) + rule + "\n" + s.text() + "\n"
}

func kmail(s *story) string {
	return s.notes() + "----------  Forwarded Message  ----------\n\n" +
		block("%s %s\n", "Subject:", s.subject, "Date:", s.wall.Format("Monday, 2 January 2006, 15:04:05")+" CEST", "From:", s.from(), "To:", list(s.to, ", ", address), "CC:", list(s.cc, ", ", address)) +
		"\n" + s.text() + "\n\n-----------------------------------------\n"
}

func mutt(s *story) string {
	return s.notes() + "----- Forwarded message from " + s.from() + " -----\n\n" +
		block("%s %s\n", "Date:", rfcDate(s.at), "From:", s.from(), "To:", list(s.to, ", ", address), "Cc:", list(s.cc, ", ", address), "Subject:", s.subject, "User-Agent:", "Mutt/2.2.12 (2023-09-09)") +
		"\n" + s.text() + "\n\n----- End forwarded message -----\n" + s.below
}

func alpine(s *story) string {
	return s.notes() + "---------- Forwarded message ----------\n" +
		block("%s %s\n", "Date:", rfcDate(s.at), "From:", s.from(), "To:", strings.ReplaceAll(list(s.to, ", ", address), ", ", ",\n    "), "Cc:", list(s.cc, ", ", address), "Subject:", s.subject) + "\n" + s.text() + "\n"
}

func roundcube(s *story) string {
	return s.notes() + "-------- Original Message --------\n" +
		block("%s %s\n", "Subject:", s.subject, "Date:", s.wall.Format("2006-01-02 15:04"), "From:", s.from(), "To:", list(s.to, ", ", address), "Cc:", list(s.cc, ", ", address)) + "\n" + s.text() + "\n"
}

func emClient(s *story) string {
	quoted := func(a [2]string) string { return `"` + a[0] + `" <` + a[1] + ">" }
	return s.notes() + "------ Forwarded Message ------\n" +
		block("%s %s\n", "From", quoted([2]string{s.name, s.email}), "To", list(s.to, "; ", quoted), "Cc", list(s.cc, "; ", quoted), "Date", s.wall.Format("02.01.2006 15:04:05"), "Subject", s.subject) + "\n" + s.text() + "\n"
}

func squirrel(s *story) string {
	s.cc = nil
	return s.notes() + "---------------------------- Original Message ----------------------------\n" +
		block("%-9s%s\n", "Subject:", s.subject, "From:", s.from(), "Date:", s.at.Format("Mon, January 2, 2006 15:04"), "To:", list(s.to, ", ", address)) +
		"--------------------------------------------------------------------------\n\n" + s.text() + "\n"
}

func mailMate(s *story) string {
	return s.notes() + "Forwarded message:\n\n" +
		quote(block("%s %s\n", "From:", s.from(), "To:", list(s.to, ", ", address), "Cc:", list(s.cc, ", ", address), "Subject:", s.subject, "Date:", rfcDate(s.at))+"\n"+s.text())
}

func theBat(s *story) string {
	return s.notes() + "This is a forwarded message\n" +
		block("%-6s%s\n", "From: ", s.from(), "To: ", list(s.to, ", ", address), "Cc: ", list(s.cc, ", ", address), "Date: ", s.wall.Format("Monday, January 2, 2006, 3:04:05 PM"), "Subject: ", s.subject) +
		"\n===8<==============Original message text===============\n" + s.text() + "\n\n===8<===========End of original message text===========\n"
}

// HubSpot has Yahoo's phrases, the labels of Outlook for Mac and numbers for zones.
func hubSpot(l locale, s *story) (string, string, bool) {
	row, ok := l.rows["mac"]
	phrase, known := l.rows["yahoo"]
	if !ok || !known {
		return "", "", false
	}
	date := s.date(l, row[5])
	pairs := []string{row[0], s.from(), row[1], date + ":44 +0200", row[4], s.subject, row[2], list(s.to, ", ", address), row[3], list(s.cc, ", ", address)}
	return s.notes() + "---------- " + phrase[0] + " ---------\n" + block("%s %s\n", pairs...) + "\n" + s.text() + "\n", "", true
}

func missive(s *story) string {
	twice := func(a [2]string) string {
		return strings.TrimSpace(a[0] + " <" + a[1] + "<mailto:" + a[1] + ">>")
	}
	return s.notes() + "---------- Forwarded message ----------\n" +
		block("%s %s\n", "From:", twice([2]string{s.name, s.email}), "Date:", s.wall.Format("January 2, 2006 at 3:04 PM"), "To:", list(s.to, ", ", twice), "Cc:", list(s.cc, ", ", twice), "Subject:", s.subject) + "\n" + quote(s.text())
}

// eudora forwards the whole header.
func eudora(s *story) string {
	return s.notes() + "--- begin forwarded text\n\n\nDelivered-To: anna@acme.example\nReceived: from client.example (client.example [192.0.2.9])\n\tby mail.acme.example with SMTP;\n\tMon, 3 Jun 2024 08:15:00 +0000\nX-Mailer: QUALCOMM Windows Eudora\n" +
		block("%s %s\n", "Date:", rfcDate(s.at), "To:", list(s.to, ", ", address), "From:", s.from(), "Subject:", s.subject, "Cc:", list(s.cc, ", ", address)) +
		"Content-Type: text/plain; charset=utf-8\nList-Subscribe: <mailto:x@client.example>\n\n" + s.text() + "\n\n--- end forwarded text\n" + s.below
}
