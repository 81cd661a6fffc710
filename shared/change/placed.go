package change

// Placed is a record that shows on others: an activity, a note, a file, a mail message, a thread. It keeps the targets it
// shows on (Shown), so that its rows can be taken away again without following links that have changed since.
type Placed interface {
	Ref() Ref
	HangsOn() Links      // its direct links
	Rows() []Row         // on the targets it keeps; none when deleted
	ShowOn([]Ref) Placed // the same record, keeping other targets
	Follow(Redirects) Placed
	ReadVersion() int64
}

// PutPlaced writes a record and moves its rows to the targets that its links lead to now; a link to what was absorbed by another
// record becomes one to that. before is nil, or was never read, for a new record.
func (s *Set) PutPlaced(before, now Placed, t Targets) Placed {
	placed := now.Follow(t.Moved).ShowOn(t.Refs)
	var had []Row
	var expect int64
	if before != nil && before.ReadVersion() != 0 {
		had, expect = before.Rows(), before.ReadVersion()
	}
	s.Put(placed.Ref(), placed, expect)
	s.Place(had, placed.Rows())
	s.Checks = append(s.Checks, t.Checks...)
	return placed
}
