package apptest

import (
	"encoding/base64"
	"net/http"
	"net/url"

	"github.com/aws/aws-lambda-go/events"
)

// Browse opens the page that a link in mail leads to, or presses its button, as a browser does: without a token of the API.
func (a *App) Browse(method, path, token string) Answer {
	a.t.Helper()
	return a.Send(PageEvent(method, path, token))
}

// PageEvent is what the function gets then.
func PageEvent(method, path, token string) events.APIGatewayV2HTTPRequest {
	e := events.APIGatewayV2HTTPRequest{
		RawPath: path, Headers: map[string]string{"host": "crm.example"},
		RequestContext: events.APIGatewayV2HTTPRequestContext{HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: method}},
	}
	if method == http.MethodGet {
		e.RawQueryString = url.Values{"token": {token}}.Encode()
	} else {
		e.Headers["content-type"] = "application/x-www-form-urlencoded"
		e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte(url.Values{"token": {token}}.Encode())), true
	}
	return e
}
