package stack

import (
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/lejek/lejek/shared/manifest"
)

// alarm is a sum or maximum over five minutes that must not pass its limit.
type alarm struct {
	id, doc           string
	namespace, metric string
	dimension         string
	value             *string
	statistic         string
	limit             float64
	periods           float64 // of five minutes, all of them above the limit
}

// makeAlarms watches what would otherwise fail in silence: work that waits for a person, a stream that is stuck, answers
// that were our fault.
func (b *builder) makeAlarms() {
	var alarms []alarm
	for _, name := range slices.Sorted(maps.Keys(b.dead)) {
		alarms = append(alarms, alarm{
			id: title(name) + "DeadLettersAlarm", doc: "what failed processing (" + name + ") waits for a person: docs/deploy.md, When an alarm rings",
			namespace: "AWS/SQS", metric: "ApproximateNumberOfMessagesVisible", dimension: "QueueName", value: b.dead[name].QueueName(),
			statistic: "Maximum", limit: 0, periods: 1,
		})
	}
	for _, f := range manifest.Functions {
		if f.Stream {
			alarms = append(alarms, alarm{
				id: title(f.Name) + "LagAlarm", doc: f.Name + " is more than ten minutes behind the table's stream",
				namespace: "AWS/Lambda", metric: "IteratorAge", dimension: "FunctionName", value: b.functions[f.Name].FunctionName(),
				statistic: "Maximum", limit: 10 * 60 * 1000, periods: 2,
			})
		}
	}
	for _, f := range manifest.Functions {
		if f.Every != 0 {
			periods := 1.0
			if f.Every < 5*time.Minute {
				periods = 3 // the next run is near: one failure rings nobody
			}
			alarms = append(alarms, alarm{
				id: title(f.Name) + "ErrorsAlarm", doc: f.Name + " fails again and again; the next run goes on where it stopped",
				namespace: "AWS/Lambda", metric: "Errors", dimension: "FunctionName", value: b.functions[f.Name].FunctionName(),
				statistic: "Sum", limit: 0, periods: periods,
			})
		}
	}
	alarms = append(alarms, alarm{
		id: "ApiErrorsAlarm", doc: "the API answers 5xx: look for level ERROR in the functions' logs",
		namespace: "AWS/ApiGateway", metric: "5xx", dimension: "ApiId", value: b.api.Ref(),
		statistic: "Sum", limit: 5, periods: 2,
	})

	actions := b.alarmActions()
	for _, a := range alarms {
		awscloudwatch.NewCfnAlarm(b.stack, jsii.String(a.id), &awscloudwatch.CfnAlarmProps{
			AlarmDescription:   jsii.String(a.doc),
			Namespace:          jsii.String(a.namespace),
			MetricName:         jsii.String(a.metric),
			Dimensions:         []any{&awscloudwatch.CfnAlarm_DimensionProperty{Name: jsii.String(a.dimension), Value: a.value}},
			Statistic:          jsii.String(a.statistic),
			Period:             jsii.Number(300),
			EvaluationPeriods:  jsii.Number(a.periods),
			Threshold:          jsii.Number(a.limit),
			ComparisonOperator: jsii.String("GreaterThanThreshold"),
			TreatMissingData:   jsii.String("notBreaching"), // an idle queue or stream sends nothing
			AlarmActions:       actions,
		})
	}
}

// alarmActions tells the address in the settings, after it has confirmed the subscription; nobody when there is none.
func (b *builder) alarmActions() *[]*string {
	if b.AlarmEmail == "" {
		return nil
	}
	topic := b.topic("alarms")
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: service("cloudwatch.amazonaws.com"),
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: b.fromThisAccount(),
	}))
	awssns.NewCfnSubscription(topic, jsii.String("Email"), &awssns.CfnSubscriptionProps{
		TopicArn: topic.TopicArn(),
		Protocol: jsii.String("email"),
		Endpoint: jsii.String(b.AlarmEmail),
	})
	return &[]*string{topic.TopicArn()}
}
