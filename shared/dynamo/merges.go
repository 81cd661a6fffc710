package dynamo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/schema"
)

// A team's merges under way are one item, an attribute for each: every read of what has links asks it, and a merge is a rare
// thing, so it is almost always not there. A merge that is done stays for a while, for whoever read the item before and records
// after, and for indexes that lag.
const (
	mergePrefix = "m:"
	keepMerges  = 15 * time.Minute // no function runs for longer
	maxMerges   = 1000             // 40 bytes each
)

// mergeItem is a merge as stored, under the name of what was absorbed.
type mergeItem struct {
	Into change.Ref
	At   time.Time
	Done bool
}

// Redirects are the team's merges, read once in what Remembering began.
func (db *DB) Redirects(ctx context.Context, team int64) (change.Redirects, error) {
	remembered := rememberedIn(ctx)
	if r, ok := remembered.of(team); ok {
		return r, nil
	}
	it, err := db.get(ctx, schema.Merges.Key(team))
	if err != nil {
		return change.Redirects{}, err
	}
	r, err := redirectsOf(it)
	if err == nil {
		remembered.keep(team, r)
	}
	return r, err
}

// batchFollowing is batch, and with it the redirects by which what was read is to be followed.
func (db *DB) batchFollowing(ctx context.Context, team int64, keys []schema.Key) (map[schema.Key]item, change.Redirects, error) {
	remembered := rememberedIn(ctx)
	if r, ok := remembered.of(team); ok {
		found, err := db.batch(ctx, keys)
		return found, r, err
	}
	key := schema.Merges.Key(team)
	found, err := db.batch(ctx, append(keys[:len(keys):len(keys)], key))
	if err != nil {
		return nil, change.Redirects{}, err
	}
	r, err := redirectsOf(found[key])
	if err != nil {
		return nil, r, err
	}
	remembered.keep(team, r)
	delete(found, key)
	return found, r, nil
}

// batchRead is batch for those who read records of kinds: with the redirects, where these have links that can move.
func (db *DB) batchRead(ctx context.Context, team int64, keys []schema.Key, of ...kind) (map[schema.Key]item, change.Redirects, error) {
	if slices.ContainsFunc(of, kind.follows) {
		return db.batchFollowing(ctx, team, keys)
	}
	found, err := db.batch(ctx, keys)
	return found, change.Redirects{}, err
}

func redirectsOf(it item) (change.Redirects, error) {
	var all []change.Merge
	for _, name := range slices.Sorted(maps.Keys(it)) {
		if len(name) <= len(mergePrefix) || name[:len(mergePrefix)] != mergePrefix {
			continue
		}
		var m mergeItem
		if err := attributevalue.Unmarshal(it[name], &m); err != nil {
			return change.Redirects{}, fmt.Errorf("merge %s: %w", name, err)
		}
		all = append(all, change.Merge{Absorbed: change.Ref(name[len(mergePrefix):]), Into: m.Into, At: m.At, Done: m.Done})
	}
	return change.NewRedirects(all...), nil
}

// merges writes the merges of a set, and clears the item of those that nobody needs any more.
func (o *operations) merges(ctx context.Context, s change.Set) error {
	if len(s.Merges) == 0 {
		return nil
	}
	key := schema.Merges.Key(s.Team)
	it, err := o.db.get(ctx, key)
	if err != nil {
		return err
	}
	r, err := redirectsOf(it)
	if err != nil {
		return err
	}
	return o.merge(s, r)
}

func (o *operations) merge(s change.Set, r change.Redirects) error {
	key := schema.Merges.Key(s.Team)
	x := expression{names: map[string]string{}, values: item{}}
	for _, m := range s.Merges {
		if !m.Done && len(r.Merges()) >= maxMerges {
			return fault.New(fault.Unavailable, "Too many merges are under way, please try again in a few minutes")
		}
		value, err := attributevalue.Marshal(mergeItem{m.Into, m.At, m.Done})
		if err != nil {
			return err
		}
		x.set = append(x.set, x.name(mergePrefix+string(m.Absorbed))+" = "+x.value(value))
	}
	for _, m := range spent(r.Merges(), s.Merges) {
		x.remove = append(x.remove, x.name(mergePrefix+string(m.Absorbed)))
	}
	o.set(key, x.operation(&o.db.table, key))
	return nil
}

// spent are merges that were done long ago, but for those that others lead to.
func spent(all, now []change.Merge) (old []change.Merge) {
	for _, m := range all {
		led := slices.ContainsFunc(slices.Concat(all, now), func(n change.Merge) bool { return n.Into == m.Absorbed })
		written := slices.ContainsFunc(now, func(n change.Merge) bool { return n.Absorbed == m.Absorbed })
		if m.Done && !led && !written && now[0].At.Sub(m.At) > keepMerges {
			old = append(old, m)
		}
	}
	return old
}

// Remembering is a context in which a team's redirects are read once: that of one request. What is written by older ones is
// refused where it matters (change.Sum), and then they are read anew.
func Remembering(ctx context.Context) context.Context {
	return context.WithValue(ctx, rememberedKey{}, &remembered{teams: map[int64]change.Redirects{}})
}

type rememberedKey struct{}

type remembered struct {
	mu    sync.Mutex
	teams map[int64]change.Redirects
}

// rememberedIn is nil where nothing is to be remembered.
func rememberedIn(ctx context.Context) *remembered {
	r, _ := ctx.Value(rememberedKey{}).(*remembered)
	return r
}

func (m *remembered) of(team int64) (change.Redirects, bool) {
	if m == nil {
		return change.Redirects{}, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.teams[team]
	return r, ok
}

func (m *remembered) keep(team int64, r change.Redirects) {
	if m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.teams[team] = r
	}
}

func (m *remembered) forget() {
	if m != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		clear(m.teams)
	}
}

// Moved is what became of records that were absorbed, however long ago: they have left signposts. One batch read as a rule, one more
// where a survivor was absorbed in turn.
func (db *DB) Moved(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]change.Ref, error) {
	var merges []change.Merge
	for next := refs; len(next) > 0; {
		signs := make([]change.Ref, len(next))
		for i, ref := range next {
			signs[i] = change.SignpostOf(ref)
		}
		found, err := db.GetAny(ctx, team, signs)
		if err != nil {
			return nil, fmt.Errorf("dynamo.Moved: %w", err)
		}
		was := next
		next = nil
		for i, ref := range was {
			if post, ok := found[signs[i]].(change.Post); ok && post.Into != "" {
				merges, next = append(merges, change.Merge{Absorbed: ref, Into: post.Into}), append(next, post.Into)
			}
		}
	}
	redirects, moved := change.NewRedirects(merges...), map[change.Ref]change.Ref{}
	for _, ref := range refs {
		if to := redirects.To(ref); to != ref {
			moved[ref] = to
		}
	}
	return moved, nil
}
