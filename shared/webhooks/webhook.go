// Package webhooks tells programs elsewhere what happens to records (contract §5). A webhook is an address with the events that its
// user wants there. Whoever follows the table announces each change: for every webhook that wants it, a delivery is kept and put
// in line behind the earlier ones of the same record. Whoever takes deliveries from the line posts them. A delivery is made of
// what changed alone, so announcing it again changes nothing, and its id stays the same however often it is sent.
package webhooks

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/change"
)

// Kind names the record of a webhook.
const Kind = "webhook"

// Payload versions.
const (
	V1 = "1.0"
	V2 = "2.0"
)

// Webhook as stored. Times are UTC.
type Webhook struct {
	ID           int64
	Version      int64
	Name         string
	URL          string
	Action       string // as its author named it
	Object       string
	Payload      string // V1 or V2
	UserID       int64  // only what this user may see is sent
	CreatorID    int64
	AuthUser     *string
	AuthPassword *string
	Signed       bool
	AddTime      time.Time
	Deleted      bool
	RemoveTime   *time.Time
	RemoveReason *string
}

// Ref names the webhook.
func (w Webhook) Ref() change.Ref { return change.Of(Kind, w.ID) }

// Any is the action or object that stands for all of them.
const Any = "*"

// What happens to a record.
const (
	Create = "create"
	Change = "change"
	Delete = "delete"
)

// older are the names that the first version of webhooks had for what happens. Of a merge, the record that stays is "merged".
var older = map[string]string{"added": Create, "updated": Change, "deleted": Delete, "merged": ""}

var (
	actions = []string{Create, Change, Delete, Any, "added", "updated", "deleted", "merged"}
	objects = []string{"activity", "deal", "note", "organization", "person", "pipeline", "stage", "user", Any}
	// foreign are objects that Pipedrive tells of and Lejek does not have.
	foreign = []string{"lead", "product", "deal_product", "deal_installment", "project", "task", "board", "phase"}
)

// activityType is told of in payloads of version 1.0 alone.
const activityType = "activityType"

// Event is what a change is to whoever listens. Merged tells of one in which two records became one.
type Event struct {
	Action string
	Object string
	Merged bool
}

// Old is the event's action under its older name.
func (e Event) Old() string {
	switch {
	case e.Merged && e.Action == Change:
		return "merged"
	case e.Action == Create:
		return "added"
	case e.Action == Change:
		return "updated"
	}
	return "deleted"
}

// wants tells whether an event is among those that the webhook is for.
func (w Webhook) wants(e Event) bool {
	if w.Deleted || w.Object != Any && w.Object != e.Object || w.Payload == V2 && e.Object == activityType {
		return false
	}
	if _, old := older[w.Action]; old {
		return w.Action == e.Old()
	}
	return w.Action == Any || w.Action == e.Action
}

// checkURL tells whether deliveries can go to an address by its form. Where it leads is looked at when connecting, each time anew.
func checkURL(text string, plain bool) bool {
	u, err := url.Parse(text)
	if err != nil || len(text) > maxURL || u.Hostname() == "" || u.User != nil || u.Opaque != "" {
		return false
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r == '\\' }) || strings.HasSuffix(u.Host, ":") {
		return false
	}
	return u.Scheme == "https" || plain && u.Scheme == "http"
}

const maxURL = 2000

// remove takes the webhook out of use.
func (w Webhook) remove(now time.Time, why string) Webhook {
	w.Deleted, w.RemoveTime, w.RemoveReason = true, &now, &why
	return w
}

func known(list []string, name string) bool { return slices.Contains(list, name) }
