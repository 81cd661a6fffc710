package api

import (
	"bytes"

	"github.com/lejek/lejek/shared/fault"
)

// maxAnswer is what Lambda can answer ("Lambda quotas": 6 MB), but for the headers and what stands around the body.
const maxAnswer = 6<<20 - 64<<10

// errTooMuch is the last net: better an answer that says so than none.
var errTooMuch = fault.New(fault.Internal, "The answer would be larger than 6 MB; please ask for fewer records at once")

// wireSize is how large JSON becomes as a string in Lambda's response, which is JSON itself.
func wireSize(b []byte) int {
	return len(b) + bytes.Count(b, []byte{'"'}) + bytes.Count(b, []byte{'\\'})
}

// room is how many bytes an answer can still hold. Some records are a hundred times as long as others, so a list is cut
// where it does not fit any more, not only at its limit.
type room int

// sizeOf is what v takes of it. What cannot be written takes nothing; writing the answer reports it.
func sizeOf(v any) room {
	b, _ := marshal(v)
	return room(wireSize(b))
}

// roomBeside is what an answer can hold besides parts that are in it anyway.
func roomBeside(parts ...any) room {
	r := room(maxAnswer)
	for _, p := range parts {
		r -= sizeOf(p)
	}
	return r
}

// fit is the beginning of a list that fits, when as many lists still share the room; the last of them may take all that is left.
func fit[T any](r *room, lists int, list []T) []T {
	share := *r / room(lists)
	for i, v := range list {
		size := sizeOf(v) + 1
		if size > share {
			return list[:i]
		}
		share -= size
		*r -= size
	}
	return list
}
