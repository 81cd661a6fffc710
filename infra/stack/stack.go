// Package stack builds Lejek's one CloudFormation stack out of two declarations: shared/manifest says which functions,
// routes, queues, grants and environment values exist, shared/schema what the table looks like. This package decides only
// how AWS is asked for them, a file per concern, so a new function or index needs no line here.
//
// Three habits keep the template predictable. Nothing is granted by a construct: every role is handed over closed
// (WithoutPolicyUpdates) with statements made from the manifest. Nothing runs but our functions: no construct that brings
// a custom resource is used. And nothing is looked up: one template fits every account and region that receives mail.
package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/lejek/lejek/shared/manifest"
)

// builder carries what one concern makes and a later one refers to.
type builder struct {
	Settings
	stack   awscdk.Stack
	table   awsdynamodb.Table
	buckets map[manifest.Resource]awss3.Bucket
	topics  map[string]awssns.Topic // by name of the queues they feed
	queues  map[string]awssqs.Queue
	// dead holds what waits for a person: the dead-letter queue of each queue, and under streamFailures the notices of
	// stream batches that failed.
	dead      map[string]awssqs.Queue
	functions map[string]awslambda.Function
	api       awsapigatewayv2.CfnApi
}

// New adds the stack of one stage to the app. The order is that of the references: what holds data, what feeds the
// functions, the functions, what calls them.
func New(app constructs.Construct, s Settings) awscdk.Stack {
	b := &builder{
		Settings:  s,
		buckets:   map[manifest.Resource]awss3.Bucket{},
		topics:    map[string]awssns.Topic{},
		queues:    map[string]awssqs.Queue{},
		dead:      map[string]awssqs.Queue{},
		functions: map[string]awslambda.Function{},
	}
	b.stack = awscdk.NewStack(app, jsii.String(s.Name()), &awscdk.StackProps{
		Description:        jsii.String("Lejek, a sales CRM (stage " + s.Stage + ")"),
		AnalyticsReporting: jsii.Bool(false), // its resource differs by region
	})
	b.makeTable()
	b.makeQueues()
	b.makeBuckets()
	b.makeMail()
	b.makeGateway()
	b.makeFunctions()
	b.makeTriggers()
	b.makeSchedules()
	b.makeAPI()
	b.makeDomain()
	b.makeAlarms()
	return b.stack
}

// output publishes a value that people or infra/deploy need after a deployment.
func (b *builder) output(name string, value *string, doc string) {
	awscdk.NewCfnOutput(b.stack, jsii.String(name), &awscdk.CfnOutputProps{Value: value, Description: jsii.String(doc)})
}

// id gives a resource that others refer to a logical id without the hash that CDK appends, which keeps the template and
// the reasons in the cdk-nag test readable.
func id(c constructs.Construct, logical string) {
	c.Node().DefaultChild().(awscdk.CfnElement).OverrideLogicalId(jsii.String(logical))
}

// title makes the part of a construct id out of a name in the manifest.
func title(name string) string { return string(name[0]-'a'+'A') + name[1:] }
