package stack_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lejek/lejek/infra/stack"
	"github.com/lejek/lejek/shared/manifest"
	"github.com/lejek/lejek/shared/schema"
)

// maxResources leaves room below CloudFormation's 500 for the functions to come.
const maxResources = 399

// allowed is every resource type that may appear. A new one is a decision: it costs, it needs rights, it can fail.
var allowed = []string{
	"AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::ApiMapping", "AWS::ApiGatewayV2::DomainName",
	"AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Route", "AWS::ApiGatewayV2::Stage",
	"AWS::CloudWatch::Alarm", "AWS::DynamoDB::Table", "AWS::Events::Rule", "AWS::IAM::Role",
	"AWS::Lambda::EventSourceMapping", "AWS::Lambda::Function", "AWS::Lambda::Permission",
	"AWS::Logs::LogGroup", "AWS::Route53::RecordSet", "AWS::S3::Bucket", "AWS::S3::BucketPolicy",
	"AWS::SES::EmailIdentity", "AWS::SES::ReceiptRule", "AWS::SES::ReceiptRuleSet",
	"AWS::SNS::Subscription", "AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy",
}

func types(tpl template, _ stack.Settings) (problems []string) {
	for id, r := range tpl.Resources {
		if !slices.Contains(allowed, r.Type) {
			problems = append(problems, id+" is of the type "+r.Type+", which is not allowed")
		}
	}
	if n := len(tpl.Resources); n > maxResources {
		problems = append(problems, fmt.Sprintf("%d resources, at most %d", n, maxResources))
	}
	return problems
}

// table holds the one table against schema.
func table(tpl template, _ stack.Settings) []string {
	var want, got []string
	key := func(where, pk, sk, projection string) string {
		return fmt.Sprintf("%s: %s (HASH), %s (RANGE) %s", where, pk, sk, projection)
	}
	want = append(want, key("table", schema.PK, schema.SK, ""))
	for _, i := range schema.Indexes {
		want = append(want, key(i.Name, i.PK, i.SK, "ALL"))
	}
	want = append(want, `stream NEW_AND_OLD_IMAGES`, `ttl expires true`, `pitr true`, `mode PAY_PER_REQUEST`, `deletion protection true`, `policy Retain`)

	keys := func(where string, v, projection any) string {
		var parts []string
		for _, k := range list(v) {
			k := k.(map[string]any)
			parts = append(parts, fmt.Sprintf("%v (%v)", k["AttributeName"], k["KeyType"]))
		}
		return where + ": " + strings.Join(parts, ", ") + " " + show(projection)
	}
	for _, id := range tpl.of("AWS::DynamoDB::Table") {
		r := tpl.Resources[id]
		got = append(got, keys("table", r.get("KeySchema"), nil))
		for _, index := range list(r.get("GlobalSecondaryIndexes")) {
			i := index.(map[string]any)
			got = append(got, keys(i["IndexName"].(string), i["KeySchema"], i["Projection"].(map[string]any)["ProjectionType"]))
		}
		got = append(got,
			"stream "+show(r.get("StreamSpecification", "StreamViewType")),
			fmt.Sprintf("ttl %s %s", show(r.get("TimeToLiveSpecification", "AttributeName")), show(r.get("TimeToLiveSpecification", "Enabled"))),
			"pitr "+show(r.get("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled")),
			"mode "+show(r.get("BillingMode")),
			"deletion protection "+show(r.get("DeletionProtectionEnabled")),
			"policy "+r.DeletionPolicy)
	}
	return compare("table", want, got)
}

