package stack

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/lejek/lejek/shared/manifest"
)

// policy is all that a function may do: its grants, writing its log, and consuming what triggers it.
func (b *builder) policy(f manifest.Function, log awslogs.LogGroup) awsiam.PolicyDocument {
	var statements []awsiam.PolicyStatement
	for _, g := range f.Grants {
		statements = append(statements, b.statement(f, g))
	}
	statements = append(statements, allow(log.LogGroupArn(), "logs:CreateLogStream", "logs:PutLogEvents"))
	if f.Queue != "" {
		statements = append(statements, allow(b.queueOf(f).QueueArn(), "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"))
	}
	if f.Stream {
		data := b.buckets[manifest.DataBucket]
		statements = append(statements,
			allow(b.table.TableStreamArn(), "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"),
			allow(jsii.String(*b.table.TableArn()+"/stream/*"), "dynamodb:ListStreams"),
			// Lambda stores failed batches with the function's own role, and lists the bucket before.
			allow(data.ArnForObjects(jsii.String(failedPrefix+"*")), "s3:PutObject"),
			allow(data.BucketArn(), "s3:ListBucket"),
		)
	}
	return awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{
		Statements: &statements,
		Minimize:   jsii.Bool(false), // a statement per grant, as in the manifest
	})
}

// listing is the one action on a bucket itself: which part of it may be listed is a condition.
const listing = "s3:ListBucket"

func (b *builder) statement(f manifest.Function, g manifest.Grant) awsiam.PolicyStatement {
	bucket, ok := b.buckets[g.Resource]
	if !ok || !slices.Contains(g.Actions, listing) {
		return allow(b.arn(f, g), g.Actions...)
	}
	if len(g.Actions) > 1 {
		panic(fmt.Sprintf("stack: function %s is granted %v at once: listing has a resource of its own", f.Name, g.Actions))
	}
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: jsii.Strings(listing), Resources: &[]*string{bucket.BucketArn()},
		Conditions: &map[string]any{"StringEquals": map[string]any{"s3:prefix": g.Prefix}},
	})
}

// arn is the resource of a grant.
func (b *builder) arn(f manifest.Function, g manifest.Grant) *string {
	switch g.Resource {
	case manifest.Table:
		return b.table.TableArn()
	case manifest.Indexes:
		return jsii.String(*b.table.TableArn() + "/index/*")
	case manifest.Deliveries:
		return b.queues[string(g.Resource)].QueueArn()
	case manifest.Mailer:
		return b.stack.FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("ses"), Resource: jsii.String("identity"), ResourceName: jsii.String(b.MailDomain),
		})
	case manifest.MailBucket, manifest.DataBucket:
		return b.buckets[g.Resource].ArnForObjects(jsii.String(g.Prefix + "*"))
	}
	panic(fmt.Sprintf("stack: function %s is granted %v on %q, which the stack does not have", f.Name, g.Actions, g.Resource))
}

func allow(resource *string, actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions:   jsii.Strings(actions...),
		Resources: &[]*string{resource},
	})
}
