package webhooks

import "time"

// How deliveries go on that fail (contract §5.2).
const (
	Timeout   = 10 * time.Second
	banAfter  = 10               // first attempts in a row that failed
	banFor    = 30 * time.Minute // events of that time are lost
	giveUp    = 3 * 24 * time.Hour
	keepLog   = 14 * 24 * time.Hour
	maxListed = 20 // attempts that a delivery remembers
)

var pauses = []time.Duration{3 * time.Second, 30 * time.Second, 150 * time.Second}

// State is how a webhook fares.
type State struct {
	Failures     int64      // first attempts that failed in a row
	BannedUntil  *time.Time // nothing is announced before
	FailingSince *time.Time // the first failure since the last success
	LastTime     *time.Time // of the last attempt
	LastStatus   int64      // its HTTP status; 0 for no answer
}

// Banned tells whether events are lost at that time.
func (s State) Banned(now time.Time) bool { return s.BannedUntil != nil && now.Before(*s.BannedUntil) }

// Standing is a webhook with how it fares.
type Standing struct {
	Webhook
	State State
}
