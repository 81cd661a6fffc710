package api

import (
	"github.com/lejek/lejek/shared/mailbox"
)

// linkWire tells why a thread or a message is where it is.
type linkWire struct {
	Rule           *int            `json:"rule"` // row of the decision table
	Evidence       []string        `json:"evidence"`
	SenderCheck    senderCheckWire `json:"sender_check"`
	Label          *string         `json:"label"`           // auto_reply, bounce, list, receipt, report, calendar_reply, encrypted, not_parsed
	AddressExposed bool            `json:"address_exposed"` // outsiders can see a dedicated address
	FormerUntil    *string         `json:"former_address_until"`
}

type senderCheckWire struct {
	Aligned  bool   `json:"aligned"`
	Reason   string `json:"reason"`
	SPF      string `json:"spf"`
	DKIM     string `json:"dkim"`
	DMARC    string `json:"dmarc"`
	Spam     string `json:"spam"`
	Virus    string `json:"virus"`
	MailFrom string `json:"mail_from"`
}

func linkOut(w mailbox.Why) linkWire {
	link := linkWire{Evidence: each(w.Evidence, same), SenderCheck: senderCheckWire(w.Check), Label: orNull(w.Label), AddressExposed: w.Exposed, FormerUntil: seconds(w.FormerUntil)}
	if w.Rule != 0 {
		link.Rule = &w.Rule
	}
	return link
}

// suggestionWire is a person whom mail may be about, or an address that may be that person's.
type suggestionWire struct {
	PersonID int64   `json:"person_id"`
	Name     string  `json:"name"`
	Email    *string `json:"email"`
	Reason   string  `json:"reason"`
}

func suggestionOut(s mailbox.Suggestion) suggestionWire {
	return suggestionWire{s.PersonID, s.Name, orNull(s.Email), s.Reason}
}
