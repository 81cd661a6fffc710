package main

import (
	"context"
	"errors"
	"fmt"
	"net"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"
)

// receivesMail asks DNS for the region's receiving endpoint. SES receives in some regions only, and nothing in
// CloudFormation says so: the stack would deploy and stay silent.
func receivesMail(ctx context.Context, lookup func(context.Context, string) ([]string, error), region string) error {
	host := "inbound-smtp." + region + ".amazonaws.com"
	_, err := lookup(ctx, host)
	var dns *net.DNSError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &dns) && dns.IsNotFound:
		return fmt.Errorf("SES receives no mail in %s (there is no %s). Choose a region with an \"Email receiving endpoint\" in AWS's list \"Amazon SES endpoints and quotas\", such as eu-west-1 or us-east-1", region, host)
	default:
		return fmt.Errorf("does SES receive mail in %s? Asking DNS for %s failed: %w", region, host, err)
	}
}

// ruleSets is the part of SES that decides which rules see a region's mail.
type ruleSets interface {
	DescribeActiveReceiptRuleSet(context.Context, *ses.DescribeActiveReceiptRuleSetInput, ...func(*ses.Options)) (*ses.DescribeActiveReceiptRuleSetOutput, error)
	DescribeReceiptRuleSet(context.Context, *ses.DescribeReceiptRuleSetInput, ...func(*ses.Options)) (*ses.DescribeReceiptRuleSetOutput, error)
	SetActiveReceiptRuleSet(context.Context, *ses.SetActiveReceiptRuleSetInput, ...func(*ses.Options)) (*ses.SetActiveReceiptRuleSetOutput, error)
}

// plan is the rule set that will hold our rule, and whether it is to be activated once the stack is there.
type plan struct {
	set      string
	activate bool
}

// planRuleSet decides before anything is built or changed. A region has one active rule set for all its mail; to make ours
// active in place of another would silence whatever that one serves, so then it stops.
func planRuleSet(ctx context.Context, sets ruleSets, o options) (plan, error) {
	own := "lejek-" + o.stage
	p := plan{set: own}
	if o.ruleSet != "" {
		p.set = o.ruleSet
		if o.ruleSet == own {
			return p, fmt.Errorf("%s is the rule set that the stack itself makes: leave RULE_SET out", own)
		}
		_, err := sets.DescribeReceiptRuleSet(ctx, &ses.DescribeReceiptRuleSetInput{RuleSetName: aws.String(o.ruleSet)})
		var none *types.RuleSetDoesNotExistException
		if errors.As(err, &none) {
			return p, fmt.Errorf("there is no receipt rule set %s in this region: name one that exists, or leave RULE_SET out to have one made", o.ruleSet)
		}
		if err != nil {
			return p, fmt.Errorf("receipt rule set %s: %w", o.ruleSet, err)
		}
	}
	out, err := sets.DescribeActiveReceiptRuleSet(ctx, &ses.DescribeActiveReceiptRuleSetInput{})
	if err != nil {
		return p, fmt.Errorf("the region's active receipt rule set: %w", err)
	}
	active := ""
	if out.Metadata != nil {
		active = aws.ToString(out.Metadata.Name)
	}
	switch active {
	case "":
		p.activate = true
	case p.set:
	default:
		return p, fmt.Errorf(`this region's mail is handled by the receipt rule set %s, and only one set is active. Nothing was changed.
Either add our rule to that set, which leaves its own rules as they are:
    make deploy STAGE=%s MAIL_DOMAIN=%s RULE_SET=%s
or, if nobody needs it any more, deactivate it and run this again:
    aws ses set-active-receipt-rule-set`, active, o.stage, o.mailDomain, active)
	}
	return p, nil
}

// finish activates what may be activated. It is asked again which set is active: a deployment takes minutes.
func (p plan) finish(ctx context.Context, sets ruleSets) error {
	if !p.activate {
		return nil
	}
	out, err := sets.DescribeActiveReceiptRuleSet(ctx, &ses.DescribeActiveReceiptRuleSetInput{})
	if err != nil {
		return fmt.Errorf("the stack is deployed, but not the region's active receipt rule set: %w", err)
	}
	if out.Metadata != nil && aws.ToString(out.Metadata.Name) != p.set {
		return fmt.Errorf("the stack is deployed, but meanwhile somebody activated the receipt rule set %s: no mail comes in until %s is active, or the stack is deployed with RULE_SET=%s",
			aws.ToString(out.Metadata.Name), p.set, aws.ToString(out.Metadata.Name))
	}
	if _, err := sets.SetActiveReceiptRuleSet(ctx, &ses.SetActiveReceiptRuleSetInput{RuleSetName: aws.String(p.set)}); err != nil {
		return fmt.Errorf("the stack is deployed, but its receipt rule set %s is not active: %w", p.set, err)
	}
	fmt.Println("activated the receipt rule set", p.set)
	return nil
}
