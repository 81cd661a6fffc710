package dynamo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/schema"
)

const (
	numberPrefix    = "#" // of the attributes of a summary that are change.Numbers
	closedAttribute = "Closed"
)

// Summaries reads what is derived for records, strongly consistent; those that have nothing are absent. That of what is being
// absorbed counts with the survivor: what showed on both is counted twice until it has moved.
func (db *DB) Summaries(ctx context.Context, team int64, of []change.Ref) (map[change.Ref]change.Summary, error) {
	if len(of) == 0 {
		return nil, nil
	}
	redirects, err := db.Redirects(ctx, team)
	if err != nil {
		return nil, fmt.Errorf("dynamo.Summaries: %w", err)
	}
	var all []change.Ref
	for _, ref := range of {
		all = append(all, redirects.Collections(ref)...)
	}
	found, err := db.summaries(ctx, team, all)
	if err != nil || len(all) == len(of) {
		return found, err
	}
	sums := make(map[change.Ref]change.Summary, len(of))
	for _, ref := range of {
		for _, part := range redirects.Collections(ref) {
			if s, ok := found[part]; ok {
				sums[ref] = sums[ref].With(s)
			}
		}
	}
	return sums, nil
}

// summaries reads them one by one, as they are stored.
func (db *DB) summaries(ctx context.Context, team int64, of []change.Ref) (map[change.Ref]change.Summary, error) {
	keys := make([]schema.Key, len(of))
	for i, ref := range of {
		keys[i] = summaryKey(team, ref)
	}
	found, err := db.batch(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("dynamo.Summaries: %w", err)
	}
	all := make(map[change.Ref]change.Summary, len(found))
	for i, ref := range of {
		if it, ok := found[keys[i]]; ok {
			if all[ref], err = decodeSummary(it); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// summaryKey is where the summary of a record lies, or the part of a person's that is within an organization.
func summaryKey(team int64, of change.Ref) schema.Key {
	if person, organization, part := strings.Cut(string(of), "@"); part {
		id, _ := strconv.ParseInt(organization, 10, 64)
		return schema.Share.Key(team, person, id)
	}
	return schema.Summary.Key(team, of)
}

func decodeSummary(it item) (s change.Summary, err error) {
	s = change.Summary{Version: numberOf(it, schema.Version), Closed: it[closedAttribute] != nil, Numbers: map[change.Number]int64{}}
	for name := range it {
		if n, ok := strings.CutPrefix(name, numberPrefix); ok {
			s.Numbers[change.Number(n)] = numberOf(it, name)
		}
	}
	s.Ends, err = kindOf[change.Ends]{}.decode(it)
	return s, err
}

// sum is what a transaction does to one summary; derived when it moves ends, and then the version that they were read at holds.
type sum struct {
	change.Sum
	derived bool
	version int64
	ends    change.Ends
}

// derive reads the summaries whose ends move and moves them: one batch read, and a query only where the row that was kept goes
// and nothing takes its place. The summaries are read before the shelves: what others add in between raises the version.
func (db *DB) derive(ctx context.Context, sets []change.Set) ([]sum, error) {
	var sums []sum
	var read []change.Ref
	for _, s := range change.Sums(sets...) {
		derived := s.MovesEnds()
		sums = append(sums, sum{Sum: s, derived: derived})
		if derived {
			read = append(read, s.Of)
		}
	}
	if len(read) == 0 {
		return sums, nil
	}
	found, err := db.summaries(ctx, sums[0].Team, read)
	if err != nil {
		return nil, err
	}
	for i := range sums {
		s := &sums[i]
		if !s.derived {
			continue
		}
		if found[s.Of].Closed && len(s.Shown) > 0 {
			return nil, fault.New(fault.Conflict, "The record was merged with another one meanwhile")
		}
		s.version, s.ends = found[s.Of].Version, found[s.Of].Ends
		if err := s.Move(&s.ends, func(e change.End, from change.Row) (*change.Row, error) { return db.beyond(ctx, s.Sum, e, from) }); err != nil {
			return nil, err
		}
	}
	return sums, nil
}

// beyond looks along a shelf for the next row of an end's sort that does not go as well. Planned activities lie side by side; of
// what happened it walks past other things, and almost always finds an answer in the first page.
func (db *DB) beyond(ctx context.Context, s change.Sum, e change.End, from change.Row) (*change.Row, error) {
	limit := 100
	if e.First {
		limit = 1 + len(s.Hidden)
	}
	for after := from; ; limit = 1000 {
		rows, more, err := db.rowsIn(ctx, s.Team, []change.Ref{s.Of}, change.Range{Shelf: e.Shelf, Desc: !e.First, Limit: limit, After: &after})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if e.Holds(r) && !s.Hides(r.Source, e) {
				return &r, nil
			}
		}
		if !more {
			return nil, nil
		}
		after = rows[len(rows)-1]
	}
}

// sum adds to a summary's numbers, and sets its ends at the version they were read at: one operation for both.
func (o *operations) sum(s sum) error {
	key := summaryKey(s.Team, s.Of)
	x := expression{names: map[string]string{}, values: item{}}
	if s.derived {
		if err := x.setEnds(s.ends); err != nil {
			return err
		}
		x.set = append(x.set, x.name(schema.Version)+" = "+x.value(number(s.version+1)))
		x.is(schema.Version, s.version)
		o.derived[len(o.list)] = len(s.Seen) == 0
	}
	if s.Close {
		x.set = append(x.set, x.name(closedAttribute)+" = "+x.value(&types.AttributeValueMemberBOOL{Value: true}))
	}
	if len(s.Shown) > 0 {
		x.conditions = append(x.conditions, "attribute_not_exists("+x.name(closedAttribute)+")")
	}
	for _, n := range slices.Sorted(maps.Keys(s.Add)) {
		x.add = append(x.add, x.name(numberPrefix+string(n))+" "+x.value(number(s.Add[n])))
	}
	for _, n := range slices.Sorted(maps.Keys(s.Seen)) {
		x.is(numberPrefix+string(n), s.Seen[n])
	}
	o.set(key, x.operation(&o.db.table, key))
	return nil
}

// expression gathers what an UpdateItem does, and under which conditions.
type expression struct {
	set, remove, add, conditions []string
	names                        map[string]string
	values                       item
}

func (x *expression) name(attribute string) string {
	n := fmt.Sprintf("#%d", len(x.names))
	x.names[n] = attribute
	return n
}

func (x *expression) value(v types.AttributeValue) string {
	n := fmt.Sprintf(":%d", len(x.values))
	x.values[n] = v
	return n
}

// is demands that a number is as it was read; nothing was read as zero.
func (x *expression) is(attribute string, was int64) {
	n := x.name(attribute)
	condition := n + " = " + x.value(number(was))
	if was == 0 {
		condition = "(attribute_not_exists(" + n + ") OR " + condition + ")"
	}
	x.conditions = append(x.conditions, condition)
}

func (x *expression) setEnds(e change.Ends) error {
	all, err := attributevalue.MarshalMap(e)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if _, null := all[name].(*types.AttributeValueMemberNULL); null {
			x.remove = append(x.remove, x.name(name))
		} else {
			x.set = append(x.set, x.name(name)+" = "+x.value(all[name]))
		}
	}
	return err
}

// operation is an update, or a check when there is nothing to write.
func (x *expression) operation(table *string, key schema.Key) (op types.TransactWriteItem) {
	var condition *string
	if len(x.conditions) > 0 {
		text := strings.Join(x.conditions, " AND ")
		condition = &text
	}
	var clauses []string
	for verb, parts := range map[string][]string{"SET": x.set, "REMOVE": x.remove, "ADD": x.add} {
		if len(parts) > 0 {
			clauses = append(clauses, verb+" "+strings.Join(parts, ", "))
		}
	}
	if len(clauses) == 0 {
		op.ConditionCheck = &types.ConditionCheck{
			TableName: table, Key: keyItem(key), ConditionExpression: condition, ExpressionAttributeNames: x.names, ExpressionAttributeValues: x.values,
		}
		return op
	}
	slices.Sort(clauses)
	update := strings.Join(clauses, " ")
	op.Update = &types.Update{
		TableName: table, Key: keyItem(key), UpdateExpression: &update, ConditionExpression: condition,
		ExpressionAttributeNames: x.names, ExpressionAttributeValues: x.values,
	}
	return op
}
