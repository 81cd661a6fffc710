package dynamo

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/search"
	"github.com/lejek/lejek/shared/value"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestItemsAreStoredAsTheyWere pins the stored form of every kind, with every field filled. Attributes are named by struct
// fields, so renaming or retyping one loses what older records hold: that must be seen, and decided with a migration.
func TestItemsAreStoredAsTheyWere(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		it, err := encode(1, change.Record{Ref: change.Of(name, 7), Value: filled(t, kinds[name])})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "## %s\n%s\n", name, lines(it))
	}
	fmt.Fprintf(&out, "%s", beside(t))
	const golden = "testdata/items.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != string(want) {
		t.Errorf("records are stored in another form than %s says (run with -update if that is meant):\n%s", golden, firstDifference(got, string(want)))
	}
}

// TestRecordsSurviveStorage reads back what was written, field by field.
func TestRecordsSurviveStorage(t *testing.T) {
	t.Parallel()
	for name, k := range kinds {
		v := filled(t, k)
		it, err := encode(1, change.Record{Ref: change.Of(name, 7), Value: v})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.decodeAny(it); err != nil || !reflect.DeepEqual(got, v) {
			t.Errorf("%s: wrote %+v\nread %+v (%v)", name, v, got, err)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.fromJSON(text); err != nil || !reflect.DeepEqual(got, v) {
			t.Errorf("%s: wrote into an archive %s\nread %+v (%v)", name, text, got, err)
		}
	}
}

// beside is what a change stores besides records.
func beside(t *testing.T) string {
	at := sampleTime
	text := "old"
	deal := change.Of(change.Deal, 7)
	set := change.Set{
		Team:    1,
		Jobs:    []change.Job{{Name: change.JobName(deal, 3), Of: deal, Cursor: "F#x", Version: 1}},
		Entries: []change.Entry{{Directory: change.Addresses, Name: "acme-k3x9q2"}, {Directory: change.Tokens, Name: "9f86d081", User: 1}},
		Facts:   []change.Fact{filled(t, factKind).(change.Fact)},
		Members: []change.Member{{Of: change.AddressOf("ada@example.com"), ID: 5, Seen: &[]int64{4}}},
		Show: []change.Row{change.LogRow(deal, at, 3, change.Log{
			User: 1, Source: "api", Agent: "curl", Fields: []change.Field{{Key: "title", Old: &text}},
		})},
	}
	for _, shelf := range slices.Sorted(maps.Keys(shelves)) {
		row := change.Row{On: deal, Shelf: shelf, At: at, Source: change.Of(change.Note, 9)}
		if shelf == change.FollowerLog {
			row.Log = &change.Log{ID: 12}
		}
		set.Show = append(set.Show, row)
	}
	ops := operations{db: &DB{}, at: map[schema.Key]int{}, derived: map[int]bool{}}
	if err := ops.add(set); err != nil {
		t.Fatal(err)
	}
	var ends change.Ends
	fill(t, reflect.ValueOf(&ends).Elem(), "sample")
	ends.LastSentID, ends.LastSentTime = nil, nil
	count := change.Count{Of: deal, Add: map[change.Number]int64{change.NotesCount: 1, change.DoneCount: -1}, Seen: map[change.Number]int64{change.MailsCount: 4}}
	if err := ops.sum(sum{Sum: change.Sum{Team: 1, Count: count}, derived: true, version: 2, ends: ends}); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, k := range []search.Key{{Word: "lodz", Of: change.Of(change.Note, 9)}, {Word: "7654321", Digits: true, Of: change.Of(change.Person, 5)}} {
		it, err := marshal(postingItem{k.Of, []string{"notes"}, []change.Ref{deal}})
		if err != nil {
			t.Fatal(err)
		}
		key := postingKey(1, k)
		fmt.Fprintf(&out, "## posting: %s / %s\n%s\n", key.PK, key.SK, lines(merge(it, keyItem(key))))
	}
	for i, op := range ops.list {
		fmt.Fprintf(&out, "## beside records: %s / %s\n", ops.keys[i].PK, ops.keys[i].SK)
		if op.Put != nil {
			fmt.Fprintf(&out, "%s", lines(op.Put.Item))
		}
		if op.Update != nil {
			fmt.Fprintf(&out, "%s if %s\n%s", *op.Update.UpdateExpression, *op.Update.ConditionExpression, lines(op.Update.ExpressionAttributeValues))
			for _, name := range slices.Sorted(maps.Keys(op.Update.ExpressionAttributeNames)) {
				fmt.Fprintf(&out, "%s is %s\n", name, op.Update.ExpressionAttributeNames[name])
			}
		}
		out.WriteString("\n")
	}
	return out.String()
}

var sampleTime = time.Date(2026, 11, 23, 10, 0, 0, 123e6, time.UTC)

// filled is a record of the kind with no field left at zero.
func filled(t *testing.T, k kind) any {
	zero, err := k.decodeAny(item{})
	if err != nil {
		t.Fatal(err)
	}
	v := reflect.New(reflect.TypeOf(zero)).Elem()
	fill(t, v, "sample")
	return v.Interface()
}

func fill(t *testing.T, v reflect.Value, name string) {
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(sampleTime))
		return
	}
	if v.Type() == reflect.TypeFor[value.Decimal]() {
		v.SetString("12.5")
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.ToLower(name))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(0.5)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), name)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0), name)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(t, key, "key")
		fill(t, value, name)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Uint8:
		v.SetUint(7)
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue // is not stored
			}
			fill(t, v.Field(i), v.Type().Field(i).Name)
		}
	default:
		t.Fatalf("%s: no sample for a field of type %s", name, v.Type())
	}
}

// lines shows an item, an attribute a line.
func lines(it item) string {
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(it)) {
		fmt.Fprintf(&out, "%s = %s\n", name, shown(it[name]))
	}
	return out.String()
}

func shown(a types.AttributeValue) string {
	switch a := a.(type) {
	case *types.AttributeValueMemberS:
		return fmt.Sprintf("%q", a.Value)
	case *types.AttributeValueMemberN:
		return a.Value
	case *types.AttributeValueMemberBOOL:
		return fmt.Sprint(a.Value)
	case *types.AttributeValueMemberNULL:
		return "null"
	case *types.AttributeValueMemberB:
		return fmt.Sprintf("bytes %x", a.Value)
	case *types.AttributeValueMemberNS:
		return fmt.Sprint("numbers ", a.Value)
	case *types.AttributeValueMemberSS:
		return fmt.Sprint("strings ", a.Value)
	case *types.AttributeValueMemberL:
		parts := make([]string, len(a.Value))
		for i, v := range a.Value {
			parts[i] = shown(v)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case *types.AttributeValueMemberM:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(a.Value)) {
			parts = append(parts, name+": "+shown(a.Value[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprintf("%T", a)
}

// firstDifference is the first line in which two texts differ, with the heading above it.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	heading := ""
	for i := range max(len(g), len(w)) {
		a, b := "", ""
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if strings.HasPrefix(a, "## ") {
			heading = a
		}
		if a != b {
			return fmt.Sprintf("%s\n got %s\nwant %s", heading, a, b)
		}
	}
	return ""
}
