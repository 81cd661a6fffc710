package mailbox

import (
	"context"
	"fmt"
	"time"

	"github.com/lejek/lejek/shared/change"
)

// maxCreated is how many persons mail of one sender may bring within an hour. Who has a domain of his own can write from any
// number of addresses in it, and each would pass every check. Users are not braked.
const maxCreated = 50

const brake = "brake" // kind of the counters: persons by sender and hour

// brakeOf is the counter of who sent the mail: the domain that he writes from, or his address where anybody can get one.
func (r run) brakeOf() change.Ref {
	from := sender(r.Parsed).Email
	if site := r.Read.Site(from); site != "" {
		from = site
	}
	return change.Named(brake, from+"#"+r.Received.UTC().Format("2006-01-02T15"))
}

// mayCreate tells whether the sender may bring one person more.
func (r run) mayCreate(ctx context.Context, c *cast) (bool, error) {
	if r.judged.User.ID != 0 {
		return true, nil
	}
	n, err := r.Store.Counted(ctx, r.Team, r.brakeOf())
	if err != nil {
		return false, err
	}
	if n+int64(len(c.created)) < maxCreated {
		return true, nil
	}
	c.braked = true
	c.why = append(c.why, fmt.Sprintf("row 13: no person is made, since the sender brought %d within the hour", n))
	return false, nil
}

// count adds the new persons to the counter, in the transaction that makes them.
func (r run) count(c *cast) {
	if r.judged.User.ID != 0 || len(c.created) == 0 {
		return
	}
	c.sets = append(c.sets, change.Set{Team: r.Team, Tallies: []change.Tally{{
		Of: r.brakeOf(), Add: map[string]int64{counted: int64(len(c.created))}, Limit: maxCreated, Expires: r.now.Add(2 * time.Hour),
	}}})
}

const counted = "persons" // the counter's number
