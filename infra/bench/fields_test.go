package bench

import (
	"fmt"
	"testing"
)

// BenchmarkCustomFields shows what a team's own fields cost: with n of them, each deal with a value of every one. Definitions are
// one read, which grows with the fields; a record and its index entries grow with its values.
func BenchmarkCustomFields(b *testing.B) {
	for _, n := range []int{0, 20, 100} {
		b.Run(fmt.Sprintf("%d fields", n), func(b *testing.B) {
			m, c := start(b)
			values := map[string]any{}
			for i := range n {
				body := map[string]any{"field_name": fmt.Sprint("A field of a team ", i), "field_type": []string{"varchar", "double", "enum"}[i%3]}
				if i%3 == 2 {
					body["options"] = []any{map[string]any{"label": "One"}, map[string]any{"label": "Two"}}
				}
				code := c.Must("POST", "/api/v2/dealFields", body).Data()["field_code"].(string)
				values[code] = []any{"Some text", 12.5, 1}[i%3]
			}
			for range 100 {
				c.Must("POST", "/api/v2/deals", map[string]any{"title": "Some deal of ordinary length", "custom_fields": values})
			}
			for _, op := range []struct {
				name string
				do   func(i int)
			}{
				{"get", func(int) { c.Must("GET", "/api/v2/deals/1", nil) }},
				{"get with names of options", func(int) { c.Must("GET", "/api/v2/deals/1?include_option_labels=true", nil) }},
				{"list 100", func(int) { c.Must("GET", "/api/v2/deals?limit=100", nil) }},
				{"create", func(int) {
					c.Must("POST", "/api/v2/deals", map[string]any{"title": "New", "custom_fields": values})
				}},
				{"patch", func(i int) { c.Must("PATCH", "/api/v2/deals/1", map[string]any{"value": i + 1}) }},
				{"list fields", func(int) { c.Must("GET", "/api/v2/dealFields?limit=500", nil) }},
			} {
				b.Run(op.name, func(b *testing.B) { m.measure(b, op.do) })
			}
		})
	}
}
