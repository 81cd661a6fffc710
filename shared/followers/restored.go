package followers

import "github.com/lejek/lejek/shared/change"

// Restored is a follower of an archive, counted.
func Restored(r change.Row) (set change.Set) {
	r.Strict = true
	set.Show = []change.Row{r}
	set.Counts = []change.Count{{Of: r.On, Add: map[change.Number]int64{change.FollowersCount: 1}}}
	return set
}
