package openapi

// Tokens and the audit log.
var adminWords = map[string]word{
	"scope":                {"What the token is good for: read-only or read-write", "read-only"},
	"token":                {"The token itself, shown this once", "d3b0…"},
	"source":               {"How it was done: through the api, or by an operator of the deployment", "api"},
	"user_agent":           {"The client that it was done with", nil},
	"confirm_time":         {"When somebody who reads the mailbox confirmed it; null while it waits", nil},
	"former":               {"Addresses that the team gave up and that still receive mail, the last one first", nil},
	"until":                {"When the address stops to receive mail", "2026-12-23T10:00:00Z"},
	"former_address_until": {"When the address that the mail came to, which the team gave up, stops to receive mail; null otherwise", nil},
	"detail":               {"What was done, by name", map[string]any{"email": "bob@acme.example"}},

	"html":                {"The mail as HTML, made safe as shown mail is; text stands in where it is not given, or is made of it", "<p>Hello</p>"},
	"text":                {"The mail as plain text", "Hello"},
	"thread_id":           {"The mail thread; of a mail that is sent the one that it answers in, a new one without it", 1},
	"thread_ids":          {"The mail threads that are accepted, at most 50", []int64{1}},
	"undecided":           {"Why a deal is still to be chosen for the thread", nil},
	"internet_message_id": {"The Message-ID under which its recipients have the mail, once it is sent", nil},
	"returned":            {"Recipients whom the mail did not reach, or who complained", nil},
	"send_error":          {"Why the mail did not go out, or what is not known; null when all went well", nil},
	"send_state":          {"What became of the mail: sending, sent, failed, unconfirmed (nobody knows), bounced, complained", "sent"},
	"send_time":           {"When the mail service took it; null when it did not", nil},
}
