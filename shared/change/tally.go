package change

import "time"

// Tally adds to the numbers of an item that many writers count in, without reading it. In one transaction with a record that
// can be written only once, each thing is counted once, however often the work is repeated.
type Tally struct {
	Of      Ref
	Add     map[string]int64
	Limit   int64     // when set: no number may be more than this afterwards, or the transaction fails
	Expires time.Time // zero: never
}
