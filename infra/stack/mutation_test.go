package stack_test

import (
	"testing"

	"github.com/lejek/lejek/shared/manifest"
)

// A comparison that cannot fail proves nothing: each of these spoils the template in one way, and the named check must say so.
func TestChecksNoticeWhatIsWrong(t *testing.T) {
	role := func(tpl template, function string) *resource {
		return tpl.Resources[tpl.named("AWS::IAM::Role", construct(function)+"Role")]
	}
	statements := func(tpl template, function string) map[string]any {
		return list(role(tpl, function).get("Policies"))[0].(map[string]any)["PolicyDocument"].(map[string]any)
	}
	function := func(tpl template, name string) *resource {
		return tpl.Resources[tpl.named("AWS::Lambda::Function", construct(name)+"Function")]
	}
	first := func(tpl template, kind string) *resource { return tpl.Resources[tpl.of(kind)[0]] }
	stream := func(tpl template) *resource { return tpl.Resources["IndexerFromStream"] }

	for _, c := range []struct {
		name, check string
		spoil       func(template)
	}{
		{"a grant less", "grants", func(tpl template) {
			d := statements(tpl, "deals")
			d["Statement"] = d["Statement"].([]any)[1:]
		}},
		{"an action more", "grants", func(tpl template) {
			s := list(statements(tpl, "deals")["Statement"])[0].(map[string]any)
			s["Action"] = append(list(s["Action"]), "dynamodb:Scan")
		}},
		{"a wider resource", "grants", func(tpl template) {
			list(statements(tpl, "files")["Statement"])[0].(map[string]any)["Resource"] = "*"
		}},
		{"a condition that allows less", "grants", func(tpl template) {
			list(statements(tpl, "files")["Statement"])[0].(map[string]any)["Condition"] = map[string]any{"Bool": "x"}
		}},
		{"a deny in place of an allow", "grants", func(tpl template) {
			list(statements(tpl, "files")["Statement"])[0].(map[string]any)["Effect"] = "Deny"
		}},
		{"a managed policy", "grants", func(tpl template) {
			role(tpl, "misc").Properties["ManagedPolicyArns"] = []any{"arn:aws:iam::aws:policy/AdministratorAccess"}
		}},
		{"another role's user", "grants", func(tpl template) {
			function(tpl, "misc").Properties["Role"] = function(tpl, "linker").Properties["Role"]
		}},
		{"a role for another service", "grants", func(tpl template) {
			role(tpl, "misc").Properties["AssumeRolePolicyDocument"] = map[string]any{}
		}},
		{"a policy from behind", "types", func(tpl template) {
			tpl.Resources["MiscRoleDefaultPolicy"] = &resource{Type: "AWS::IAM::Policy"}
		}},
		{"a function that is not ours", "functions", func(tpl template) {
			tpl.Resources["LogRetention"] = &resource{Type: "AWS::Lambda::Function"}
		}},
		{"another architecture", "functions", func(tpl template) {
			function(tpl, "deals").Properties["Architectures"] = []any{"x86_64"}
		}},
		{"an environment value less", "functions", func(tpl template) { delete(function(tpl, "deals").Properties, "Environment") }},
		{"logs without end", "functions", func(tpl template) { delete(first(tpl, "AWS::Logs::LogGroup").Properties, "RetentionInDays") }},
		{"a route less", "routes", func(tpl template) { delete(tpl.Resources, tpl.of("AWS::ApiGatewayV2::Route")[0]) }},
		{"a route to another function", "routes", func(tpl template) {
			first(tpl, "AWS::ApiGatewayV2::Integration").Properties["IntegrationUri"] = map[string]any{"Fn::GetAtt": []any{tpl.named("AWS::Lambda::Function", "TeamsFunction"), "Arn"}}
		}},
		{"no permission", "routes", func(tpl template) { delete(tpl.Resources, tpl.of("AWS::Lambda::Permission")[0]) }},
		{"a permission for any API", "routes", func(tpl template) { delete(first(tpl, "AWS::Lambda::Permission").Properties, "SourceArn") }},
		{"tokens in the access log", "routes", func(tpl template) {
			first(tpl, "AWS::ApiGatewayV2::Stage").Properties["AccessLogSettings"] = map[string]any{"Format": "$context.requestId $context.path"}
		}},
		{"no trigger", "triggers", func(tpl template) { delete(tpl.Resources, "LinkerFromQueue") }},
		{"a trigger more", "triggers", func(tpl template) {
			copied := *stream(tpl)
			tpl.Resources["DealsFromStream"] = &copied
		}},
		{"failed batches lost", "triggers", func(tpl template) { delete(stream(tpl).Properties, "DestinationConfig") }},
		{"no partial failures", "triggers", func(tpl template) { delete(stream(tpl).Properties, "FunctionResponseTypes") }},
		{"invoked for every row", "triggers", func(tpl template) { delete(stream(tpl).Properties, "FilterCriteria") }},
		{"no dead letters", "triggers", func(tpl template) {
			delete(tpl.Resources[tpl.named("AWS::SQS::Queue", "MailQueue")].Properties, "RedrivePolicy")
		}},
		{"an index less", "table", func(tpl template) {
			p := tpl.Resources["Table"].Properties
			p["GlobalSecondaryIndexes"] = p["GlobalSecondaryIndexes"].([]any)[1:]
		}},
		{"no recovery", "table", func(tpl template) { delete(tpl.Resources["Table"].Properties, "PointInTimeRecoverySpecification") }},
		{"a table that goes with the stack", "table", func(tpl template) { tpl.Resources["Table"].DeletionPolicy = "Delete" }},
		{"a public bucket", "storage", func(tpl template) { delete(tpl.Resources["DataBucket"].Properties, "PublicAccessBlockConfiguration") }},
		{"plain HTTP", "storage", func(tpl template) { delete(tpl.Resources, tpl.named("AWS::S3::BucketPolicy", "DataBucketPolicy")) }},
		{"SES kept out of the topic", "mail", func(tpl template) {
			tpl.Resources[tpl.named("AWS::SNS::TopicPolicy", "MailTopicPolicy")].Properties["PolicyDocument"] = map[string]any{}
		}},
		{"a rule for everybody's mail", "mail", func(tpl template) {
			delete(tpl.Resources["ReceiptRule"].Properties["Rule"].(map[string]any), "Recipients")
		}},
		{"no clock", "schedules", func(tpl template) { delete(tpl.Resources, "RemindersClock") }},
		{"a clock that stands still", "schedules", func(tpl template) { tpl.Resources["StatisticsClock"].Properties["State"] = "DISABLED" }},
		{"a clock that may not call", "routes", func(tpl template) {
			delete(tpl.Resources, tpl.named("AWS::Lambda::Permission", "RemindersFunctionClock"))
		}},
		{"files of which nobody hears", "objects", func(tpl template) {
			delete(tpl.Resources["DataBucket"].Properties, "NotificationConfiguration")
		}},
		{"a notification before its policy", "objects", func(tpl template) { tpl.Resources["DataBucket"].DependsOn = nil }},
		{"a queue open to every account's S3", "objects", func(tpl template) {
			tpl.Resources[tpl.named("AWS::SQS::QueuePolicy", "FilesQueuePolicy")].Properties["PolicyDocument"] = map[string]any{}
		}},
		{"no PUT from a page", "objects", func(tpl template) { delete(tpl.Resources["DataBucket"].Properties, "CorsConfiguration") }},
		{"an alarm less", "alarms", func(tpl template) { delete(tpl.Resources, tpl.of("AWS::CloudWatch::Alarm")[0]) }},
	} {
		tpl := load(t, plain)
		c.spoil(tpl)
		if problems := checks[c.check](tpl, plain); len(problems) == 0 {
			t.Errorf("%s: %s did not notice", c.name, c.check)
		}
	}
}

// Every function of the manifest that the tests above take as examples exists.
func TestExamplesExist(t *testing.T) {
	for _, name := range []string{"deals", "files", "misc", "linker", "indexer", "teams"} {
		if _, ok := manifest.ByName(name); !ok {
			t.Errorf("no function %s: choose another example in this file", name)
		}
	}
}
