package api

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/fault"
)

// maxBody is far above any JSON that a client sends; of a form with files, maxUpload is the limit.
const maxBody = 1 << 20

// httpRequest is the event as a request. The path is cleaned here, so that ServeMux never answers with a redirect; the raw
// query string is read, because the event's map of parameters loses repeated ones.
func httpRequest(ctx context.Context, e events.APIGatewayV2HTTPRequest) (*http.Request, error) {
	body := []byte(e.Body)
	if e.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(e.Body); err != nil {
			return nil, fault.New(fault.Invalid, "The body could not be read").Because(err)
		}
	}
	escaped := path.Clean("/" + e.RawPath)
	decoded, err := url.PathUnescape(escaped)
	if err != nil {
		return nil, fault.New(fault.NotFound, "Unknown path %s", e.RawPath)
	}
	hr := (&http.Request{
		Method: e.RequestContext.HTTP.Method, URL: &url.URL{Path: decoded, RawPath: escaped, RawQuery: e.RawQueryString},
		Host: e.RequestContext.DomainName, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}).WithContext(ctx)
	for k, v := range e.Headers {
		hr.Header.Set(k, v)
	}
	if host := hr.Header.Get("Host"); host != "" {
		hr.Host = host
	}
	return hr, nil
}

// request is one decoded request, before it is given a shape.
type request struct {
	*http.Request
	v1    bool
	query url.Values
	body  []byte
	form  url.Values // of an urlencoded body, v1 only, or of a multipart one
	files map[string]Upload
	takes takes
}

func newRequest(hr *http.Request, t takes) (*request, error) {
	query, err := url.ParseQuery(hr.URL.RawQuery)
	if err != nil {
		return nil, fault.New(fault.Invalid, "The query string could not be read")
	}
	body, err := io.ReadAll(hr.Body)
	if err != nil {
		return nil, fault.New(fault.Invalid, "The body could not be read").Because(err)
	}
	large := t.files || t.raw != ""
	switch {
	case large && len(body) > maxUpload:
		return nil, fault.New(fault.TooLarge, "The body is larger than 4.5 MB")
	case !large && len(body) > maxBody:
		return nil, fault.New(fault.TooLarge, "The body is larger than 1 MB")
	}
	if t.raw == "" {
		body = bytes.TrimSpace(body)
	}
	return &request{Request: hr, v1: isV1(hr.URL.Path), query: query, body: body, takes: t}, nil
}

// token looks in every place that clients use (contract §1.1).
func (r *request) token() auth.Token {
	if t := r.Header.Get("X-Api-Token"); t != "" {
		return auth.Token(strings.TrimSpace(t))
	}
	if scheme, t, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return auth.Token(strings.TrimSpace(t))
	}
	return auth.Token(strings.Join(given(r.query["api_token"]), ","))
}

// readBody checks the media type. A body without one is taken for JSON; v1 reads forms too. Where files are taken, they come in
// multipart forms only.
func (r *request) readBody() error {
	if len(r.body) == 0 {
		return nil
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch known := err == nil || errors.Is(err, mime.ErrInvalidMediaParameter); {
	case r.takes.files && kind == "multipart/form-data":
		return r.readForm(params["boundary"])
	case r.takes.files:
		return fault.New(fault.Unsupported, "The media type %q is not read here; please send multipart/form-data", r.Header.Get("Content-Type"))
	case r.Header.Get("Content-Type") == "" || known && (kind == "application/json" || strings.HasSuffix(kind, "+json")):
		return nil
	case r.v1 && kind == "application/x-www-form-urlencoded":
		if r.body[0] == '{' {
			return nil // some clients send JSON under this type
		}
		if r.form, err = url.ParseQuery(string(r.body)); err != nil {
			return fault.New(fault.Invalid, "The form in the body could not be read")
		}
		return nil
	}
	return fault.New(fault.Unsupported, "The media type %q is not read here; please send application/json", r.Header.Get("Content-Type"))
}

// recorder is the answer as it is made.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(b []byte) (int, error) { return w.body.Write(b) }

func (w *recorder) response() events.APIGatewayV2HTTPResponse {
	headers := make(map[string]string, len(w.header))
	for k := range w.header {
		headers[k] = w.header.Get(k)
	}
	if body := w.body.Bytes(); !utf8.Valid(body) { // a compressed script, a picture
		return events.APIGatewayV2HTTPResponse{
			StatusCode: w.status, Headers: headers, Body: base64.StdEncoding.EncodeToString(body), IsBase64Encoded: true,
		}
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: w.status, Headers: headers, Body: w.body.String()}
}
