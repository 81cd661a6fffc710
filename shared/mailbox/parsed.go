package mailbox

import (
	"slices"
	"time"
)

// Address is one mailbox named in a header or in the header block of a forward.
//
// Email is normalised (lower case, domain in A-label form, no trailing dot), so that two spellings of one address compare
// equal. It is empty only where a client printed a bare name, as Outlook does when it forwards. Strict is false when the
// address had to be rescued from a field that breaks RFC 5322: good enough to find a person, never to prove who sent.
type Address struct {
	Name   string
	Email  string
	Strict bool
}

// Part is a leaf of the message that is not its body: an attachment, an inline image, an attached message.
type Part struct {
	Name      string // safe as a file name and unique within the message
	MediaType string
	ContentID string // without the angle brackets
	Inline    bool   // the HTML body shows it by its Content-ID
	Content   []byte // decoded from its transfer encoding, otherwise exactly as sent
}

// SubjectKind says what the outermost prefix of a subject claims about the message.
type SubjectKind string

// The claims a subject can make.
const (
	SubjectNew     SubjectKind = ""
	SubjectReply   SubjectKind = "reply"
	SubjectForward SubjectKind = "forward"
)

// Ways in which a message can carry another one.
const (
	InnerAttached = "attached"
	InnerHTML     = "html"
	InnerText     = "text"
)

// Inner is a message carried by another one: the mail that a user forwarded.
type Inner struct {
	How    string // InnerAttached, InnerHTML or InnerText
	Parsed Parsed // From may hold a name without an Email; of a quoted mail only what its header block said is set
	Note   string // what the forwarder typed above
}

// Parsed is all that the linker may know of a raw message. It is a value: nothing in it points back to the raw bytes' owner,
// and nothing in it has been checked against the team's records.
type Parsed struct {
	MessageID   string   // content of <…>, case kept; empty when there is none
	InReplyTo   []string // every id of In-Reply-To
	References  []string // oldest first; the root and the newest, at most 100
	ThreadIndex string   // first 22 bytes of Outlook's Thread-Index, in base64

	From       []Address
	FromFields int // From header fields: anything but one is suspicious
	Sender     []Address
	ReplyTo    []Address
	To         []Address
	Cc         []Address
	Bcc        []Address
	ResentFrom []Address
	// OriginalFrom is whom a list that put itself into From says the author is.
	OriginalFrom []Address

	Subject     string // decoded, unfolded
	BaseSubject string // without prefixes, as threads compare it
	SubjectKind SubjectKind
	Date        time.Time // zero when missing or unreadable; not clamped

	Text    string // the plain text body, empty when the message has only HTML
	HTML    string // the HTML body as sent: to be sanitised before it is shown
	Snippet string // at most 225 characters of the body
	Parts   []Part
	Inner   []Inner // set by whoever looked for forwards; parsing alone leaves it empty

	// CarrierPart is where it lay among the parts of the message that it was attached to; it says nothing of other messages.
	CarrierPart int

	// Fingerprint stands in for a missing Message-ID. ContentPrint is the same without the date, and so equal for a message
	// and for a forwarded copy of it.
	Fingerprint  string
	ContentPrint string

	Signals     Signals
	AuthResults AuthResults
	ReceivedFor string              // address in the topmost Received field's "for" clause
	Header      map[string][]string // every field by its canonical name, topmost first, undecoded but valid UTF-8

	Unparsed string   // why the body was not read; empty when it was
	Defects  []string // what was repaired or lost on the way
}

// AuthResults is what the receiving server wrote into its Authentication-Results field (RFC 8601). Values are lower case.
type AuthResults struct {
	Present     bool
	SPF         string
	DKIM        string // pass if any signature passed
	DMARC       string
	MailFrom    string   // domain of the envelope sender that SPF looked at
	DKIMDomains []string // signing domains that passed
}

// Checks are the verdicts of the receipt event (PASS, FAIL, GRAY, PROCESSING_FAILED) with the envelope sender: they come
// from outside the message and cannot be forged in it.
type Checks struct {
	SPF      string
	DKIM     string
	DMARC    string
	MailFrom string // MAIL FROM address, empty for the null sender
}

// Signals are the marks by which robots, lists and bounces give themselves away. Evidence repeats the deciding fields for
// people who ask why.
type Signals struct {
	AutoSubmitted   string // RFC 3834, unless "no"
	Precedence      string // bulk, list, junk or auto_reply
	AutoReplyField  bool   // X-Autoreply, X-Autorespond and the like
	AutoSubject     bool   // subject in the style of an out-of-office reply: the weakest mark
	ListID          string // RFC 2919
	Loop            []string
	EmptyReturnPath bool
	Report          string // report-type of a multipart/report: delivery-status, disposition-notification, feedback-report, …
	CalendarMethod  string // METHOD of an attached calendar object (RFC 5546), upper case
	Encrypted       string // pgp, smime or tnef when the content is closed to us
	ForwardedFor    []string
	Bounce          Bounce
	Evidence        []string
}

// Bounce is what a delivery status notification (RFC 3464) says about the mail that came back, or a feedback report (RFC 5965) about
// the one that it is about.
type Bounce struct {
	MessageID  string
	Recipients []Undelivered
	Feedback   string // type of a feedback report: abuse, fraud, not-spam, …
}

// Undelivered is a recipient of whom a bounce tells, or who gave feedback.
type Undelivered struct {
	Email  string
	Status string // enhanced status code, as in 5.1.1; with 5 at its front, no mail will arrive
	Failed bool   // this one did not arrive, and is not tried any more
}

// AutoReply reports whether a machine answered in a person's name, as an out-of-office reply does.
func (s Signals) AutoReply() bool {
	return s.AutoSubmitted == "auto-replied" || s.AutoReplyField || s.Precedence == "auto_reply" ||
		s.AutoSubject && !s.List()
}

// List reports whether the message went through a mailing list or a bulk mailer.
func (s Signals) List() bool {
	return s.ListID != "" || s.Precedence == "bulk" || s.Precedence == "list" || s.Precedence == "junk"
}

// IsBounce reports whether the message is about the delivery of another one.
func (s Signals) IsBounce() bool { return s.Report == "delivery-status" }

// IsFeedback reports whether the message is a feedback report (RFC 5965), IsComplaint whether a recipient calls a mail spam in it: the
// others say that it is none, or that it does not prove who wrote it.
func (s Signals) IsFeedback() bool { return s.Report == "feedback-report" }

func (s Signals) IsComplaint() bool {
	return s.IsFeedback() && !slices.Contains([]string{"not-spam", "auth-failure", "dmarc"}, s.Bounce.Feedback)
}

// IsReceipt reports whether the message is a read receipt or a report on other mail, such as a feedback or DMARC report.
func (s Signals) IsReceipt() bool { return s.Report != "" && s.Report != "delivery-status" }

// Automatic reports whether any mark says that no person wrote this. No new persons come of such mail.
func (s Signals) Automatic() bool {
	return s.AutoSubmitted != "" || s.AutoReply() || s.List() || s.Report != "" || s.EmptyReturnPath || len(s.Loop) > 0
}
