package stack_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// suppression is a rule of AwsSolutions that we do not follow, and why. Wildcards name what they apply to, so that a new
// one fails until somebody has thought about it; on limits the suppression to one construct.
type suppression struct{ rule, reason, appliesTo, on string }

var suppressions = []suppression{
	{rule: "AwsSolutions-APIG4", reason: "Pipedrive's API carries its token in a header, a bearer or the query string; the functions check it, on every operation, with tests for each."},
	{rule: "AwsSolutions-S1", reason: "Only our roles and SES reach the buckets; server access logs would cost more than they tell. CloudTrail data events are there for who needs them."},
	{rule: "AwsSolutions-SNS2", reason: "SES and CloudWatch cannot publish to a topic under the AWS-managed key, and a key of our own costs more than all else that is idle. Messages stay in the topic for moments."},
	{rule: "AwsSolutions-SQS3", on: "StreamFailures", reason: "Nobody polls this queue: it holds notices for people, as a dead-letter queue does."},
	{rule: "AwsSolutions-IAM5", appliesTo: "Resource::<Table.Arn>/index/*", reason: "All indexes of our own table: each holds the same records, and which one answers is the query's business."},
	{rule: "AwsSolutions-IAM5", appliesTo: "Resource::<Table.Arn>/stream/*", reason: "Streams of our own table: Lambda's poller lists them, as AWS's own stream policies do."},
	{rule: "AwsSolutions-IAM5", appliesTo: "Resource::<MailBucket.Arn>/mail/*", reason: "Raw messages: SES makes the last part of the key."},
	{rule: "AwsSolutions-IAM5", appliesTo: "Resource::<DataBucket.Arn>/files/*", reason: "Files of all teams: the team's record decides which key is read, never the client."},
	{rule: "AwsSolutions-IAM5", appliesTo: "Resource::<DataBucket.Arn>/uploads/*", reason: "Files to import: an upload may be called anything, and the import's record says whose it is."},
	{rule: "AwsSolutions-IAM5", appliesTo: "Resource::<DataBucket.Arn>/work/*", reason: "Chunks of imports and steps of exports: the importer makes the keys."},
	{rule: "AwsSolutions-IAM5", appliesTo: "Resource::<DataBucket.Arn>/exports/*", reason: "Archives of teams: the export's record decides which one an admin gets."},
	{rule: "AwsSolutions-IAM5", appliesTo: "Resource::<DataBucket.Arn>/aws/lambda/*", reason: "Failed stream batches: Lambda makes the keys below its fixed prefix."},
}

// inspect has cdk-nag look at the stacks when they are synthesised; its report lands beside the templates.
func inspect(app awscdk.App, stacks []awscdk.Stack) {
	awscdk.Aspects_Of(app).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{
		Reports:       jsii.Bool(true),
		ReportFormats: &[]cdknag.NagReportFormat{cdknag.NagReportFormat_JSON},
	}), nil)
	for _, s := range stacks {
		for _, sup := range suppressions {
			p := &cdknag.NagPackSuppression{Id: jsii.String(sup.rule), Reason: jsii.String(sup.reason)}
			if sup.appliesTo != "" {
				p.AppliesTo = &[]any{sup.appliesTo}
			}
			if sup.on != "" {
				construct := s.Node().FindChild(jsii.String(sup.on))
				cdknag.NagSuppressions_AddResourceSuppressions(construct, &[]*cdknag.NagPackSuppression{p}, jsii.Bool(true))
				continue
			}
			cdknag.NagSuppressions_AddStackSuppressions(s, &[]*cdknag.NagPackSuppression{p}, nil)
		}
	}
}

func TestAwsSolutions(t *testing.T) {
	reports, err := filepath.Glob(filepath.Join(output, "AwsSolutions-*-NagReport.json"))
	if err != nil || len(reports) != 2 {
		t.Fatalf("%d reports of cdk-nag, want one a stack (%v)", len(reports), err)
	}
	used, lines := map[string]bool{}, 0
	for _, path := range reports {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var report struct {
			Lines []struct{ RuleID, ResourceID, Compliance, ExceptionReason, RuleInfo string }
		}
		if err := json.Unmarshal(data, &report); err != nil {
			t.Fatal(err)
		}
		for _, l := range report.Lines {
			lines++
			switch l.Compliance {
			case "Compliant":
			case "Suppressed":
				for i, s := range suppressions {
					if strings.Contains(l.ExceptionReason, s.reason) {
						used[fmt.Sprint(i)] = true
					}
				}
			default:
				t.Errorf("%s, %s: %s (%s)", l.RuleID, l.ResourceID, l.RuleInfo, l.Compliance)
			}
		}
	}
	if lines < 100 {
		t.Errorf("cdk-nag looked at %d rules and resources only", lines)
	}
	for i, s := range suppressions {
		if !used[fmt.Sprint(i)] {
			t.Errorf("suppression of %s %s is of no use any more", s.rule, s.appliesTo)
		}
	}
}
