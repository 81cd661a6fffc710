package stack

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsses"
	"github.com/aws/jsii-runtime-go"

	"github.com/lejek/lejek/shared/manifest"
)

// mailTopic is the topic that SES publishes to; the manifest's mail queue subscribes to it.
const mailTopic = "mail"

// makeMail lets SES receive for the mail domain: one catch-all rule stores the raw message and then publishes its notice,
// with the envelope recipients, through the S3 action's topic.
//
// CloudFormation does not activate a receipt rule set and a region has only one active: infra/deploy looks after that.
func (b *builder) makeMail() {
	topic := b.topic(mailTopic)
	// The topic has a policy of its own for refusing plain HTTP, which replaces the default one that let the account publish.
	allowed := topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("ReceiptRule"),
		Principals: service("ses.amazonaws.com"),
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: b.fromThisAccount(),
	}))

	set := b.RuleSet
	rule := awsses.NewCfnReceiptRule(b.stack, jsii.String("ReceiptRule"), &awsses.CfnReceiptRuleProps{
		RuleSetName: jsii.String(b.Name()),
		Rule: &awsses.CfnReceiptRule_RuleProperty{
			Name:        jsii.String(b.Name()),
			Enabled:     jsii.Bool(true),
			ScanEnabled: jsii.Bool(true), // the verdicts that the linker judges senders by
			TlsPolicy:   jsii.String("Optional"),
			Recipients:  jsii.Strings(b.MailDomain),
			Actions: []any{&awsses.CfnReceiptRule_ActionProperty{S3Action: &awsses.CfnReceiptRule_S3ActionProperty{
				BucketName:      b.buckets[manifest.MailBucket].BucketName(),
				ObjectKeyPrefix: jsii.String(manifest.MailPrefix),
				TopicArn:        topic.TopicArn(),
			}}},
		},
	})
	if set == "" {
		own := awsses.NewCfnReceiptRuleSet(b.stack, jsii.String("ReceiptRuleSet"), &awsses.CfnReceiptRuleSetProps{RuleSetName: jsii.String(b.Name())})
		rule.AddDependency(own)
		set = b.Name()
	} else {
		rule.SetRuleSetName(jsii.String(set))
	}
	// SES tests both destinations when the rule is made.
	rule.Node().AddDependency(allowed.PolicyDependable, b.buckets[manifest.MailBucket].Policy())
	b.output("RuleSetName", jsii.String(set), "the receipt rule set that must be active")
	b.makeMailRecords()
}

// makeMailRecords claims the mail domain and says, or does, what DNS needs: MX to receive, DKIM to prove ownership.
func (b *builder) makeMailRecords() {
	identity := awsses.NewCfnEmailIdentity(b.stack, jsii.String("MailIdentity"), &awsses.CfnEmailIdentityProps{
		EmailIdentity: jsii.String(b.MailDomain),
		// Bounces and complaints come by mail, to the address that sent; the linker reads them.
		FeedbackAttributes: &awsses.CfnEmailIdentity_FeedbackAttributesProperty{EmailForwardingEnabled: jsii.Bool(true)},
	})
	mx := "10 inbound-smtp." + *b.stack.Region() + ".amazonaws.com"
	b.record("Mx", "MX", jsii.String(b.MailDomain), jsii.String(mx))
	b.output("DnsMx", jsii.String(b.MailDomain+" MX "+mx), "DNS: where mail for the domain goes")
	for i, dkim := range [][2]*string{
		{identity.AttrDkimDnsTokenName1(), identity.AttrDkimDnsTokenValue1()},
		{identity.AttrDkimDnsTokenName2(), identity.AttrDkimDnsTokenValue2()},
		{identity.AttrDkimDnsTokenName3(), identity.AttrDkimDnsTokenValue3()},
	} {
		b.record(fmt.Sprint("Dkim", i+1), "CNAME", dkim[0], dkim[1])
		b.output(fmt.Sprint("DnsDkim", i+1), jsii.String(*dkim[0]+" CNAME "+*dkim[1]), "DNS: proves that the domain is yours")
	}
}

// record makes a DNS record when the zone is ours to write. The zone is named by its id: looking it up would need
// credentials at synth.
func (b *builder) record(name, kind string, owner, value *string) {
	if b.HostedZoneID == "" {
		return
	}
	awsroute53.NewCfnRecordSet(b.stack, jsii.String(name+"Record"), &awsroute53.CfnRecordSetProps{
		HostedZoneId:    jsii.String(b.HostedZoneID),
		Name:            owner,
		Type:            jsii.String(kind),
		Ttl:             jsii.String("300"),
		ResourceRecords: &[]*string{value},
	})
}
