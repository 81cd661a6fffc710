package change

import "time"

// Discard is a record of objects that nothing refers to any more. It expires at once; when the table removes it, the objects go.
// So they are removed though the function that replaced them died, and no function but indexer may delete.
type Discard struct {
	Version int64
	Keys    []string
	At      time.Time
}

// Objects are the keys.
func (d Discard) Objects() []string { return d.Keys }

// Discard gives up objects.
func (s *Set) Discard(at time.Time, keys ...string) {
	if len(keys) > 0 {
		s.Put(Named(Discarded, keys[0]), Discard{Keys: keys, At: at}, 0)
	}
}
