// Package teams holds who works in Lejek: teams that never see each other, their users and their tokens. Teams are made by
// an operator through the admin function; there is no route to it.
package teams

import (
	"crypto/rand"
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // zones come from users' records, and Lambda's provided.al2023 does not promise to hold the database
	"unicode"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/signed"
)

// Kinds of the records.
const (
	KindTeam = "team"
	KindUser = "user"
)

// Team is a company. TimeZone is an IANA name, Currency an ISO 4217 code.
type Team struct {
	ID           int64
	Version      int64
	Name         string
	TimeZone     string
	Currency     string
	InboundLocal string            // local part of the dedicated mail address
	AddressKey   signed.AddressKey // signs what stands behind the plus in it
	Former       []FormerAddress   // that receive mail for some time yet, the last one first
	AddTime      time.Time
}

// User of a team. Email is in lower case and unique within the team.
type User struct {
	ID       int64
	Version  int64
	Name     string
	Email    string
	TimeZone string
	Currency string
	Active   bool
	Admin    bool
	// ReminderMinutes is how long before an activity its owner is reminded; nil is DefaultLead, less than 0 never.
	ReminderMinutes *int64
	Addresses       []OtherAddress
	AddressMails    []time.Time // when further addresses were asked for their confirmation, of the last day
	Quiet           bool        // does not want to be asked by mail which deal a mail is about
	QuietSet        int64       // how often that was changed: a link that switches it off is good for one state
	AddTime         time.Time
	UpdateTime      time.Time
}

// DefaultLead is how long before an activity its owner is reminded.
const DefaultLead = 15 * time.Minute

// Lead is how long before an activity the user is reminded; nil for never.
func (u User) Lead() *time.Duration {
	lead := DefaultLead
	if m := u.ReminderMinutes; m != nil {
		if *m < 0 {
			return nil
		}
		lead = time.Duration(*m) * time.Minute
	}
	return &lead
}

func (t Team) Ref() change.Ref { return change.Of(KindTeam, t.ID) }
func (u User) Ref() change.Ref { return change.Of(KindUser, u.ID) }

// told is what the audit log says of a user.
func (u User) told() map[string]string {
	return map[string]string{"email": u.Email, "name": u.Name, "admin": fmt.Sprint(u.Admin), "active": fmt.Sprint(u.Active)}
}

// remindersTold is what the audit log says of when a user is reminded.
func (u User) remindersTold() map[string]string {
	lead := "never"
	if l := u.Lead(); l != nil {
		lead = l.String()
	}
	return map[string]string{"email": u.Email, "lead": lead}
}

// Zone is the user's time zone; UTC should its name be unknown here.
func (u User) Zone() *time.Location { return zone(u.TimeZone) }
func (t Team) Zone() *time.Location { return zone(t.TimeZone) }

func zone(name string) *time.Location {
	if z, err := time.LoadLocation(name); err == nil {
		return z
	}
	return time.UTC
}

// checkName returns a name as it is stored; an empty one is the caller's to judge.
func checkName(bad *fault.Fields, field, name string) string {
	name = strings.TrimSpace(name)
	if utf8.RuneCountInString(name) > 100 || strings.ContainsFunc(name, unicode.IsControl) {
		bad.Add(field, "must be at most 100 characters on one line")
	}
	return name
}

// checkEmail returns the address in the form in which it is stored.
func checkEmail(bad *fault.Fields, text string) string {
	a, err := mail.ParseAddress(text)
	if err != nil || a.Address != strings.TrimSpace(text) || len(a.Address) > 254 { // RFC 5321 §4.5.3.1.3
		bad.Add("email", "must be an e-mail address")
		return ""
	}
	return strings.ToLower(a.Address)
}

func checkZone(bad *fault.Fields, name string) {
	if _, err := time.LoadLocation(name); err != nil || name == "" || name == "Local" {
		bad.Add("time_zone", "must be an IANA time zone, such as Europe/Warsaw")
	}
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

const maxSlug = 18 // what is before the @ has 64 characters at most, with the tag of a record

// newLocalPart is the local part of a team's address: a readable beginning and 40 random bits, since whoever knows it can
// write into the team's mail.
func newLocalPart(name string) string {
	slug := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
	if len(slug) > maxSlug {
		slug = strings.Trim(slug[:maxSlug], "-")
	}
	if slug == "" {
		slug = "team"
	}
	return slug + "-" + strings.ToLower(rand.Text()[:8])
}
