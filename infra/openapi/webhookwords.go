package openapi

// Webhooks and what they send.
var webhookWords = map[string]word{
	"subscription_url":   {"Where events are sent, an https address", "https://hooks.example/lejek"},
	"event_action":       {"What happens: create, change, delete or *; the older added, updated, deleted and merged have payloads of version 1.0", "change"},
	"event_object":       {"What it happens to: activity, deal, note, organization, person, pipeline, stage, user or *", "deal"},
	"http_auth_user":     {"The user of HTTP Basic authentication", nil},
	"http_auth_password": {"The password of HTTP Basic authentication", nil},
	"is_active":          {"1 while it is in use", 1},
	"remove_time":        {"When it was removed", nil},
	"remove_reason":      {"Why it was removed", nil},
	"last_delivery_time": {"When an event was last sent", nil},
	"last_http_status":   {"What was answered then", 200},
	"admin_id":           {"Who made it", 1},
	"signed":             {"Whether deliveries are signed with the team's keys", true},
	"banned_until":       {"Until when events are not sent, after too many failures", nil},
	"secret":             {"What the key signs with, as libraries for Standard Webhooks take it", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
	"expire_time":        {"When it ends: a key that is not the newest one any more, the archive of an export", nil},
	"message":            {"What was wrong, in a word", "Forbidden"},
}
