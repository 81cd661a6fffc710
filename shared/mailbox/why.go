package mailbox

import (
	"regexp"
	"slices"
	"time"
)

// Why is how it came about that a raw mail, a message or a thread is where it is.
type Why struct {
	Rule     int // row of the decision table (docs/mail.md)
	Evidence []string
	Check    SenderCheck
	Label    string // what sort of mail it is, where no person wrote it or it could not be read; "" for ordinary mail
	Exposed  bool   // a dedicated address stands where outsiders see it
	// FormerUntil is when a dedicated address that it came to, and that the team gave up, stops to receive mail; nil otherwise.
	FormerUntil *time.Time
}

// Labels.
const (
	LabelAutoReply = "auto_reply"
	LabelBounce    = "bounce"
	LabelList      = "list"
	LabelReceipt   = "receipt"
	LabelReport    = "report"
	LabelCalendar  = "calendar_reply"
	LabelEncrypted = "encrypted"
	LabelNotParsed = "not_parsed"
)

const maxEvidence = 60 // lines kept of one decision

// because is the decision with more evidence.
func (w Why) because(evidence ...string) Why {
	all := slices.Concat(w.Evidence, evidence)
	all = slices.DeleteFunc(all, func(s string) bool { return s == "" })
	w.Evidence = all[:min(len(all), maxEvidence)]
	return w
}

// labelOf tells what sort of mail a message is.
func labelOf(p Parsed) string {
	switch s := p.Signals; {
	case p.Unparsed != "":
		return LabelNotParsed
	case s.IsBounce():
		return LabelBounce
	case s.Report == "disposition-notification":
		return LabelReceipt
	case s.IsReceipt(), dmarcReport(p):
		return LabelReport
	case s.CalendarMethod == "REPLY":
		return LabelCalendar
	case s.List() && !s.AutoReply():
		return LabelList
	case s.Automatic():
		return LabelAutoReply
	case s.Encrypted != "":
		return LabelEncrypted
	}
	return ""
}

// dmarcSubject is what RFC 7489 (§7.2.1.1) has aggregate reports be called; they are ordinary mail otherwise.
var dmarcSubject = regexp.MustCompile(`(?i)^report[ -]domain: ?\S+ +submitter: ?\S+`)

func dmarcReport(p Parsed) bool { return dmarcSubject.MatchString(p.Subject) && len(p.Parts) > 0 }
