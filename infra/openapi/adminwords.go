package openapi

// Tokens and the audit log.
var adminWords = map[string]word{
	"scope":        {"What the token is good for: read-only or read-write", "read-only"},
	"token":        {"The token itself, shown this once", "d3b0…"},
	"source":       {"How it was done: through the api, or by an operator of the deployment", "api"},
	"user_agent":   {"The client that it was done with", nil},
	"confirm_time": {"When somebody who reads the mailbox confirmed it; null while it waits", nil},
	"detail":       {"What was done, by name", map[string]any{"email": "bob@acme.example"}},
}
