package gateway

import (
	"crypto/rand"
	"encoding/base64"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

const stage = "$default"

// request is the event of payload format 2.0: header names in lower case, repeated headers and query values joined with
// commas (which is why functions read rawQueryString), cookies apart, a body that is no text in base64.
func request(r *http.Request, body []byte, to route, id string, now time.Time) events.APIGatewayV2HTTPRequest {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	prefix, _, _ := strings.Cut(r.Host, ".")
	e := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: to.key, RawPath: r.URL.EscapedPath(), RawQueryString: r.URL.RawQuery,
		Cookies: cookies(r), Headers: headers(r, host), QueryStringParameters: joined(r.URL.Query()),
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey: to.key, AccountID: "000000000000", Stage: stage, RequestID: id, APIID: "local",
			DomainName: r.Host, DomainPrefix: prefix,
			Time: now.UTC().Format("02/Jan/2006:15:04:05 -0700"), TimeEpoch: now.UnixMilli(),
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method: r.Method, Path: r.URL.Path, Protocol: r.Proto, SourceIP: host, UserAgent: r.UserAgent(),
			},
		},
	}
	if to.greedy {
		e.PathParameters = map[string]string{"proxy": to.proxy}
	}
	e.Body, e.IsBase64Encoded = encode(body, r.Header.Get("Content-Type"))
	return e
}

func headers(r *http.Request, client string) map[string]string {
	all := map[string]string{"host": r.Host, "x-forwarded-for": client, "x-forwarded-proto": "http", "x-amzn-trace-id": "Root=1-" + rand.Text()}
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		all["x-forwarded-port"] = port
	}
	if r.ContentLength >= 0 {
		all["content-length"] = itoa(r.ContentLength)
	}
	for name, values := range r.Header {
		if name != "Cookie" {
			all[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	return all
}

func cookies(r *http.Request) (all []string) {
	for _, line := range r.Header.Values("Cookie") {
		for part := range strings.SplitSeq(line, ";") {
			if part = strings.TrimSpace(part); part != "" {
				all = append(all, part)
			}
		}
	}
	return all
}

func joined(query map[string][]string) map[string]string {
	all := make(map[string]string, len(query))
	for name, values := range query {
		all[name] = strings.Join(values, ",")
	}
	return all
}

// encode leaves text as it is and writes everything else in base64; so does the real gateway, by the content type.
func encode(body []byte, contentType string) (text string, base bool) {
	if len(body) == 0 {
		return "", false
	}
	kind, _, _ := mime.ParseMediaType(contentType)
	isText := strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml") ||
		kind == "application/json" || kind == "application/xml" || kind == "application/javascript"
	if isText && utf8.Valid(body) {
		return string(body), false
	}
	return base64.StdEncoding.EncodeToString(body), true
}

func requestID() string { return rand.Text()[:15] + "=" }
