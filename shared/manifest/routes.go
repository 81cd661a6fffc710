package manifest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Method and Path are the two halves of the operation.
func (o Operation) Method() string { m, _, _ := strings.Cut(string(o), " "); return m }
func (o Operation) Path() string   { _, p, _ := strings.Cut(string(o), " "); return p }

// Patterns are the ServeMux patterns that the operation answers to: one, or two where it is part of v1.
func (o Operation) Patterns() []string {
	if strings.HasPrefix(o.Path(), "/v1/") {
		return []string{string(o), o.Method() + " /api" + o.Path()}
	}
	return []string{string(o)}
}

// Routes are the gateway's route keys for the function: per path root "ANY /root" and "ANY /root/{proxy+}", where a root
// is the version prefix and the first segment. An HTTP API holds 300 routes ("Quotas for configuring and running an HTTP
// API"), so method and the rest of the path are dispatched inside the function.
func (f Function) Routes() []string {
	if f.Default {
		return []string{"$default"}
	}
	var roots []string
	for _, o := range f.Operations {
		for _, p := range o.Patterns() {
			_, path, _ := strings.Cut(p, " ")
			if root := root(path); !slices.Contains(roots, root) {
				roots = append(roots, root)
			}
		}
	}
	slices.Sort(roots)
	var keys []string
	for _, r := range roots {
		keys = append(keys, "ANY "+r, "ANY "+r+"/{proxy+}")
	}
	return keys
}

// root is the prefix of the path that ends with the entity's name: /api/v2/deals, /api/v1/notes, /v1/notes.
func root(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	n := 2
	if parts[0] == "api" {
		n = 3
	}
	return "/" + strings.Join(parts[:min(n, len(parts))], "/")
}

// ByName is the function of that name; false when there is none.
func ByName(name string) (Function, bool) {
	i := slices.IndexFunc(Functions, func(f Function) bool { return f.Name == name })
	if i < 0 {
		return Function{}, false
	}
	return Functions[i], true
}

// QueueByName is the queue of that name; false when there is none.
func QueueByName(name string) (Queue, bool) {
	i := slices.IndexFunc(Queues, func(q Queue) bool { return q.Name == name })
	if i < 0 {
		return Queue{}, false
	}
	return Queues[i], true
}

// Rate is the function's schedule as EventBridge writes it.
func (f Function) Rate() string {
	switch n := int(f.Every / time.Minute); {
	case n == 1:
		return "rate(1 minute)"
	case n == 60:
		return "rate(1 hour)"
	default:
		return fmt.Sprintf("rate(%d minutes)", n)
	}
}
