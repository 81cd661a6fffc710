package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/lejek/lejek/shared/manifest"
)

// streamFailures names the queue of notices about failed stream batches.
const streamFailures = "stream"

// deadLetterDays is how long SQS keeps a message at most: the time that people have to look.
const deadLetterDays = 14

// makeQueues makes each queue of the manifest with its dead-letter queue and the topic that feeds it.
func (b *builder) makeQueues() {
	for _, q := range manifest.Queues {
		var fifo *bool // left out where it is false: CloudFormation takes nothing but true
		var scope awssqs.DeduplicationScope
		var limit awssqs.FifoThroughputLimit
		if q.FIFO {
			fifo, scope, limit = jsii.Bool(true), awssqs.DeduplicationScope_MESSAGE_GROUP, awssqs.FifoThroughputLimit_PER_MESSAGE_GROUP_ID
		}
		dead := b.queue(title(q.Name)+"DeadLetters", &awssqs.QueueProps{Fifo: fifo})
		queue := b.queue(title(q.Name)+"Queue", &awssqs.QueueProps{
			Fifo: fifo,
			// A webhook's line is its own: without these two, all lines of all teams share 300 calls a second ("High throughput for FIFO queues").
			DeduplicationScope:  scope,
			FifoThroughputLimit: limit,
			VisibilityTimeout:   awscdk.Duration_Seconds(jsii.Number(q.Visibility)),
			DeadLetterQueue:     &awssqs.DeadLetterQueue{Queue: dead, MaxReceiveCount: jsii.Number(q.MaxReceive)},
		})
		b.queues[q.Name], b.dead[q.Name] = queue, dead
		b.output(title(q.Name)+"DeadLettersUrl", dead.QueueUrl(), "what failed "+q.Name+" processing waits here")
		if q.Topic != "" {
			b.subscribe(queue, b.topic(q.Topic))
		}
	}
}

func (b *builder) queue(name string, props *awssqs.QueueProps) awssqs.Queue {
	props.RetentionPeriod = awscdk.Duration_Days(jsii.Number(deadLetterDays))
	props.Encryption = awssqs.QueueEncryption_SQS_MANAGED
	props.EnforceSSL = jsii.Bool(true)
	return awssqs.NewQueue(b.stack, jsii.String(name), props)
}

// topic makes a topic, or finds it when a queue before has asked for it. It is not encrypted with the AWS-managed key:
// services could not publish to it then.
func (b *builder) topic(name string) awssns.Topic {
	if _, ok := b.topics[name]; !ok {
		b.topics[name] = awssns.NewTopic(b.stack, jsii.String(title(name)+"Topic"), &awssns.TopicProps{EnforceSSL: jsii.Bool(true)})
	}
	return b.topics[name]
}

// subscribe delivers the topic's messages inside SNS's envelope, which is how the sample events and the linker know them.
func (b *builder) subscribe(queue awssqs.Queue, topic awssns.Topic) {
	queue.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: service("sns.amazonaws.com"),
		Actions:    jsii.Strings("sqs:SendMessage"),
		Resources:  &[]*string{queue.QueueArn()},
		Conditions: &map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": topic.TopicArn()}},
	}))
	awssns.NewCfnSubscription(topic, jsii.String("Subscription"), &awssns.CfnSubscriptionProps{
		TopicArn: topic.TopicArn(),
		Protocol: jsii.String("sqs"),
		Endpoint: queue.QueueArn(),
	})
}

func service(name string) *[]awsiam.IPrincipal {
	return &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String(name), nil)}
}

// fromThisAccount is the condition against another account's use of a service to reach our resource.
func (b *builder) fromThisAccount() *map[string]any {
	return &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": b.stack.Account()}}
}
