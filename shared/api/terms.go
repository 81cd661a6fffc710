package api

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/manifest"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/terms"
)

// collections are the records with versions that clients see, by where one is found under its id. The version is the record's ETag:
// what is derived for a record, such as counts, does not change it.
var collections = map[string]string{
	"/api/v2/deals": change.Deal, "/v1/deals": change.Deal,
	"/api/v2/persons": change.Person, "/v1/persons": change.Person,
	"/api/v2/organizations": change.Organization, "/v1/organizations": change.Organization,
	"/api/v2/activities": change.Activity, "/v1/activities": change.Activity,
	"/api/v2/pipelines": pipelines.KindPipeline, "/v1/pipelines": pipelines.KindPipeline,
	"/api/v2/stages": pipelines.KindStage, "/v1/stages": pipelines.KindStage,
	"/v1/notes": change.Note, "/v1/files": change.File, "/v1/filters": filters.Kind, "/v1/activityTypes": activities.KindType,
	"/v1/organizationRelationships": change.Relation, "/v1/mailbox/mailThreads": change.MailThread, "/api/v2/mailMessages": change.MailMessage,
}

// RecordOf is the kind of record that an operation reads or changes by its id, or makes; "" for others.
func RecordOf(op manifest.Operation) string {
	if at, one := strings.CutSuffix(op.Path(), "/{id}"); one && op.Method() != http.MethodPost {
		return collections[at]
	}
	if op.Method() == http.MethodPost {
		return collections[op.Path()]
	}
	return ""
}

// termsOf reads what the client of a decoded request demands: If-Match where one record is changed, Idempotency-Key where something is posted.
func termsOf(r Route, req *request, c Call) (*terms.Terms, error) {
	kind, method := RecordOf(r.operation), r.operation.Method()
	tags := req.Header.Values("If-Match")
	if len(tags) > 0 && (kind == "" || !slices.Contains([]string{http.MethodPatch, http.MethodPut, http.MethodDelete}, method)) {
		return nil, fault.BadField("If-Match", "is understood only where one record is changed or deleted")
	}
	t := terms.Making(c.Team, kind)
	if method != http.MethodPost && kind != "" {
		if id, err := strconv.ParseInt(req.PathValue("id"), 10, 64); err == nil {
			t = terms.About(c.Team, change.Of(kind, id), versions(tags))
		}
	}
	if method != http.MethodPost {
		return t, nil
	}
	key := strings.TrimSpace(req.Header.Get("Idempotency-Key"))
	if key == "" {
		return t, nil
	}
	if len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
		return nil, fault.BadField("Idempotency-Key", "must be 1 to %d printable ASCII characters, such as a UUID", maxKey)
	}
	t.Claim = terms.NewClaim(c.Actor, key, req.fingerprint(), rand.Text())
	return t, nil
}

// versions are those that entity tags name; nil is any. A weak tag counts: proxies that compress make tags weak, and a version is
// the same in every encoding.
func versions(tags []string) (list []int64) {
	for tag := range strings.SplitSeq(strings.Join(tags, ","), ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		switch n, err := strconv.ParseInt(strings.Trim(tag, `"`), 10, 64); {
		case tag == "":
		case tag == "*":
			return nil
		case err != nil:
			list = append(list, 0) // none of ours, so it matches nothing
		default:
			list = append(list, n)
		}
	}
	return list
}

// tag puts the record's entity tag on the answer.
func tag(h http.Header, t *terms.Terms) {
	if v := t.Version(); v != 0 {
		h.Set("ETag", `"`+strconv.FormatInt(v, 10)+`"`)
	}
}
