package stack

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/lejek/lejek/shared/manifest"
)

// makeTriggers connects functions to the queue or stream that they consume. The mappings are L1: the L2 event sources
// grant on their own and sometimes too much. In both kinds a handler reports the items that failed, not the batch.
func (b *builder) makeTriggers() {
	for _, f := range manifest.Functions {
		fn := b.functions[f.Name].FunctionName()
		failures := jsii.Strings("ReportBatchItemFailures")
		if f.Queue != "" {
			q, _ := manifest.QueueByName(f.Queue)
			var scaling any
			if q.Concurrency > 0 {
				scaling = &awslambda.CfnEventSourceMapping_ScalingConfigProperty{MaximumConcurrency: jsii.Number(q.Concurrency)}
			}
			awslambda.NewCfnEventSourceMapping(b.stack, jsii.String(title(f.Name)+"FromQueue"), &awslambda.CfnEventSourceMappingProps{
				FunctionName:          fn,
				EventSourceArn:        b.queueOf(f).QueueArn(),
				BatchSize:             jsii.Number(q.BatchSize),
				ScalingConfig:         scaling,
				FunctionResponseTypes: failures,
			})
		}
		if f.Stream {
			awslambda.NewCfnEventSourceMapping(b.stack, jsii.String(title(f.Name)+"FromStream"), &awslambda.CfnEventSourceMappingProps{
				FunctionName:               fn,
				EventSourceArn:             b.table.TableStreamArn(),
				StartingPosition:           jsii.String("TRIM_HORIZON"), // a new consumer misses nothing
				BatchSize:                  jsii.Number(manifest.StreamBatchSize),
				BisectBatchOnFunctionError: jsii.Bool(true),
				FunctionResponseTypes:      failures,
				MaximumRetryAttempts:       jsii.Number(manifest.StreamRetries),
				FilterCriteria:             &awslambda.CfnEventSourceMapping_FilterCriteriaProperty{Filters: filters(f)},
				MaximumRecordAgeInSeconds:  jsii.Number(manifest.StreamMaxAgeSeconds),
				DestinationConfig: &awslambda.CfnEventSourceMapping_DestinationConfigProperty{
					OnFailure: &awslambda.CfnEventSourceMapping_OnFailureProperty{Destination: b.buckets[manifest.DataBucket].BucketArn()},
				},
			})
		}
	}
}

// filters let changes of records through, and of the collections that the function wants besides: what one of them lets through.
func filters(f manifest.Function) []any {
	patterns := []string{fmt.Sprintf(`{"dynamodb":{"Keys":{"sk":{"S":[%q]}}}}`, manifest.StreamKey)}
	for _, collection := range f.Kept {
		patterns = append(patterns, fmt.Sprintf(`{"dynamodb":{"Keys":{"pk":{"S":[{"suffix":%q}]}}}}`, "#"+collection))
	}
	var all []any
	for _, p := range patterns {
		all = append(all, &awslambda.CfnEventSourceMapping_FilterProperty{Pattern: jsii.String(p)})
	}
	return all
}

func (b *builder) queueOf(f manifest.Function) awssqs.Queue {
	q, ok := b.queues[f.Queue]
	if !ok {
		panic(fmt.Sprintf("stack: function %s is triggered by queue %q, which the manifest does not declare", f.Name, f.Queue))
	}
	return q
}
