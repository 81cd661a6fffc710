package webhooks

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/lejek/lejek/shared/change"
)

// Kinds of the records of a delivery and of what it says, which is written once and read when it is sent.
const (
	KindDelivery = "delivery"
	KindBody     = "deliveryBody"
)

// States of a delivery.
const (
	Waiting   = "waiting"   // for an attempt
	Delivered = "delivered" // answered with 2xx
	Failed    = "failed"    // after all attempts
	Dropped   = "dropped"   // never sent: the webhook was banned or gone
)

// Delivery is one event on its way to one webhook.
type Delivery struct {
	ID        string // a UUID made of what it tells of; the payload's meta.id
	Version   int64
	WebhookID int64
	Record    change.Ref
	Action    string
	Object    string
	State     string
	Tries     int64      // since it was announced or last replayed
	NextTime  *time.Time // of the next attempt; nil: at once, or none
	Attempts  []Attempt  // the newest of them
	Replays   int64
	Parts     int64 // items that hold the message
	AddTime   time.Time
}

// Attempt is one time that the delivery was sent.
type Attempt struct {
	At     time.Time
	Status int64 // 0 for no answer
	Error  string
	Millis int64
}

// Succeeded tells that the receiver took it (contract §5.2: any 2xx).
func (a Attempt) Succeeded() bool { return a.Status >= 200 && a.Status < 300 }

// Expires is when a delivery is forgotten.
func (d Delivery) Expires() time.Time { return d.AddTime.Add(keepLog) }

// Ref names the delivery within its team; PartRef a piece of its message.
func (d Delivery) Ref() change.Ref { return DeliveryRef(d.WebhookID, d.ID) }

func DeliveryRef(webhook int64, id string) change.Ref {
	return change.Named(KindDelivery, fmt.Sprintf("%d/%s", webhook, id))
}

func (d Delivery) PartRef(n int64) change.Ref {
	return change.Named(KindBody, fmt.Sprintf("%d/%s/%d", d.WebhookID, d.ID, n))
}

// deliveryID is a UUID of version 7 (RFC 9562) whose random bits are those of a hash: the same change is the same delivery.
func deliveryID(c Changed, webhook int64) string {
	return uuid(c, fmt.Sprintf("%d/%d/%s/%d", c.Team, webhook, c.Ref, c.Version))
}

// Correlation is the same in all that is told of one write of a record.
func (c Changed) Correlation() string {
	return uuid(c, fmt.Sprintf("%d/%s/%d", c.Team, c.Ref, c.Version))
}

// uuid begins with the time, which the stream tells to the second, and the record's version, so that those of a record are in order.
func uuid(c Changed, of string) string {
	hash := sha256.Sum256([]byte(of))
	b := hash[:16]
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(c.At.UnixMilli()))
	copy(b, ms[2:])
	binary.BigEndian.PutUint16(b[6:], 0x7000|uint16(c.Version&0x0fff))
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// note remembers an attempt.
func (d Delivery) note(a Attempt) Delivery {
	d.Attempts = append(d.Attempts[max(0, len(d.Attempts)-maxListed+1):len(d.Attempts):len(d.Attempts)], a)
	d.Tries++
	d.NextTime = nil
	switch {
	case a.Succeeded():
		d.State = Delivered
	case d.Tries > int64(len(pauses)):
		d.State = Failed
	default:
		next := a.At.Add(time.Duration(a.Millis) * time.Millisecond).Add(pauses[d.Tries-1])
		d.State, d.NextTime = Waiting, &next
	}
	return d
}
