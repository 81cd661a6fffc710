package mailbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/change"
)

// Names of guards: a Message-ID; a fingerprint with the minute of the date; one of the content alone, for quoted copies; what
// Outlook writes into all mails of a conversation.
func idGuard(id string) change.Ref         { return change.Named(change.MessageID, id) }
func printGuard(print string) change.Ref   { return change.Named(change.Fingerprint, print) }
func contentGuard(print string) change.Ref { return change.Named(change.Fingerprint, "content-"+print) }
func outlookGuard(index string) change.Ref { return change.Named(change.Fingerprint, "outlook-"+index) }

// place is where an item belongs: it is there already (repeat), joins a thread, or begins one (thread nil).
type place struct {
	repeat  *Message
	thread  *Thread
	sameID  bool // another message holds its Message-ID
	related []int64
	why     []string
}

// facts are what was read about an item.
type facts struct {
	Seen
	Stored
}

func (f facts) message(guard change.Ref) *Message {
	if m, ok := f.Messages[f.Aliases[guard].MessageID]; ok {
		return &m
	}
	return nil
}

func (f facts) threadOf(guard change.Ref) *Thread {
	if t, ok := f.Threads[f.Aliases[guard].ThreadID]; ok && !t.Deleted {
		return &t
	}
	return nil
}

// identify finds the record of the same message (§3.1). Ids decide; the fingerprint only where there is none, or where a
// quoted copy is known of what now comes by itself.
func (it Item) identify(f facts) (repeat *Message, sameID bool) {
	p := it.Parsed
	if p.MessageID != "" {
		if m := f.message(idGuard(p.MessageID)); m != nil {
			if m.Print == p.ContentPrint {
				return m, false
			}
			if again := f.message(printGuard(p.Fingerprint)); again != nil && again.Print == p.ContentPrint {
				return again, false
			}
			return nil, true
		}
		if m := f.message(contentGuard(p.ContentPrint)); m != nil && m.InnerCopy && m.MessageID == "" && it.Proven {
			return m, false
		}
		return nil, false
	}
	if it.Inner != "" {
		if m := f.message(contentGuard(p.ContentPrint)); m != nil {
			return m, false
		}
	}
	return f.message(printGuard(p.Fingerprint)), false
}

// resolve finds the item's thread (§3.3), without step 4. tagged is the one that it is addressed to, as answers to mail that was written here are. A thread that an id leads to, and that is none of the item's parties'
// business, is only noted as related: then neither Outlook's mark nor the subject is asked.
func (it Item) resolve(f facts, tagged int64, domain func(string) string, freeMail func(string) bool) (pl place) {
	if pl.repeat, pl.sameID = it.identify(f); pl.repeat != nil {
		if t, ok := f.Threads[pl.repeat.ThreadID]; ok {
			pl.thread = &t
		}
		return pl
	}
	if id := it.Parsed.MessageID; id != "" {
		if t := f.threadOf(idGuard(id)); t != nil {
			if it.Sent || it.shares(*t, domain, freeMail) {
				pl.thread = t
				pl.why = append(pl.why, fmt.Sprintf("thread %d knows its Message-ID", t.ID))
			} else {
				pl.relate(t.ID)
			}
		}
	}
	if t, ok := f.Threads[tagged]; ok && !t.Deleted && pl.thread == nil {
		pl.thread = &t
		pl.why = append(pl.why, fmt.Sprintf("row 15: addressed to thread %d", t.ID))
	}
	for _, id := range it.References {
		t := f.threadOf(idGuard(id))
		if t == nil || pl.thread != nil && t.ID == pl.thread.ID || slices.Contains(pl.related, t.ID) {
			continue
		}
		if pl.thread == nil && (it.trusts(id) || it.shares(*t, domain, freeMail)) {
			pl.thread = t
			pl.why = append(pl.why, fmt.Sprintf("it answers a message of thread %d", t.ID))
			continue
		}
		pl.relate(t.ID)
	}
	if index := it.Parsed.ThreadIndex; index != "" && pl.thread == nil && len(pl.related) == 0 {
		t := f.threadOf(outlookGuard(index))
		if t != nil && it.meets(*t) && strings.EqualFold(t.BaseSubject, cut(it.Parsed.BaseSubject, maxSubject)) {
			pl.thread = t
			pl.why = append(pl.why, fmt.Sprintf("Outlook counts it to the conversation of thread %d", t.ID))
		}
	}
	return pl
}

func (pl *place) relate(thread int64) {
	pl.related = append(pl.related, thread)
	pl.why = append(pl.why, fmt.Sprintf("it also mentions a message of thread %d", thread))
}

// trusts reports that an id needs no further proof: a user cites it, or a bounce, which has no party of its own. Whoever wrote
// what a user forwards may have cited anything.
func (it Item) trusts(id string) bool {
	return it.Sent || slices.Contains(it.Vouched, id) || it.OnlyKnown && (it.Parsed.Signals.IsBounce() || it.Parsed.Signals.IsFeedback())
}

// meets reports that an external party of the item takes part in the thread already.
func (it Item) meets(t Thread) bool {
	return slices.ContainsFunc(slices.Concat(it.About, it.Others), func(a Address) bool {
		return slices.ContainsFunc(slices.Concat(t.From, t.To), func(p ThreadParty) bool { return a.Email == p.Email })
	})
}

// shares reports that an external party takes part in the thread, or that the item was written, provably, from the company of one
// who does: a stranger who merely cites an id does not get in.
func (it Item) shares(t Thread, domain func(string) string, freeMail func(string) bool) bool {
	if it.meets(t) {
		return true
	}
	if it.Sent || !it.MayCreate && !(it.OnlyKnown && it.Proven) {
		return false
	}
	for _, a := range slices.Concat(it.About, it.Others) {
		site := domain(a.Email)
		if site != "" && !freeMail(a.Email) && slices.ContainsFunc(slices.Concat(t.From, t.To), func(p ThreadParty) bool { return domain(p.Email) == site }) {
			return true
		}
	}
	return false
}

const recent = 60 * 24 * time.Hour

// generic are base subjects that people use again and again; they join nothing.
var generic = []string{
	"hello", "hi", "hey", "question", "info", "information", "meeting", "invoice", "offer", "order", "test", "thanks", "thank you", "update",
	"cześć", "witam", "dzień dobry", "pytanie", "oferta", "faktura", "spotkanie", "zamówienie", "hallo", "frage", "angebot", "rechnung", "bonjour", "hola",
}

// distinctive tells whether a base subject can tell one conversation from another.
func distinctive(subject string) bool {
	return utf8.RuneCountInString(subject) >= 3 && !slices.Contains(generic, strings.ToLower(subject))
}

// infer is step 4: an answer that names no known id joins the one recent thread of its main person under the same subject.
func (it Item) infer(candidates []Thread, at time.Time) *Thread {
	if !it.answers() || !distinctive(it.Parsed.BaseSubject) {
		return nil
	}
	subject := strings.ToLower(cut(it.Parsed.BaseSubject, maxSubject))
	var found *Thread
	for _, t := range candidates {
		if t.Deleted || strings.ToLower(t.BaseSubject) != subject || at.Sub(t.LastMessageTime).Abs() > recent {
			continue
		}
		if found != nil {
			return nil // two are as good as none
		}
		found = &t
	}
	return found
}

// answers reports that the item claims to belong to something earlier.
func (it Item) answers() bool { return it.Parsed.SubjectKind != SubjectNew || it.Inner != "" }
