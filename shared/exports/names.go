package exports

import (
	"slices"
	"strconv"
	"strings"
)

// NameOf is what an object of the data bucket is called in an archive: its key without the number of the team, which stands before
// the last part.
func NameOf(key string) string {
	parts := strings.Split(key, "/")
	if len(parts) < 3 {
		return key
	}
	return strings.Join(slices.Delete(parts, len(parts)-2, len(parts)-1), "/")
}

// KeyOf is the key of such an object in a team, and Moved that of one which was another team's.
func KeyOf(name string, team int64) string {
	parts := strings.Split(name, "/")
	return strings.Join(slices.Insert(parts, len(parts)-1, strconv.FormatInt(team, 10)), "/")
}
func Moved(key string, team int64) string {
	if key == "" {
		return ""
	}
	return KeyOf(NameOf(key), team)
}

const rawEnding = ".eml"

// RawName is what raw mail is called in an archive, and RawKey its key in the bucket of mail; false for other names.
func RawName(key string) string                  { return key + rawEnding }
func RawKey(name string) (key string, mail bool) { return strings.CutSuffix(name, rawEnding) }

// KindOf is the kind of the lines of a file of an archive; false when the file is an object.
func KindOf(name string) (kind string, lines bool) {
	kind, _, _ = strings.Cut(name, "/")
	return kind, strings.HasSuffix(name, ".ndjson") && strings.Count(name, "/") == 1 && !strings.HasPrefix(name, "files/")
}
