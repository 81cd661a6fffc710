package mailbox

import (
	"fmt"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/change"
)

// TestRowsOfStrangersLeaveRoom: wherever a thread shows, a message can be taken out of it, and it can be deleted while its mails wait
// for as many other threads as they may.
func TestRowsOfStrangersLeaveRoom(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	for persons := range maxLinked + 1 {
		for _, others := range []int{0, persons, persons + 3} { // organizations of all; a deal of somebody else, and of another organization
			thread := Thread{ID: 1, Version: 1, LastMessageTime: at, MessageCount: 2}
			for i := range persons {
				thread.PersonIDs = append(thread.PersonIDs, int64(i+1))
			}
			for i := range maxThreadParties {
				thread.From = append(thread.From, ThreadParty{Email: fmt.Sprintf("S%d@X.example", i), Outside: true})
			}
			var refs []change.Ref
			for i := range persons + others {
				refs = append(refs, change.Of(change.Person, int64(i+1)))
			}
			thread = thread.ShowOn(refs).(Thread)
			message := Message{ID: 1, Version: 1, ThreadID: 1, Time: at, Shown: refs}
			gone, earlier, deleted := message, thread, thread
			gone.Deleted, earlier.LastMessageTime, deleted.Deleted = true, at.Add(-time.Hour), true
			var withdraw, last change.Set
			withdraw.PutPlaced(message, gone, change.Targets{})
			withdraw.PutPlaced(thread, earlier, change.Targets{Refs: refs})
			last.PutPlaced(thread, deleted, change.Targets{Refs: refs})
			for what, n := range map[string]int{"a message goes": change.Weight(withdraw), "the thread goes": change.Weight(last) + maxOpen} {
				if n > change.MaxOperations {
					t.Errorf("%s, of a thread with %d persons and %d strangers on %d records: %d operations", what, persons, len(thread.Strangers), len(refs), n)
				}
			}
			if few := persons+others <= 10 && persons < maxLinked; few && len(thread.Strangers) != maxStrangers {
				t.Errorf("%d strangers of a thread on %d records", len(thread.Strangers), len(refs))
			}
		}
	}
}
