package signed

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// AddressKey signs what stands behind the plus in a mail address. It lives as long as the address before the plus does, since people
// keep addresses: each has a key of its own.
type AddressKey []byte

// NewAddressKey makes one.
func NewAddressKey() AddressKey {
	key := make([]byte, sha256.Size)
	rand.Read(key) // never fails since Go 1.24
	return key
}

// Tag is what stands behind the plus: a record, and the proof that Lejek gave the address out. Without MAC nobody has.
type Tag struct {
	Kind string
	ID   int64
	MAC  string
}

// Kinds of tags. They are short, since the part of an address before the @ has at most 64 characters (RFC 5321 section 4.5.3.1.1).
const (
	TagDeal         = "deal"
	TagPerson       = "person"
	TagOrganization = "org"
	TagThread       = "thread"
	TagChoose       = "choose" // the answer to the question which deal a thread is about
)

const macBytes = 10 // sixteen letters: none is found by trying, since each try is a mail

var tagForm = regexp.MustCompile(`^(deal|person|org|thread|choose)([1-9][0-9]{0,14})(?:-([a-z2-7]{16}))?$`)

// ReadTag reads a tag, in any case, as mail servers on the way may have it; false when it names nothing. Its MAC is believed by nobody yet.
func ReadTag(text string) (Tag, bool) {
	found := tagForm.FindStringSubmatch(strings.ToLower(text))
	if found == nil {
		return Tag{}, false
	}
	id, _ := strconv.ParseInt(found[2], 10, 64) // at most fifteen digits
	return Tag{Kind: found[1], ID: id, MAC: found[3]}, true
}

// Tag signs one, as deal7-abcdefghijklmnop. A team that has no key yet gives out plain tags, which count from its users alone.
func (k AddressKey) Tag(kind string, id int64) string {
	plain := fmt.Sprintf("%s%d", kind, id)
	if len(k) == 0 {
		return plain
	}
	return plain + "-" + k.mac(plain)
}

// Signed tells whether the key has signed the tag.
func (k AddressKey) Signed(t Tag) bool {
	return len(k) > 0 && hmac.Equal([]byte(t.MAC), []byte(k.mac(fmt.Sprintf("%s%d", t.Kind, t.ID))))
}

func (k AddressKey) mac(plain string) string {
	m := hmac.New(sha256.New, k)
	m.Write([]byte("lejek address\n" + plain))
	return strings.ToLower(base32.StdEncoding.EncodeToString(m.Sum(nil)[:macBytes]))
}
