package objects

import (
	"net/http"
	"strings"
)

// overrides answers a GET with the headers that its signed link asks for, as S3 does ("GetObject": response-content-type and
// the like), which gofakes3 leaves out.
func overrides(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := map[string]string{}
		for name, values := range r.URL.Query() {
			if header, ok := strings.CutPrefix(name, "response-"); ok && r.Method == http.MethodGet {
				asked[header] = values[0]
			}
		}
		if len(asked) > 0 {
			w = &overriding{w, asked}
		}
		next.ServeHTTP(w, r)
	})
}

type overriding struct {
	http.ResponseWriter
	asked map[string]string
}

func (w *overriding) WriteHeader(status int) {
	for header, value := range w.asked {
		if status < http.StatusMultipleChoices {
			w.Header().Set(header, value)
		}
	}
	w.asked = nil
	w.ResponseWriter.WriteHeader(status)
}

func (w *overriding) Write(b []byte) (int, error) {
	if w.asked != nil {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}
