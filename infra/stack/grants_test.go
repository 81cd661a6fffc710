package stack_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lejek/lejek/infra/stack"
	"github.com/lejek/lejek/shared/manifest"
)

// grants holds what each role allows against the manifest, an action on a resource a line: the function's grants, writing
// its log, consuming its trigger, and nothing else by any other way.
func grants(tpl template, s stack.Settings) []string {
	var want, got []string
	for _, f := range manifest.Functions {
		for _, line := range wanted(tpl, s, f) {
			want = append(want, s.Name()+"-"+f.Name+" may "+line)
		}
	}
	users := map[string]int{}
	for _, id := range tpl.of("AWS::Lambda::Function") {
		fn := tpl.Resources[id]
		role := refer(fn.get("Role"))
		users[role]++
		for _, line := range allows(tpl, role) {
			got = append(got, show(fn.get("FunctionName"))+" may "+line)
		}
	}
	problems := compare("grant", want, got)
	for _, id := range tpl.of("AWS::IAM::Role") {
		r := tpl.Resources[id]
		if users[id] != 1 {
			problems = append(problems, fmt.Sprintf("role %s is used by %d functions", id, users[id]))
		}
		if r.get("ManagedPolicyArns") != nil {
			problems = append(problems, "role "+id+" has managed policies")
		}
		if trust := show(r.get("AssumeRolePolicyDocument", "Statement")); trust != `[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"}}]` {
			problems = append(problems, "role "+id+" trusts "+trust)
		}
	}
	return problems
}

func wanted(tpl template, s stack.Settings, f manifest.Function) (lines []string) {
	add := func(resource string, actions ...string) {
		for _, a := range actions {
			lines = append(lines, a+" on "+resource)
		}
	}
	resources := map[manifest.Resource]string{
		manifest.Table: "${Table.Arn}", manifest.Indexes: "${Table.Arn}/index/*",
		manifest.Deliveries: "${" + tpl.named("AWS::SQS::Queue", "WebhooksQueue") + ".Arn}", manifest.MailBucket: "${MailBucket.Arn}/", manifest.DataBucket: "${DataBucket.Arn}/",
	}
	for _, g := range f.Grants {
		if g.Resource == manifest.Mailer {
			add("arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/"+s.MailDomain, g.Actions...)
			continue
		}
		resource := resources[g.Resource]
		if slices.Contains(g.Actions, "s3:ListBucket") {
			add(strings.TrimSuffix(resource, "/")+` with Condition {"StringEquals":{"s3:prefix":"`+g.Prefix+`"}}`, g.Actions...)
			continue
		}
		if strings.HasSuffix(resource, "/") {
			resource += g.Prefix + "*"
		}
		add(resource, g.Actions...)
	}
	add("${"+tpl.named("AWS::Logs::LogGroup", construct(f.Name)+"Log")+".Arn}", "logs:CreateLogStream", "logs:PutLogEvents")
	if f.Queue != "" {
		add("${"+tpl.named("AWS::SQS::Queue", construct(f.Queue)+"Queue")+".Arn}", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
	}
	if f.Stream {
		add("${Table.StreamArn}", "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")
		add("${Table.Arn}/stream/*", "dynamodb:ListStreams")
		add("${DataBucket.Arn}/aws/lambda/*", "s3:PutObject")
		add("${DataBucket.Arn}", "s3:ListBucket")
	}
	return lines
}

func allows(tpl template, role string) (lines []string) {
	r, ok := tpl.Resources[role]
	if !ok {
		return []string{"(no role)"}
	}
	for _, p := range list(r.get("Policies")) {
		document := p.(map[string]any)["PolicyDocument"].(map[string]any)
		for _, st := range list(document["Statement"]) {
			st := st.(map[string]any)
			extra := ""
			for key, v := range st {
				if key != "Action" && key != "Resource" && (key != "Effect" || v != "Allow") {
					extra += " with " + key + " " + show(v)
				}
			}
			for _, resource := range list(st["Resource"]) {
				for _, action := range list(st["Action"]) {
					lines = append(lines, show(action)+" on "+show(resource)+extra)
				}
			}
		}
	}
	return lines
}

// construct is the first part of the construct ids of a function or queue.
func construct(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
