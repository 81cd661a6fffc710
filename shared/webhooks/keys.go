package webhooks

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/change"
)

// KindKeys names the record of a team's signing keys, of which there is one.
const KindKeys = "signingKeys"

// KeysRef names it.
var KeysRef = change.Named(KindKeys, "webhooks")

// overlap is how long a key signs on beside its successor, so that receivers can change theirs at leisure.
const overlap = 24 * time.Hour

// Keys are a team's signing keys, the newest last.
type Keys struct {
	Version int64
	List    []Key
}

// Key signs deliveries until its time is over; the newest has none.
type Key struct {
	ID      string
	Secret  []byte
	AddTime time.Time
	Until   *time.Time
}

// Text is the secret as receivers' libraries take it.
func (k Key) Text() string { return "whsec_" + base64.StdEncoding.EncodeToString(k.Secret) }

// At are the keys that sign at a time, the newest first.
func (k Keys) At(now time.Time) []Key {
	valid := slices.DeleteFunc(slices.Clone(k.List), func(k Key) bool { return k.Until != nil && !now.Before(*k.Until) })
	slices.Reverse(valid)
	return valid
}

// rotate adds a key and lets the others run out.
func (k Keys) rotate(now time.Time) Keys {
	list := k.At(now)
	slices.Reverse(list)
	end := now.Add(overlap)
	for i := range list {
		if list[i].Until == nil {
			list[i].Until = &end
		}
	}
	if len(list) >= maxKeys {
		list = list[len(list)-maxKeys+1:]
	}
	secret := make([]byte, 32)
	rand.Read(secret) // never fails since Go 1.24
	return Keys{Version: k.Version, List: append(list, Key{ID: strings.ToLower(rand.Text()[:12]), Secret: secret, AddTime: now})}
}

// maxKeys is how many sign at once: whoever rotates more often than that a day gives up the oldest.
const maxKeys = 5

// Sign are the headers that prove who sent a body: those of the Standard Webhooks specification, and the ids of the keys in the
// order of their signatures.
func (k Keys) Sign(id string, at time.Time, body []byte) map[string]string {
	stamp := strconv.FormatInt(at.Unix(), 10)
	var signatures, ids []string
	for _, key := range k.At(at) {
		mac := hmac.New(sha256.New, key.Secret)
		mac.Write([]byte(id + "." + stamp + "."))
		mac.Write(body)
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
		ids = append(ids, key.ID)
	}
	return map[string]string{
		"webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": strings.Join(signatures, " "), "webhook-key-id": strings.Join(ids, " "),
	}
}