// storage holds the buckets, queues and topics to what every one of them must have.
func storage(tpl template, _ stack.Settings) (problems []string) {
	wrong := func(id, what string) { problems = append(problems, id+": "+what) }
	for _, id := range tpl.of("AWS::S3::Bucket") {
		r := tpl.Resources[id]
		if r.DeletionPolicy != "Retain" {
			wrong(id, "is deleted with the stack")
		}
		if !strings.Contains(show(r.get("BucketEncryption")), `"AES256"`) {
			wrong(id, "is not encrypted with S3's keys")
		}
		if block := show(r.get("PublicAccessBlockConfiguration")); strings.Count(block, "true") != 4 {
			wrong(id, "is not closed to the public: "+block)
		}
		if !strings.Contains(show(r.get("LifecycleConfiguration")), `"AbortIncompleteMultipartUpload"`) {
			wrong(id, "keeps incomplete uploads")
		}
	}
	// What must refuse plain HTTP, with the property by which its policy names it.
	secured := map[string]bool{}
	for _, kind := range []string{"AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"} {
		for _, id := range tpl.of(kind) {
			r := tpl.Resources[id]
			if !strings.Contains(show(r.get("PolicyDocument")), `"aws:SecureTransport":"false"`) {
				continue
			}
			for _, property := range []string{"Bucket", "Queues", "Topics"} {
				for _, v := range list(r.get(property)) {
					secured[refer(v)] = true
				}
			}
		}
	}
	for _, kind := range []string{"AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic"} {
		for _, id := range tpl.of(kind) {
			if !secured[id] {
				wrong(id, "accepts plain HTTP")
			}
		}
	}
	for _, id := range tpl.of("AWS::SQS::Queue") {
		if tpl.Resources[id].get("SqsManagedSseEnabled") != true {
			wrong(id, "is not encrypted")
		}
	}
	return problems
}

// functions holds each function, its environment and its log group against the manifest.
func functions(tpl template, s stack.Settings) []string {
	values := map[manifest.EnvVar]string{
		manifest.EnvTable: "${Table}", manifest.EnvMailBucket: "${MailBucket}", manifest.EnvDataBucket: "${DataBucket}",
		manifest.EnvMailDomain: s.MailDomain, manifest.EnvRateLimit: fmt.Sprint(s.RateLimit), manifest.EnvLinkURL: "${Api.ApiEndpoint}/api/v2/{entities}/{id}",
		manifest.EnvAPIURL:     "${Api.ApiEndpoint}",
		manifest.EnvDeliveries: "${" + tpl.named("AWS::SQS::Queue", "WebhooksQueue") + "}",
	}
	if s.APIDomain != "" {
		values[manifest.EnvAPIURL] = "https://" + s.APIDomain
		values[manifest.EnvLinkURL] = "https://" + s.APIDomain + "/api/v2/{entities}/{id}"
	}
	if s.LinkURL != "" {
		values[manifest.EnvLinkURL] = s.LinkURL
	}
	var want, got []string
	for _, f := range manifest.Functions {
		env := []string{}
		for _, v := range f.Env {
			env = append(env, string(v)+"="+values[v])
		}
		slices.Sort(env)
		want = append(want, fmt.Sprintf("%s-%s: [\"arm64\"] provided.al2023 bootstrap %d MB %d s %v, log /aws/lambda/%s-%s for 30 days",
			s.Name(), f.Name, f.Memory, f.Timeout, env, s.Name(), f.Name))
	}
	for _, id := range tpl.of("AWS::Lambda::Function") {
		r := tpl.Resources[id]
		env := []string{}
		if vars, ok := r.get("Environment", "Variables").(map[string]any); ok {
			for name, v := range vars {
				env = append(env, name+"="+show(v))
			}
		}
		slices.Sort(env)
		log := &resource{}
		if l, ok := tpl.Resources[refer(r.get("LoggingConfig", "LogGroup"))]; ok {
			log = l
		}
		got = append(got, fmt.Sprintf("%s: %s %s %s %s MB %s s %v, log %s for %s days",
			show(r.get("FunctionName")), show(r.get("Architectures")), show(r.get("Runtime")), show(r.get("Handler")),
			show(r.get("MemorySize")), show(r.get("Timeout")), env, show(log.get("LogGroupName")), show(log.get("RetentionInDays"))))
	}
	problems := compare("function", want, got)
	for _, id := range tpl.of("AWS::Logs::LogGroup") {
		if tpl.Resources[id].get("RetentionInDays") == nil {
			problems = append(problems, id+" keeps its logs for ever")
		}
	}
	return problems
}
