package stack_test

import (
	"fmt"
	"strings"

	"github.com/lejek/lejek/infra/stack"
	"github.com/lejek/lejek/shared/manifest"
)

// maxRoutes is what an HTTP API holds.
const maxRoutes = 300

// routes holds the gateway against the routes that the manifest derives: key → function, and one permission for each
// function that has any.
func routes(tpl template, s stack.Settings) []string {
	var want, got, mayWant, mayGot []string
	for _, f := range manifest.Functions {
		for _, key := range f.Routes() {
			want = append(want, key+" → "+s.Name()+"-"+f.Name)
		}
		if len(f.Routes()) > 0 {
			mayWant = append(mayWant, "apigateway.amazonaws.com "+s.Name()+"-"+f.Name+
				" from arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*")
		}
		if f.Every != 0 {
			mayWant = append(mayWant, "events.amazonaws.com "+s.Name()+"-"+f.Name+" from ${"+construct(f.Name)+"Clock.Arn}")
		}
	}
	function := func(v any) string {
		if r, ok := tpl.Resources[refer(v)]; ok {
			return show(r.get("FunctionName"))
		}
		return "nothing"
	}
	for _, id := range tpl.of("AWS::ApiGatewayV2::Route") {
		r := tpl.Resources[id]
		target := "nothing"
		integration := strings.Trim(strings.TrimPrefix(show(r.get("Target")), "integrations/"), "${}")
		if i, ok := tpl.Resources[integration]; ok {
			target = function(i.get("IntegrationUri"))
		}
		got = append(got, show(r.get("RouteKey"))+" → "+target)
	}
	for _, id := range tpl.of("AWS::Lambda::Permission") {
		r := tpl.Resources[id]
		mayGot = append(mayGot, show(r.get("Principal"))+" "+function(r.get("FunctionName"))+" from "+show(r.get("SourceArn")))
	}
	problems := append(compare("route", want, got), compare("permission", mayWant, mayGot)...)
	if len(got) > maxRoutes {
		problems = append(problems, fmt.Sprintf("%d routes, an HTTP API holds %d", len(got), maxRoutes))
	}
	for _, id := range tpl.of("AWS::ApiGatewayV2::Integration") {
		if show(tpl.Resources[id].get("PayloadFormatVersion")) != "2.0" {
			problems = append(problems, id+" does not send payload format 2.0")
		}
	}
	for _, id := range tpl.of("AWS::ApiGatewayV2::Stage") {
		format := show(tpl.Resources[id].get("AccessLogSettings", "Format"))
		for _, secret := range []string{"$context.path", "querystring", "header", "authorizer"} {
			if strings.Contains(strings.ToLower(format), secret) {
				problems = append(problems, "the access log would contain tokens: "+secret)
			}
		}
		if format == "" {
			problems = append(problems, "no access log")
		}
	}
	return problems
}

