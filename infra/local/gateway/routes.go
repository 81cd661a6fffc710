package gateway

import (
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/manifest"
)

// route is a route key and the function behind it.
type route struct {
	key      string // "ANY /v1/notes/{proxy+}", "$default"
	prefix   string // "/v1/notes"; of a greedy route what comes before the proxy part
	greedy   bool
	function string
	proxy    string // what the greedy part matched
}

type routes []route

// derive takes the routes from the manifest, as the stack does, and orders them as an HTTP API prefers them: full matches,
// then the longest greedy ones, then $default.
func derive(functions []manifest.Function) (all routes) {
	for _, f := range functions {
		if len(f.Operations) == 0 && !f.Default {
			continue
		}
		for _, key := range f.Routes() {
			_, path, _ := strings.Cut(key, " ")
			prefix, greedy := strings.CutSuffix(path, "/{proxy+}")
			all = append(all, route{key: key, prefix: prefix, greedy: greedy, function: f.Name})
		}
	}
	slices.SortStableFunc(all, func(a, b route) int {
		if a.greedy != b.greedy {
			return map[bool]int{false: -1, true: 1}[a.greedy]
		}
		return len(b.prefix) - len(a.prefix)
	})
	return all
}

func (rs routes) find(path string) (route, bool) {
	i := slices.IndexFunc(rs, func(r route) bool {
		if !r.greedy {
			return r.key != "$default" && path == r.prefix
		}
		rest, ok := strings.CutPrefix(path, r.prefix+"/")
		return ok && rest != "" // a greedy part is never empty
	})
	if i < 0 {
		i = slices.IndexFunc(rs, func(r route) bool { return r.key == "$default" })
	}
	if i < 0 {
		return route{}, false
	}
	found := rs[i]
	if found.greedy {
		found.proxy = strings.TrimPrefix(path, found.prefix+"/")
	}
	return found, true
}
