// Package signed makes links and mail addresses that only Lejek can make. A link holds a purpose, a team, a subject and an end, under
// a MAC with a key of that team. The team's keys lie in its own partition; a new one takes over every quarter of a year, the older
// ones hold for as long as what they signed. What a link may do, and that it does it once, is for whoever reads its subject to say.
// An address names a record after its plus, under a MAC with the key of what stands before it, and holds for as long as that.
package signed

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

// Kind and Name of the record that holds a team's keys.
const (
	Kind = "linkKeys"
	Name = "links"
)

const (
	renew = 90 * 24 * time.Hour
	// Longest is how long a link may hold.
	Longest = 30 * 24 * time.Hour
)

// Keys are those of a team, the newest last.
type Keys struct {
	Version int64
	List    []Key
}

// Key signs links, and tells which it has signed.
type Key struct {
	ID      string
	Secret  []byte
	AddTime time.Time
}

// Claims are what a link says.
type Claims struct {
	Purpose string    `json:"p"`
	Team    int64     `json:"t"`
	Subject string    `json:"s"`
	Expires time.Time `json:"e"`
	Key     string    `json:"k"`
}

// Errors of a link.
var (
	ErrForged  = errors.New("signed: not one of ours")
	ErrExpired = errors.New("signed: expired")
)

// Ready are keys of which the newest may sign, and whether they are others than before, which have to be kept first.
func (k Keys) Ready(now time.Time) (Keys, bool) {
	if n := len(k.List); n > 0 && now.Sub(k.List[n-1].AddTime) < renew {
		return k, false
	}
	list := slices.DeleteFunc(slices.Clone(k.List), func(o Key) bool { return now.Sub(o.AddTime) > renew+Longest })
	secret := make([]byte, sha256.Size)
	rand.Read(secret) // never fails since Go 1.24
	return Keys{Version: k.Version, List: append(list, Key{ID: strings.ToLower(rand.Text()[:8]), Secret: secret, AddTime: now})}, true
}

// Sign makes a link's token with the newest key of Ready ones.
func (k Keys) Sign(c Claims) string {
	key := k.List[len(k.List)-1]
	c.Key, c.Expires = key.ID, c.Expires.UTC().Truncate(time.Second)
	body, _ := json.Marshal(c) // of strings, a number and a time: cannot fail
	return encode(body) + "." + encode(key.mac(body))
}

// Read is what a token says, believed by nobody yet: it tells whose keys to verify it with.
func Read(token string) (Claims, error) {
	c, _, _, err := split(token)
	return c, err
}

// Verify is what a token says, if it was signed with one of the keys for that purpose and holds still.
func (k Keys) Verify(token, purpose string, now time.Time) (Claims, error) {
	c, body, mac, err := split(token)
	if err != nil {
		return Claims{}, err
	}
	i := slices.IndexFunc(k.List, func(o Key) bool { return o.ID == c.Key })
	if i < 0 || !hmac.Equal(mac, k.List[i].mac(body)) || c.Purpose != purpose {
		return Claims{}, ErrForged
	}
	if !now.Before(c.Expires) {
		return Claims{}, ErrExpired
	}
	return c, nil
}

const longestToken = 2000

func split(token string) (c Claims, body, mac []byte, err error) {
	head, tail, ok := strings.Cut(token, ".")
	if !ok || len(token) > longestToken {
		return c, nil, nil, ErrForged
	}
	body, err1 := base64.RawURLEncoding.Strict().DecodeString(head)
	mac, err2 := base64.RawURLEncoding.Strict().DecodeString(tail)
	if err1 != nil || err2 != nil || json.Unmarshal(body, &c) != nil || c.Team < 1 {
		return Claims{}, nil, nil, ErrForged
	}
	return c, body, mac, nil
}

func (k Key) mac(body []byte) []byte {
	m := hmac.New(sha256.New, k.Secret)
	m.Write([]byte("lejek link\n"))
	m.Write(body)
	return m.Sum(nil)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
