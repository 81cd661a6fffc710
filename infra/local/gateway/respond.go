package gateway

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"

	"github.com/aws/aws-lambda-go/events"
)

// respond writes the function's answer. One without a statusCode is, as in payload format 2.0, itself the body of a 200.
func respond(w http.ResponseWriter, answer []byte) error {
	var status struct {
		StatusCode *int `json:"statusCode"`
	}
	if json.Unmarshal(answer, &status) != nil || status.StatusCode == nil {
		if !json.Valid(answer) {
			return fmt.Errorf("gateway.respond: the answer is not JSON")
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
		return nil
	}
	var r events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(answer, &r); err != nil {
		return fmt.Errorf("gateway.respond: %w", err)
	}
	if r.StatusCode < 100 || r.StatusCode > 599 {
		return fmt.Errorf("gateway.respond: status %d", r.StatusCode)
	}
	body := []byte(r.Body)
	if r.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(r.Body); err != nil {
			return fmt.Errorf("gateway.respond: %w", err)
		}
	}
	w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
	for name, value := range r.Headers {
		w.Header().Set(name, value)
	}
	for _, c := range r.Cookies {
		w.Header().Add("Set-Cookie", c)
	}
	w.WriteHeader(r.StatusCode)
	_, _ = w.Write(body) // a client that went away is no mistake of ours
	return nil
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
