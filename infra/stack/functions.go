package stack

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/lejek/lejek/shared/manifest"
)

// makeFunctions makes one Lambda function per manifest entry, with a role and a log group of its own.
func (b *builder) makeFunctions() {
	for _, f := range manifest.Functions {
		name := b.FunctionName(f.Name)
		log := b.logGroup(title(f.Name)+"Log", "/aws/lambda/"+name)
		role := awsiam.NewRole(b.stack, jsii.String(title(f.Name)+"Role"), &awsiam.RoleProps{
			AssumedBy:      awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
			Description:    jsii.String("lejek " + f.Name + ": " + f.Doc),
			InlinePolicies: &map[string]awsiam.PolicyDocument{"manifest": b.policy(f, log)},
		})
		fn := awslambda.NewFunction(b.stack, jsii.String(title(f.Name)+"Function"), &awslambda.FunctionProps{
			FunctionName: jsii.String(name),
			Description:  jsii.String(f.Doc),
			Runtime:      awslambda.Runtime_PROVIDED_AL2023(),
			Architecture: awslambda.Architecture_ARM_64(),
			Handler:      jsii.String("bootstrap"),
			Code:         awslambda.Code_FromAsset(jsii.String(b.assets(f.Name)), nil),
			MemorySize:   jsii.Number(f.Memory),
			Timeout:      awscdk.Duration_Seconds(jsii.Number(f.Timeout)),
			Environment:  b.environment(f),
			Role:         role.WithoutPolicyUpdates(nil),
			LogGroup:     log,
		})
		// The closed role stands between the two, and CDK does not see through it.
		fn.Node().AddDependency(role)
		b.functions[f.Name] = fn
	}
}

// logGroup makes a log group ourselves, so that it has a retention; Lambda would make one that keeps logs for ever.
func (b *builder) logGroup(id, name string) awslogs.LogGroup {
	return awslogs.NewLogGroup(b.stack, jsii.String(id), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String(name),
		Retention:     awslogs.RetentionDays_ONE_MONTH,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
}

func (b *builder) environment(f manifest.Function) *map[string]*string {
	env := map[string]*string{}
	for _, v := range f.Env {
		switch v {
		case manifest.EnvTable:
			env[string(v)] = b.table.TableName()
		case manifest.EnvMailBucket:
			env[string(v)] = b.buckets[manifest.MailBucket].BucketName()
		case manifest.EnvDataBucket:
			env[string(v)] = b.buckets[manifest.DataBucket].BucketName()
		case manifest.EnvMailDomain:
			env[string(v)] = jsii.String(b.MailDomain)
		case manifest.EnvDeliveries:
			env[string(v)] = b.queues[string(manifest.Deliveries)].QueueUrl()
		case manifest.EnvLinkURL:
			env[string(v)] = b.linkURL()
		case manifest.EnvAPIURL:
			env[string(v)] = jsii.String(b.apiURL())
		case manifest.EnvRateLimit:
			env[string(v)] = jsii.String(strconv.Itoa(b.RateLimit))
		default:
			panic(fmt.Sprintf("stack: function %s wants %s, for which the stack has no value", f.Name, v))
		}
	}
	return &env
}
