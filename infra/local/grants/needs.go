package grants

import (
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/lejek/lejek/shared/manifest"
)

// needs lists what the call wants to do; false when the operation is not one that a function has a use for.
func (n Names) needs(input any) (needs []need, known bool) {
	if needs, known = n.tableNeeds(input); known {
		return needs, true
	}
	if in, ok := input.(*ses.SendRawEmailInput); ok {
		send := need{action: "ses:SendRawEmail", name: aws.ToString(in.Source)}
		if strings.HasSuffix(send.name, "@"+n.MailDomain) {
			send.resource = manifest.Mailer
		}
		return []need{send}, true
	}
	switch in := input.(type) {
	case *sqs.SendMessageBatchInput:
		return []need{n.queue(in.QueueUrl, "sqs:SendMessage")}, true
	case *sqs.ChangeMessageVisibilityInput:
		return []need{n.queue(in.QueueUrl, "sqs:ChangeMessageVisibility")}, true
	}
	return n.objectNeeds(input)
}

func (n Names) queue(url *string, action string) need {
	if aws.ToString(url) != n.Deliveries {
		return need{action: action, name: aws.ToString(url)}
	}
	return need{action: action, resource: manifest.Deliveries, name: aws.ToString(url)}
}

func (n Names) tableNeeds(input any) (needs []need, known bool) {
	switch in := input.(type) {
	case *dynamodb.GetItemInput:
		return []need{n.table(in.TableName, "dynamodb:GetItem")}, true
	case *dynamodb.PutItemInput:
		return []need{n.table(in.TableName, "dynamodb:PutItem")}, true
	case *dynamodb.UpdateItemInput:
		return []need{n.table(in.TableName, "dynamodb:UpdateItem")}, true
	case *dynamodb.DeleteItemInput:
		return []need{n.table(in.TableName, "dynamodb:DeleteItem")}, true
	case *dynamodb.QueryInput:
		return []need{n.index(in.TableName, in.IndexName, "dynamodb:Query")}, true
	case *dynamodb.ScanInput:
		return []need{n.index(in.TableName, in.IndexName, "dynamodb:Scan")}, true
	case *dynamodb.BatchGetItemInput:
		for table := range in.RequestItems {
			needs = append(needs, n.table(&table, "dynamodb:BatchGetItem"))
		}
		return needs, true
	case *dynamodb.BatchWriteItemInput:
		for table := range in.RequestItems {
			needs = append(needs, n.table(&table, "dynamodb:BatchWriteItem"))
		}
		return needs, true
	case *dynamodb.TransactGetItemsInput:
		for _, i := range in.TransactItems {
			if i.Get != nil {
				needs = append(needs, n.table(i.Get.TableName, "dynamodb:GetItem"))
			}
		}
		return needs, true
	case *dynamodb.TransactWriteItemsInput:
		for _, i := range in.TransactItems {
			if i.Put != nil {
				needs = append(needs, n.table(i.Put.TableName, "dynamodb:PutItem"))
			}
			if i.Update != nil {
				needs = append(needs, n.table(i.Update.TableName, "dynamodb:UpdateItem"))
			}
			if i.Delete != nil {
				needs = append(needs, n.table(i.Delete.TableName, "dynamodb:DeleteItem"))
			}
			if i.ConditionCheck != nil {
				needs = append(needs, n.table(i.ConditionCheck.TableName, "dynamodb:ConditionCheckItem"))
			}
		}
		return needs, true
	}
	return nil, false
}

func (n Names) objectNeeds(input any) (needs []need, known bool) {
	switch in := input.(type) {
	case *s3.GetObjectInput:
		return []need{n.object(in.Bucket, in.Key, "s3:GetObject")}, true
	case *s3.HeadObjectInput:
		return []need{n.object(in.Bucket, in.Key, "s3:GetObject")}, true
	case *s3.PutObjectInput:
		return []need{n.object(in.Bucket, in.Key, "s3:PutObject")}, true
	case *s3.CreateMultipartUploadInput:
		return []need{n.object(in.Bucket, in.Key, "s3:PutObject")}, true
	case *s3.UploadPartInput:
		return []need{n.object(in.Bucket, in.Key, "s3:PutObject")}, true
	case *s3.CompleteMultipartUploadInput:
		return []need{n.object(in.Bucket, in.Key, "s3:PutObject")}, true
	case *s3.AbortMultipartUploadInput:
		return []need{n.object(in.Bucket, in.Key, "s3:AbortMultipartUpload")}, true
	case *s3.DeleteObjectInput:
		return []need{n.object(in.Bucket, in.Key, "s3:DeleteObject")}, true
	case *s3.DeleteObjectsInput:
		if in.Delete != nil {
			for _, o := range in.Delete.Objects {
				needs = append(needs, n.object(in.Bucket, o.Key, "s3:DeleteObject"))
			}
		}
		return needs, true
	case *s3.ListObjectsV2Input:
		return []need{n.object(in.Bucket, in.Prefix, "s3:ListBucket")}, true
	case *s3.CopyObjectInput:
		source, err := url.PathUnescape(strings.TrimPrefix(aws.ToString(in.CopySource), "/"))
		bucket, key, _ := strings.Cut(source, "/")
		return []need{n.object(&bucket, &key, "s3:GetObject"), n.object(in.Bucket, in.Key, "s3:PutObject")}, err == nil
	}
	return nil, false
}
