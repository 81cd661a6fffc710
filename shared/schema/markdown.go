package schema

import (
	"fmt"
	"strings"
)

// Markdown is the list of access patterns for people; ARCHITECTURE.md holds it, and a test that it is the same.
func Markdown() string {
	var out strings.Builder
	out.WriteString("| pattern | partition key | sort key | holds |\n|---|---|---|---|\n")
	for _, p := range Patterns {
		name, key := p.Name, p.Sample()
		if p.Directory {
			name += " (directory)"
		}
		fmt.Fprintf(&out, "| %s | `%s` | `%s` | %s |\n", name, key.PK, key.SK, strings.ReplaceAll(p.Doc, "<", `\<`))
	}
	out.WriteString("\nLists come from the indexes, whose partition keys are made like ")
	fmt.Fprintf(&out, "`%s` and `%s`:\n\n", ListPartition(1, "deal"), ListPartition(1, "deal", "owner", 5))
	out.WriteString("| index | partition attribute | sort attribute |\n|---|---|---|\n")
	for _, i := range Indexes {
		fmt.Fprintf(&out, "| %s | `%s` | `%s` |\n", i.Name, i.PK, i.SK)
	}
	return out.String()
}
