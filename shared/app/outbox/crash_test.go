package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/shared/boot"
)

// post calls the function in an environment, with a key; "" when it did not answer with a message.
func (o office) post(env boot.Env, path, key string, body m) (status int, state string) {
	o.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		o.t.Fatal(err)
	}
	event, err := json.Marshal(events.APIGatewayV2HTTPRequest{
		RawPath: path, Body: string(text),
		Headers:        map[string]string{"x-api-token": string(o.Token), "content-type": "application/json", "idempotency-key": key},
		RequestContext: events.APIGatewayV2HTTPRequestContext{HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: "POST"}},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	out, err := functions.All["outbox"](env).Invoke(context.Background(), event)
	if err != nil {
		o.t.Fatal(err)
	}
	var answer events.APIGatewayV2HTTPResponse
	var data struct {
		Data struct {
			State string `json:"send_state"`
		}
	}
	if err := errors.Join(json.Unmarshal(out, &answer), json.Unmarshal([]byte(answer.Body), &data)); err != nil {
		o.t.Fatal(err)
	}
	return answer.StatusCode, data.Data.State
}

const mailMessages = "/api/v2/mailMessages"

// failing is the environment with a hook around every call to AWS.
func failing(env boot.Env, h faults.Hook) boot.Env {
	env.DynamoDB = dynamodb.New(env.DynamoDB.Options(), func(o *dynamodb.Options) { o.APIOptions = append(o.APIOptions, h.Add) })
	env.S3 = s3.New(env.S3.Options(), func(o *s3.Options) { o.APIOptions = append(o.APIOptions, h.Add) })
	env.SES.APIOptions = append(env.SES.APIOptions[:len(env.SES.APIOptions):len(env.SES.APIOptions)], h.Add)
	return env
}

// breaker lets a call to AWS fail, and with dead every one after it, as if the function had ended there.
type breaker struct {
	mu        sync.Mutex
	at, count int
	dead      bool
}

func (b *breaker) fail(context.Context, faults.Call) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.count++; b.count == b.at || b.dead && b.at > 0 && b.count > b.at {
		return errors.New("the network is gone")
	}
	return nil
}

// TestNoMailIsLostOrSentTwice lets every call to AWS fail in turn, before and after its effect, alone and with all that follow, and then
// asks again under the same key: one message is there, it went out at most once, and it says so.
func TestNoMailIsLostOrSentTwice(t *testing.T) {
	t.Parallel()
	o := start(t)
	o.Must("POST", "/api/v2/persons", m{"name": "Zed", "emails": []any{m{"value": "zed@x.example", "primary": true}}})
	count := &breaker{}
	if status, state := o.post(failing(o.Env, faults.Hook{Before: count.fail}), mailMessages, "whole", m{"to": []string{"zed@x.example"}, "subject": "whole", "text": "x"}); status != 201 || state != "sent" {
		t.Fatal(status, state)
	}
	calls := count.count
	if calls < 10 || calls > 60 {
		t.Fatalf("%d calls", calls)
	}
	t.Logf("a mail to a known person takes %d calls", calls)
	var wg sync.WaitGroup
	for at := 1; at <= calls; at++ {
		for _, dead := range []bool{false, true} {
			for _, after := range []bool{false, true} {
				wg.Go(func() {
					name := fmt.Sprintf("%d %v %v", at, dead, after)
					b := &breaker{at: at, dead: dead}
					hook := faults.Hook{Before: b.fail}
					if after {
						hook = faults.Hook{After: b.fail}
					}
					body := m{"to": []string{"zed@x.example"}, "subject": name, "text": "Hello"}
					o.post(failing(o.Env, hook), mailMessages, name, body)
				})
			}
		}
	}
	wg.Wait()
	o.Later(10 * time.Minute)
	for at := 1; at <= calls; at++ {
		for _, dead := range []bool{false, true} {
			for _, after := range []bool{false, true} {
				name := fmt.Sprintf("%d %v %v", at, dead, after)
				status, state := o.post(o.Env, mailMessages, name, m{"to": []string{"zed@x.example"}, "subject": name, "text": "Hello"})
				sent := 0
				for _, s := range o.Sent() {
					if strings.Contains(string(s.Raw), "Subject: "+name+"\r\n") {
						sent++
					}
				}
				stored := 0
				for _, v := range o.Must("GET", "/v1/mailbox/mailThreads?folder=sent&limit=500", nil).List() {
					if v.(m)["subject"] == name {
						stored += int(v.(m)["message_count"].(float64))
					}
				}
				if sent > 1 || stored != 1 || state == "sent" && sent != 1 || sent == 0 && state != "failed" && state != "unconfirmed" || state == "sending" {
					t.Errorf("call, dead, after = %s: %d mails, %d messages, answered %d %q", name, sent, stored, status, state)
				}
			}
		}
	}
}