// triggers holds the event source mappings against the manifest, with all that decides what happens to a failure.
func triggers(tpl template, s stack.Settings) []string {
	var want, got []string
	for _, f := range manifest.Functions {
		if q, ok := manifest.QueueByName(f.Queue); ok {
			queue := tpl.Resources[tpl.named("AWS::SQS::Queue", construct(q.Name)+"Queue")]
			dead := tpl.named("AWS::SQS::Queue", construct(q.Name)+"DeadLetters")
			line := fmt.Sprintf(`%s-%s ← ${%s.Arn} batch %d, ["ReportBatchItemFailures"]`, s.Name(), f.Name,
				tpl.named("AWS::SQS::Queue", construct(q.Name)+"Queue"), q.BatchSize)
			if q.Concurrency > 0 {
				line += fmt.Sprintf(", %d at once", q.Concurrency)
			}
			want = append(want, line)
			want = append(want, fmt.Sprintf("queue %s: visible after %d s, dead after %d in ${%s.Arn}, in order %v %v", q.Name, q.Visibility, q.MaxReceive, dead, q.FIFO, q.FIFO))
			got = append(got, fmt.Sprintf("queue %s: visible after %s s, dead after %s in %s, in order %v %v", q.Name, show(queue.get("VisibilityTimeout")),
				show(queue.get("RedrivePolicy", "maxReceiveCount")), show(queue.get("RedrivePolicy", "deadLetterTargetArn")),
				queue.get("FifoQueue") == true, tpl.Resources[dead].get("FifoQueue") == true))
		}
		if f.Stream {
			want = append(want, fmt.Sprintf(`%s-%s ← ${Table.StreamArn} batch %d, ["ReportBatchItemFailures"], from TRIM_HORIZON, %d tries, %d s, bisect true, failures to ${DataBucket.Arn}, only [%s]`,
				s.Name(), f.Name, manifest.StreamBatchSize, manifest.StreamRetries, manifest.StreamMaxAgeSeconds, strings.Join(passing(f), ",")))
		}
	}
	for _, id := range tpl.of("AWS::Lambda::EventSourceMapping") {
		r := tpl.Resources[id]
		name := ""
		if fn, ok := tpl.Resources[refer(r.get("FunctionName"))]; ok {
			name = show(fn.get("FunctionName"))
		}
		line := fmt.Sprintf("%s ← %s batch %s, %s", name, show(r.get("EventSourceArn")), show(r.get("BatchSize")), show(r.get("FunctionResponseTypes")))
		if n := r.get("ScalingConfig", "MaximumConcurrency"); n != nil {
			line += ", " + show(n) + " at once"
		}
		if r.get("StartingPosition") != nil {
			line += fmt.Sprintf(", from %s, %s tries, %s s, bisect %s, failures to %s, only %s", show(r.get("StartingPosition")), show(r.get("MaximumRetryAttempts")),
				show(r.get("MaximumRecordAgeInSeconds")), show(r.get("BisectBatchOnFunctionError")), show(r.get("DestinationConfig", "OnFailure", "Destination")),
				show(r.get("FilterCriteria", "Filters")))
		}
		got = append(got, line)
	}
	return compare("trigger", want, got)
}

// passing are the filters of a function's stream trigger.
func passing(f manifest.Function) []string {
	all := []string{`{"Pattern":"{\"dynamodb\":{\"Keys\":{\"sk\":{\"S\":[\"#\"]}}}}"}`}
	for _, collection := range f.Kept {
		all = append(all, `{"Pattern":"{\"dynamodb\":{\"Keys\":{\"pk\":{\"S\":[{\"suffix\":\"#`+collection+`\"}]}}}}"}`)
	}
	return all
}

// schedules holds the clocks against the manifest.
func schedules(tpl template, s stack.Settings) []string {
	var want, got []string
	for _, f := range manifest.Functions {
		if f.Every != 0 {
			want = append(want, f.Rate()+" → "+s.Name()+"-"+f.Name)
		}
	}
	for _, id := range tpl.of("AWS::Events::Rule") {
		r := tpl.Resources[id]
		for _, target := range list(r.get("Targets")) {
			name := "nothing"
			if fn, ok := tpl.Resources[refer(target.(map[string]any)["Arn"])]; ok {
				name = show(fn.get("FunctionName"))
			}
			if state := r.get("State"); state != nil && state != "ENABLED" {
				name += " " + show(state)
			}
			got = append(got, show(r.get("ScheduleExpression"))+" → "+name)
		}
	}
	return compare("schedule", want, got)
}

