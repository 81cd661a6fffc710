// Package mailer hands mail to SES. It stands beside package app, since only the functions that send carry SES's client.
package mailer

import (
	"context"
	"errors"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"
	"github.com/aws/smithy-go"

	"github.com/lejek/lejek/shared/letter"
)

// Mailer sends through SES. The SDK does not repeat a call here: SES takes no token by which it would know a repeat, so a
// second try could be a second mail.
type Mailer struct{ client *ses.Client }

var _ letter.Sender = Mailer{}

// New sends by a client made of cfg.
func New(cfg aws.Config) Mailer {
	return Mailer{ses.NewFromConfig(cfg, func(o *ses.Options) { o.Retryer = aws.NopRetryer{} })}
}

// Send says what became of the message. SES's answer decides where there is one; without, whether the request left whole: what
// did not leave cannot have been sent.
func (m Mailer) Send(ctx context.Context, from string, to []string, raw []byte) (string, letter.Fate, error) {
	var left atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(i httptrace.WroteRequestInfo) {
		if i.Err == nil {
			left.Store(true)
		}
	}})
	out, err := m.client.SendRawEmail(ctx, &ses.SendRawEmailInput{
		Source: &from, Destinations: to, RawMessage: &types.RawMessage{Data: raw},
	})
	if err == nil {
		return aws.ToString(out.MessageId), letter.Accepted, nil
	}
	var answer smithy.APIError
	switch {
	case errors.As(err, &answer) && answer.ErrorCode() == "InvalidParameterValue":
		return "", letter.Refused, answer // an address that is none
	case errors.As(err, &answer):
		return "", letter.NotTaken, answer
	case left.Load():
		return "", letter.Unknown, err
	}
	return "", letter.NotTaken, err
}
