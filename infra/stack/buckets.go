package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/lejek/lejek/shared/manifest"
)

// failedPrefix is where Lambda puts stream batches that failed; the documentation fixes it ("Retain discarded records for
// a DynamoDB event source in Lambda"): aws/lambda/<mapping>/<shard>/<date>/<time>-<random>, the whole event inside.
const failedPrefix = "aws/lambda/"

// failedDays limits how long failed batches are kept: they hold customers' data, which must not outlive its deletion.
const failedDays = 90

// makeBuckets makes the two buckets: raw mail, written by SES, and everything else.
func (b *builder) makeBuckets() {
	mail := b.bucket(manifest.MailBucket, "MailBucket")
	mail.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("ReceiptRule"),
		Principals: service("ses.amazonaws.com"),
		Actions:    jsii.Strings("s3:PutObject"),
		Resources:  &[]*string{mail.ArnForObjects(jsii.String(manifest.MailPrefix + "*"))},
		Conditions: b.fromThisAccount(),
	}))
	data := b.bucket(manifest.DataBucket, "DataBucket", &awss3.LifecycleRule{
		Id:         jsii.String("failed-stream-batches"),
		Prefix:     jsii.String(failedPrefix),
		Expiration: awscdk.Duration_Days(jsii.Number(failedDays)),
	})
	b.watchFailures(data)
	b.output("MailBucketName", mail.BucketName(), "raw messages")
	b.output("DataBucketName", data.BucketName(), "files")
}

func (b *builder) bucket(resource manifest.Resource, logical string, rules ...*awss3.LifecycleRule) awss3.Bucket {
	rules = append(rules, &awss3.LifecycleRule{
		Id:                                  jsii.String("incomplete-uploads"),
		AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(jsii.Number(7)),
	})
	bucket := awss3.NewBucket(b.stack, jsii.String(logical), &awss3.BucketProps{
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		EnforceSSL:        jsii.Bool(true),
		LifecycleRules:    &rules,
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN,
	})
	id(bucket, logical)
	b.buckets[resource] = bucket
	return bucket
}

// watchFailures puts a notice of each failed stream batch on a queue that nobody polls. An alarm on that queue costs
// nothing while it is empty, whereas the event source mapping's own metrics are an option that may be billed per metric.
//
// The notification is set on the L1 bucket, because the L2 one brings a custom resource; and the queue's policy names the
// account only, because the bucket's ARN there would make a cycle.
func (b *builder) watchFailures(data awss3.Bucket) {
	queue := b.queue("StreamFailures", &awssqs.QueueProps{})
	b.dead[streamFailures] = queue
	queue.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: service("s3.amazonaws.com"),
		Actions:    jsii.Strings("sqs:SendMessage"),
		Resources:  &[]*string{queue.QueueArn()},
		Conditions: b.fromThisAccount(),
	}))
	bucket := data.Node().DefaultChild().(awss3.CfnBucket)
	bucket.SetNotificationConfiguration(&awss3.CfnBucket_NotificationConfigurationProperty{
		QueueConfigurations: []any{&awss3.CfnBucket_QueueConfigurationProperty{
			Event: jsii.String("s3:ObjectCreated:*"),
			Queue: queue.QueueArn(),
			Filter: &awss3.CfnBucket_NotificationFilterProperty{S3Key: &awss3.CfnBucket_S3KeyFilterProperty{
				Rules: []any{&awss3.CfnBucket_FilterRuleProperty{Name: jsii.String("prefix"), Value: jsii.String(failedPrefix)}},
			}},
		}},
	})
	// S3 tests the destination when it is set: the policy must be there first.
	bucket.Node().AddDependency(queue.Node().FindChild(jsii.String("Policy")))
	b.output("StreamFailuresUrl", queue.QueueUrl(), "notices of stream batches that failed; the batches lie in the data bucket")
}
