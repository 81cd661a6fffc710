package api

import (
	"net/http"
	"strconv"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/limits"
)

// writeQuota tells the client how much it may still ask for (contract §1.8). The headers are on every answer: clients slow down
// by them, and some fail where they are missing.
func writeQuota(h http.Header, q limits.Quota) {
	for name, n := range map[string]int64{
		"X-Ratelimit-Limit": q.Limit, "X-Ratelimit-Remaining": q.Remaining, "X-Ratelimit-Reset": q.Reset,
		"X-Daily-Ratelimit-Token-Limit": limits.Daily, "X-Daily-Ratelimit-Token-Remaining": limits.Daily, "X-Daily-Requests-Left": limits.Daily,
	} {
		h.Set(name, strconv.FormatInt(n, 10))
	}
	if q.Exceeded {
		h.Set("Retry-After", strconv.FormatInt(q.Reset, 10))
	}
}

func errExceeded(q limits.Quota) error {
	return fault.New(fault.TooMany, "Rate limit exceeded: %d requests per token in %v", q.Limit, limits.Window)
}
