// Package grants enforces on this machine what IAM enforces in production: a middleware on a function's AWS clients refuses
// every call that the manifest does not grant, so that a missing grant fails in a test and not after a deployment.
//
// The rules are IAM's: a transaction needs the action of each of its items, a query of an index needs the grant on the
// indexes, a copy needs to read its source, and a signed link is only as good as the rights of its signer.
package grants

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"github.com/lejek/lejek/shared/manifest"
)

// Names are the deployed names of the resources that the manifest speaks of.
type Names struct {
	Table, MailBucket, DataBucket, MailDomain string
	Deliveries                                string // the address of the queue
}

// need is one thing that a call wants to do.
type need struct {
	action   string
	resource manifest.Resource // "" when the call is aimed at something that is not ours
	name     string            // of the table or bucket, for the message
	key      string            // of the object
}

// Allow adds the check for one function; use it as an APIOption of its clients.
func Allow(f manifest.Function, names Names) func(*middleware.Stack) error {
	check := middleware.InitializeMiddlewareFunc("lejek.Grants", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		service, operation := awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx)
		needs, known := names.needs(in.Parameters)
		if !known {
			return middleware.InitializeOutput{}, middleware.Metadata{}, denied(service, f, operation, "anything: the local runner knows no grant for this operation")
		}
		for _, n := range needs {
			if !granted(f, n) {
				return middleware.InitializeOutput{}, middleware.Metadata{}, denied(service, f, n.action, strings.TrimSuffix(n.name+"/"+n.key, "/"))
			}
		}
		return next.HandleInitialize(ctx, in)
	})
	return func(s *middleware.Stack) error { return s.Initialize.Add(check, middleware.After) }
}

func granted(f manifest.Function, n need) bool {
	return slices.ContainsFunc(f.Grants, func(g manifest.Grant) bool {
		return n.resource != "" && g.Resource == n.resource && slices.Contains(g.Actions, n.action) && strings.HasPrefix(n.key, g.Prefix)
	})
}

// denied is what the services answer.
func denied(service string, f manifest.Function, action, resource string) error {
	code := "AccessDeniedException"
	if service == "S3" {
		code = "AccessDenied"
	}
	return &smithy.GenericAPIError{
		Code:    code,
		Message: fmt.Sprintf("function %s is not granted %s on %s (shared/manifest)", f.Name, action, resource),
		Fault:   smithy.FaultClient,
	}
}

func (n Names) table(name *string, action string) need {
	if aws.ToString(name) != n.Table {
		return need{action: action, name: aws.ToString(name)}
	}
	return need{action: action, resource: manifest.Table, name: aws.ToString(name)}
}

// index is the table or, when an index is named, the indexes.
func (n Names) index(table, index *string, action string) need {
	need := n.table(table, action)
	if index != nil && need.resource != "" {
		need.resource = manifest.Indexes
		need.name += "/index/" + *index
	}
	return need
}

func (n Names) object(bucket, key *string, action string) need {
	need := need{action: action, name: aws.ToString(bucket), key: aws.ToString(key)}
	switch need.name {
	case n.MailBucket:
		need.resource = manifest.MailBucket
	case n.DataBucket:
		need.resource = manifest.DataBucket
	}
	return need
}
