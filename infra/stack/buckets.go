package stack

import (
	"fmt"

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
	}, &awss3.LifecycleRule{
		Id:         jsii.String("work"),
		Prefix:     jsii.String(manifest.WorkPrefix),
		Expiration: awscdk.Duration_Days(jsii.Number(manifest.WorkDays)),
	}, &awss3.LifecycleRule{
		Id:         jsii.String("exports"),
		Prefix:     jsii.String(manifest.ExportPrefix),
		Expiration: awscdk.Duration_Days(jsii.Number(manifest.ExportDays)),
	})
	b.letPagesPut(data)
	b.notify(data)
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

// letPagesPut answers a browser that asks whether a page may put a file. Which page is of no matter: what counts is the signed
// link, and that one was given out by our API.
func (b *builder) letPagesPut(data awss3.Bucket) {
	data.AddCorsRule(&awss3.CorsRule{
		Id:             jsii.String("uploads"),
		AllowedMethods: &[]awss3.HttpMethods{awss3.HttpMethods_PUT},
		AllowedOrigins: jsii.Strings("*"),
		AllowedHeaders: jsii.Strings("*"),
		ExposedHeaders: jsii.Strings("ETag"),
		MaxAge:         jsii.Number(3600),
	})
}

// notify tells queues of new objects: those of the manifest, and one that nobody polls of failed stream batches. An alarm on
// that one costs nothing while it is empty, whereas the event source mapping's own metrics are an option that may be billed per
// metric.
//
// The notification is set on the L1 bucket, because the L2 one brings a custom resource; and the queues' policies name the
// account only, because the bucket's ARN there would make a cycle.
func (b *builder) notify(data awss3.Bucket) {
	bucket := data.Node().DefaultChild().(awss3.CfnBucket)
	var told []any
	tell := func(queue awssqs.Queue, prefix string) {
		told = append(told, &awss3.CfnBucket_QueueConfigurationProperty{
			Event: jsii.String("s3:ObjectCreated:*"),
			Queue: queue.QueueArn(),
			Filter: &awss3.CfnBucket_NotificationFilterProperty{S3Key: &awss3.CfnBucket_S3KeyFilterProperty{
				Rules: []any{&awss3.CfnBucket_FilterRuleProperty{Name: jsii.String("prefix"), Value: jsii.String(prefix)}},
			}},
		})
	}
	for _, q := range manifest.Queues {
		if q.Bucket == "" {
			continue
		}
		if q.Bucket != manifest.DataBucket {
			panic(fmt.Sprintf("stack: queue %s is fed by the bucket %q, which tells nobody of its objects", q.Name, q.Bucket))
		}
		b.admit(bucket, b.queues[q.Name])
		for _, prefix := range q.Prefixes {
			tell(b.queues[q.Name], prefix)
		}
	}
	failures := b.queue("StreamFailures", &awssqs.QueueProps{})
	b.dead[streamFailures] = failures
	b.admit(bucket, failures)
	tell(failures, failedPrefix)
	bucket.SetNotificationConfiguration(&awss3.CfnBucket_NotificationConfigurationProperty{QueueConfigurations: told})
	b.output("StreamFailuresUrl", failures.QueueUrl(), "notices of stream batches that failed; the batches lie in the data bucket")
}

// admit lets S3 send to the queue. S3 tests the destination when the notification is set: the policy must be there first.
func (b *builder) admit(bucket awss3.CfnBucket, queue awssqs.Queue) {
	queue.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: service("s3.amazonaws.com"),
		Actions:    jsii.Strings("sqs:SendMessage"),
		Resources:  &[]*string{queue.QueueArn()},
		Conditions: b.fromThisAccount(),
	}))
	bucket.Node().AddDependency(queue.Node().FindChild(jsii.String("Policy")))
}