// mail follows an inbound message: rule → bucket and topic → queue, each allowed to hand it on, for this account only.
func mail(tpl template, s stack.Settings) (problems []string) {
	set := s.RuleSet
	if set == "" {
		set = s.Name()
	}
	topic, queue := tpl.named("AWS::SNS::Topic", "MailTopic"), tpl.named("AWS::SQS::Queue", "MailQueue")
	bucketPolicy, topicPolicy := tpl.named("AWS::S3::BucketPolicy", "MailBucketPolicy"), tpl.named("AWS::SNS::TopicPolicy", "MailTopicPolicy")
	queuePolicy := tpl.named("AWS::SQS::QueuePolicy", "MailQueuePolicy")
	account := `"Condition":{"StringEquals":{"aws:SourceAccount":{"Ref":"AWS::AccountId"}}}`

	var want, got []string
	fact := func(name, w, g string) { want, got = append(want, name+" "+w), append(got, name+" "+g) }
	rule := tpl.Resources["ReceiptRule"]
	fact("rule set", set, show(rule.get("RuleSetName")))
	fact("rule set made here", fmt.Sprint(s.RuleSet == ""), fmt.Sprint(len(tpl.of("AWS::SES::ReceiptRuleSet")) == 1))
	fact("recipients", `["`+s.MailDomain+`"]`, show(rule.get("Rule", "Recipients")))
	fact("scan", "true", show(rule.get("Rule", "ScanEnabled")))
	fact("actions", `[{"S3Action":{"BucketName":{"Ref":"MailBucket"},"ObjectKeyPrefix":"`+manifest.MailPrefix+`","TopicArn":{"Ref":"`+topic+`"}}}]`, show(rule.get("Rule", "Actions")))
	fact("feedback by mail", "true", show(tpl.Resources["MailIdentity"].get("FeedbackAttributes", "EmailForwardingEnabled")))
	fact("identity", s.MailDomain, show(tpl.Resources["MailIdentity"].get("EmailIdentity")))
	for _, policy := range []string{bucketPolicy, topicPolicy} {
		fact("rule waits for "+policy, "true", fmt.Sprint(strings.Contains(show(rule.DependsOn), policy)))
		statements := show(tpl.Resources[policy].get("PolicyDocument", "Statement"))
		fact(policy+" lets SES in", "true", fmt.Sprint(strings.Contains(statements, account+`,"Effect":"Allow","Principal":{"Service":"ses.amazonaws.com"}`)))
	}
	fact("queue lets the topic in", "true", fmt.Sprint(strings.Contains(show(tpl.Resources[queuePolicy].get("PolicyDocument", "Statement")),
		`"Condition":{"ArnEquals":{"aws:SourceArn":{"Ref":"`+topic+`"}}},"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"}`)))
	subscribed := "no"
	for _, id := range tpl.of("AWS::SNS::Subscription") {
		if r := tpl.Resources[id]; show(r.get("Protocol")) == "sqs" {
			subscribed = show(r.get("TopicArn")) + " → " + show(r.get("Endpoint"))
		}
	}
	fact("subscription", "${"+topic+"} → ${"+queue+".Arn}", subscribed)
	records := 0
	if s.HostedZoneID != "" {
		records = 5 // MX, three of DKIM, the API's
	}
	fact("records", fmt.Sprint(records), fmt.Sprint(len(tpl.of("AWS::Route53::RecordSet"))))
	return compare("mail", want, got)
}

// alarms wants one on every queue that nobody polls and on every consumer of the stream, and somebody told if anybody is.
func alarms(tpl template, s stack.Settings) (problems []string) {
	var want, got []string
	for _, q := range manifest.Queues {
		want = append(want, "ApproximateNumberOfMessagesVisible ${"+tpl.named("AWS::SQS::Queue", construct(q.Name)+"DeadLetters")+".QueueName}")
	}
	want = append(want, "ApproximateNumberOfMessagesVisible ${"+tpl.named("AWS::SQS::Queue", "StreamFailures")+".QueueName}", "5xx ${Api}")
	for _, f := range manifest.Functions {
		if f.Every != 0 {
			want = append(want, "Errors ${"+tpl.named("AWS::Lambda::Function", construct(f.Name)+"Function")+"}")
		}
		if f.Stream {
			want = append(want, "IteratorAge ${"+tpl.named("AWS::Lambda::Function", construct(f.Name)+"Function")+"}")
		}
	}
	for _, id := range tpl.of("AWS::CloudWatch::Alarm") {
		r := tpl.Resources[id]
		dimension := list(r.get("Dimensions"))[0].(map[string]any)
		got = append(got, show(r.get("MetricName"))+" "+show(dimension["Value"]))
		if told := r.get("AlarmActions") != nil; told != (s.AlarmEmail != "") {
			problems = append(problems, fmt.Sprintf("%s tells somebody: %v", id, told))
		}
	}
	return append(problems, compare("alarm", want, got)...)
}
