package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/lejek/lejek/shared/fault"
)

// statuses is the one table from kinds of errors to HTTP.
var statuses = map[fault.Kind]struct {
	status int
	code   string
	info   string
}{
	fault.Invalid:      {400, "ERR_SCHEMA_VALIDATION_FAILED", "Please correct the named fields and try again."},
	fault.Unauthorized: {401, "", "Send a valid API token: header x-api-token, Authorization: Bearer, or query api_token."},
	fault.Forbidden:    {403, "ERR_FORBIDDEN", "The token's user may not do this."},
	fault.NotFound:     {404, "ERR_NOT_FOUND", "Please check the address and the id."},
	fault.NoMethod:     {405, "ERR_METHOD_NOT_ALLOWED", "Please check the method."},
	fault.Conflict:     {409, "ERR_CONFLICT", "Please look at what there is now, and repeat the request if it is still wanted."},
	fault.Stale:        {412, "ERR_PRECONDITION_FAILED", "Please read the record again and repeat the change with its ETag in If-Match."},
	fault.TooLarge:     {413, "ERR_TOO_LARGE", "Please send less at once."},
	fault.Unsupported:  {415, "ERR_UNSUPPORTED_MEDIA_TYPE", "Please check the header Content-Type."},
	fault.Limited:      {422, "ERR_LIMIT_REACHED", "Please delete something that is not needed any more."},
	fault.TooMany:      {429, "", "Please wait for as long as the header Retry-After says."},
	fault.Unavailable:  {503, "ERR_UNAVAILABLE", "Please try again in a moment."},
	fault.Internal:     {500, "ERR_INTERNAL", "It has been logged; please try again later."},
}

// writeError renders an error in the envelope of contract §1.2. Only what a fault says for the client is shown.
// Further keys may stand beside it.
func writeError(w http.ResponseWriter, v1 bool, err error, further ...map[string]any) {
	var extra map[string]any
	if len(further) > 0 {
		extra = further[0]
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		f = fault.New(fault.Internal, "Internal error")
	}
	row := statuses[f.Kind]
	if f.Kind == fault.Unauthorized {
		writeJSON(w, row.status, unauthorized{false, "unauthorized access", row.status, row.info}, extra)
		return
	}
	if f.Kind == fault.Unavailable {
		w.Header().Set("Retry-After", "1")
	}
	if _, methods, ok := strings.Cut(f.Message, "allowed: "); ok && f.Kind == fault.NoMethod {
		w.Header().Set("Allow", methods)
	}
	if !v1 && f.Kind == fault.Invalid {
		writeJSON(w, row.status, invalid{Error: message(f), Code: row.code}, extra)
		return
	}
	body := failure{Error: message(f), Info: row.info}
	switch {
	case f.Kind == fault.TooMany:
		body.Code = row.status
	case !v1:
		body.Code = row.code
	}
	writeJSON(w, row.status, body, extra)
}

type failure struct {
	Success    bool   `json:"success"`
	Error      string `json:"error"`
	Info       string `json:"error_info"`
	Data       any    `json:"data"`
	Additional any    `json:"additional_data"`
	Code       any    `json:"code,omitempty"` // a name, or the number 429 (contract §1.8)
}

// invalid is v2's answer to wrong input, shorter than its other errors.
type invalid struct {
	Success bool   `json:"success"`
	Error   string `json:"error"`
	Code    string `json:"code"`
}

type unauthorized struct {
	Success bool   `json:"success"`
	Error   string `json:"error"`
	Code    int    `json:"errorCode"`
	Info    string `json:"error_info"`
}

// What an answer says of wrong fields is bounded: a body of 1 MB holds more of them than Lambda can answer.
const (
	maxNamed = 50  // fields
	maxText  = 600 // bytes of a message
	maxName  = 100 // bytes of a name
)

// message names every wrong field: "Validation failed: title: must be given; value: must be a number".
func message(f *fault.Error) string {
	if len(f.Fields) == 0 {
		return f.Message
	}
	var parts []string
	for _, field := range f.Fields[:min(len(f.Fields), maxNamed)] {
		parts = append(parts, truncate(field.Name, maxName)+": "+truncate(field.Message, maxText))
	}
	if rest := len(f.Fields) - maxNamed; rest > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", rest))
	}
	return "Validation failed: " + strings.Join(parts, "; ")
}
