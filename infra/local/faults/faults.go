// Package faults breaks AWS calls in tests, before their effect or after it. The second is the cruel one: the write has
// happened, the caller is told that it has not, and the retry must change nothing.
package faults

import (
	"context"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
)

// Call is a call of a function to AWS.
type Call struct {
	Operation string // GetItem, TransactWriteItems, PutObject, …
	Input     any    // *dynamodb.GetItemInput, …
}

// Hook is asked around every call; an error it returns is what the function sees. Either may be nil. Hooks sit outside the
// client's own retries, so that one fault is one failed call.
type Hook struct {
	Before func(context.Context, Call) error // an error here prevents the call
	After  func(context.Context, Call) error // an error here hides that the call succeeded
}

// Add puts the hook into a client; use it as an APIOption.
func (h Hook) Add(s *middleware.Stack) error {
	return s.Initialize.Add(middleware.InitializeMiddlewareFunc("lejek.Faults", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		call := Call{Operation: awsmiddleware.GetOperationName(ctx), Input: in.Parameters}
		if h.Before != nil {
			if err := h.Before(ctx, call); err != nil {
				return middleware.InitializeOutput{}, middleware.Metadata{}, err
			}
		}
		out, metadata, err := next.HandleInitialize(ctx, in)
		if err == nil && h.After != nil {
			err = h.After(ctx, call)
		}
		return out, metadata, err
	}), middleware.After)
}
