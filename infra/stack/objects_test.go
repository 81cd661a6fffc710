package stack_test

import (
	"fmt"
	"strings"

	"github.com/lejek/lejek/infra/stack"
	"github.com/lejek/lejek/shared/manifest"
)

// objects follows a new object of the data bucket: its notification → the queue of the manifest, which lets S3 in from this
// account before the notification is set; and a page's PUT, which the bucket must allow.
func objects(tpl template, _ stack.Settings) []string {
	bucket := tpl.Resources["DataBucket"]
	var want, got []string
	fed := map[string]bool{}
	tell := func(prefix, queue string) {
		fed[queue] = true
		want = append(want, fmt.Sprintf("%s s3:ObjectCreated:* → ${%s.Arn}", prefix, queue))
	}
	for _, q := range manifest.Queues {
		for _, prefix := range q.Prefixes {
			tell(prefix, tpl.named("AWS::SQS::Queue", construct(q.Name)+"Queue"))
		}
	}
	tell("aws/lambda/", tpl.named("AWS::SQS::Queue", "StreamFailures"))
	for _, c := range list(bucket.get("NotificationConfiguration", "QueueConfigurations")) {
		c := c.(map[string]any)
		rule := list((&resource{Properties: c}).get("Filter", "S3Key", "Rules"))[0].(map[string]any)
		got = append(got, fmt.Sprintf("%v %v → %s", rule["Value"], c["Event"], show(c["Queue"])))
	}
	problems := compare("notification", want, got)

	account := `"Condition":{"StringEquals":{"aws:SourceAccount":{"Ref":"AWS::AccountId"}}},"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"}`
	for _, id := range tpl.of("AWS::SQS::QueuePolicy") {
		r := tpl.Resources[id]
		queue := refer(list(r.get("Queues"))[0])
		if !fed[queue] {
			continue
		}
		delete(fed, queue)
		if !strings.Contains(show(r.get("PolicyDocument", "Statement")), account) {
			problems = append(problems, queue+" does not let S3 in, or lets others in with it")
		}
		if !strings.Contains(show(bucket.DependsOn), id) {
			problems = append(problems, "the notification does not wait for "+id)
		}
	}
	for queue := range fed {
		problems = append(problems, queue+" has no policy")
	}
	if cors := show(bucket.get("CorsConfiguration", "CorsRules")); !strings.Contains(cors, `"AllowedMethods":["PUT"]`) || !strings.Contains(cors, `"AllowedOrigins":["*"]`) {
		problems = append(problems, "a page may not put a file, or may do more: "+cors)
	}
	return problems
}
