package reminders

import (
	"context"
	"errors"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"
	"github.com/aws/smithy-go"

	"github.com/lejek/lejek/shared/reminders"
)

// mailer sends through SES. The SDK does not repeat a call here: SES takes no token by which it would know a repeat, so a
// second try could be a second mail.
type mailer struct{ client *ses.Client }

func newMailer(cfg aws.Config) mailer {
	return mailer{ses.NewFromConfig(cfg, func(o *ses.Options) { o.Retryer = aws.NopRetryer{} })}
}

// Send says what became of the message. SES's answer decides where there is one; without, whether the request left whole: what
// did not leave cannot have been sent.
func (m mailer) Send(ctx context.Context, from, to string, raw []byte) (string, reminders.Fate, error) {
	var left atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(i httptrace.WroteRequestInfo) {
		if i.Err == nil {
			left.Store(true)
		}
	}})
	out, err := m.client.SendRawEmail(ctx, &ses.SendRawEmailInput{
		Source: &from, Destinations: []string{to}, RawMessage: &types.RawMessage{Data: raw},
	})
	if err == nil {
		return aws.ToString(out.MessageId), reminders.Accepted, nil
	}
	var answer smithy.APIError
	switch {
	case errors.As(err, &answer) && answer.ErrorCode() == "InvalidParameterValue":
		return "", reminders.Refused, answer // an address that is none
	case errors.As(err, &answer):
		return "", reminders.NotTaken, answer
	case left.Load():
		return "", reminders.Unknown, err
	}
	return "", reminders.NotTaken, err
}
