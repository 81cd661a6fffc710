package change

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// ContentOf is the kind of records of bytes that a team keeps once, however many files have them. Each of these files shows there,
// which is how many there are; with the last of them the bytes go.
const ContentOf = "content"

// Content says where such bytes lie. It is written when they are stored and when they go, not with each file in between: whoever
// adds a file checks that it is as it was read, and whoever takes the bytes away that there is no file. An object that went does
// not come back under its key, so that a late removal takes nothing new away.
type Content struct {
	Version int64
	Key     string
	Gone    bool
}

// ContentRef names bytes by what they are.
func ContentRef(hash string) Ref { return Named(ContentOf, hash) }

// HashOf is the name of bytes: SHA-256 in hexadecimal.
func HashOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Kept tells that the bytes are there. Next is the record of the same bytes stored anew.
func (c Content) Kept() bool { return c.Version > 0 && !c.Gone }

func (c Content) Next(team int64, hash string) Content {
	return Content{Version: c.Version, Key: fmt.Sprintf("files/%d/%s-%d", team, hash, c.Version+1)}
}
