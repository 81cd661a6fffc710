package schema

import (
	"fmt"
	"strings"
)

// Key is a primary key of the base table.
type Key struct{ PK, SK string }

// Pattern is a named family of keys.
type Pattern struct {
	Name      string
	Doc       string
	Directory bool // outside every team
	pk, sk    string
	sample    []any
}

// Patterns are all patterns in the order of their declaration.
var Patterns []Pattern

func base(name, pk, sk, doc string, sample ...any) Pattern {
	return declare(Pattern{Name: name, Doc: doc, pk: pk, sk: sk, sample: sample})
}

func directory(name, pk, sk, doc string, sample ...any) Pattern {
	return declare(Pattern{Name: name, Doc: doc, pk: pk, sk: sk, sample: sample, Directory: true})
}

func declare(p Pattern) Pattern {
	Patterns = append(Patterns, p)
	return p
}

// Key fills the pattern's placeholders, those of the partition key first. A wrong number of values is a mistake of the
// programmer and panics.
func (p Pattern) Key(values ...any) Key {
	n := strings.Count(p.pk, "%")
	if len(values) != n+strings.Count(p.sk, "%") {
		panic(fmt.Sprintf("schema: pattern %q takes %d values, got %d", p.Name, n+strings.Count(p.sk, "%"), len(values)))
	}
	return Key{PK: fmt.Sprintf(p.pk, values[:n]...), SK: fmt.Sprintf(p.sk, values[n:]...)}
}

// Partition is the partition key alone, and Prefix the part of the sort key before its first placeholder: together they
// select all items of the pattern in one partition.
func (p Pattern) Partition(values ...any) string {
	if len(values) != strings.Count(p.pk, "%") {
		panic(fmt.Sprintf("schema: partition of %q takes %d values, got %d", p.Name, strings.Count(p.pk, "%"), len(values)))
	}
	return fmt.Sprintf(p.pk, values...)
}

func (p Pattern) Prefix() string {
	head, _, _ := strings.Cut(p.sk, "%")
	return head
}

// Sample is the pattern's key with its sample values.
func (p Pattern) Sample() Key { return p.Key(p.sample...) }

// ListPartition is the partition of an index: all records of a kind, or those of it that point at one thing, such as
// ("deal", "owner", 5).
func ListPartition(team int64, kind string, of ...any) string {
	key := fmt.Sprintf("T#%d#%s", team, kind)
	for _, part := range of {
		key += fmt.Sprintf("#%v", part)
	}
	return key
}
