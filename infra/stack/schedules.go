package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/lejek/lejek/shared/manifest"
)

// makeSchedules runs functions on the clock: an EventBridge rule each, whose event carries the time that it is for. The rules are
// L1, so that the permission is the only thing that the function gets.
func (b *builder) makeSchedules() {
	for _, f := range manifest.Functions {
		if f.Every == 0 {
			continue
		}
		fn := b.functions[f.Name]
		rule := awsevents.NewCfnRule(b.stack, jsii.String(title(f.Name)+"Clock"), &awsevents.CfnRuleProps{
			Name:               jsii.String(b.FunctionName(f.Name)),
			Description:        jsii.String(f.Doc),
			ScheduleExpression: jsii.String(f.Rate()),
			Targets:            []any{&awsevents.CfnRule_TargetProperty{Arn: fn.FunctionArn(), Id: jsii.String(f.Name)}},
		})
		fn.AddPermission(jsii.String("Clock"), &awslambda.Permission{
			Principal: awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil), SourceArn: rule.AttrArn(),
		})
	}
}
