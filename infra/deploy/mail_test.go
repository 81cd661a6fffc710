package main

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"
)

// region is SES of one region: its rule sets and the active one.
type region struct {
	sets   []string
	active string
}

func (r *region) DescribeActiveReceiptRuleSet(context.Context, *ses.DescribeActiveReceiptRuleSetInput, ...func(*ses.Options)) (*ses.DescribeActiveReceiptRuleSetOutput, error) {
	if r.active == "" {
		return &ses.DescribeActiveReceiptRuleSetOutput{}, nil
	}
	return &ses.DescribeActiveReceiptRuleSetOutput{Metadata: &types.ReceiptRuleSetMetadata{Name: &r.active}}, nil
}

func (r *region) DescribeReceiptRuleSet(_ context.Context, in *ses.DescribeReceiptRuleSetInput, _ ...func(*ses.Options)) (*ses.DescribeReceiptRuleSetOutput, error) {
	if !slices.Contains(r.sets, *in.RuleSetName) {
		return nil, &types.RuleSetDoesNotExistException{Message: aws.String("none")}
	}
	return &ses.DescribeReceiptRuleSetOutput{}, nil
}

func (r *region) SetActiveReceiptRuleSet(_ context.Context, in *ses.SetActiveReceiptRuleSetInput, _ ...func(*ses.Options)) (*ses.SetActiveReceiptRuleSetOutput, error) {
	r.active = *in.RuleSetName
	return &ses.SetActiveReceiptRuleSetOutput{}, nil
}

func TestRuleSet(t *testing.T) {
	for name, c := range map[string]struct {
		active, given string
		want          string // active in the end
		wrong         string // part of the error
	}{
		"nothing active":                {want: "lejek-prod"},
		"ours active":                   {active: "lejek-prod", want: "lejek-prod"},
		"another active":                {active: "company", want: "company", wrong: "RULE_SET=company"},
		"joining the active one":        {active: "company", given: "company", want: "company"},
		"joining one, nothing active":   {given: "company", want: "company"},
		"joining one, another active":   {active: "old", given: "company", want: "old", wrong: "RULE_SET=old"},
		"joining one that is not there": {given: "typo", wrong: "no receipt rule set typo"},
		"naming our own":                {active: "lejek-prod", given: "lejek-prod", want: "lejek-prod", wrong: "leave RULE_SET out"},
	} {
		r := &region{sets: []string{"company", "old", "lejek-prod"}, active: c.active}
		p, err := planRuleSet(t.Context(), r, options{stage: "prod", mailDomain: "crm.example.com", ruleSet: c.given})
		if err == nil {
			err = p.finish(t.Context(), r)
		}
		if r.active != c.want {
			t.Errorf("%s: %q is active, want %q", name, r.active, c.want)
		}
		if (err != nil) != (c.wrong != "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.wrong)
		}
	}
}

// Whoever activates another set while we deploy is not overruled.
func TestRuleSetActivatedMeanwhile(t *testing.T) {
	r := &region{}
	p, err := planRuleSet(t.Context(), r, options{stage: "prod"})
	if err != nil {
		t.Fatal(err)
	}
	r.active = "company"
	if err := p.finish(t.Context(), r); err == nil || r.active != "company" {
		t.Errorf("%q is active, error %v", r.active, err)
	}
}

func TestReceivesMail(t *testing.T) {
	answer := func(err error) func(context.Context, string) ([]string, error) {
		return func(_ context.Context, host string) ([]string, error) {
			if host != "inbound-smtp.eu-west-1.amazonaws.com" {
				t.Errorf("asked for %s", host)
			}
			return nil, err
		}
	}
	if err := receivesMail(t.Context(), answer(nil), "eu-west-1"); err != nil {
		t.Error(err)
	}
	if err := receivesMail(t.Context(), answer(&net.DNSError{IsNotFound: true}), "eu-west-1"); err == nil || !strings.Contains(err.Error(), "receives no mail") {
		t.Errorf("no such host: %v", err)
	}
	if err := receivesMail(t.Context(), answer(errors.New("no network")), "eu-west-1"); err == nil || strings.Contains(err.Error(), "receives no mail") {
		t.Errorf("no network: %v", err)
	}
}

// The context keys are those that infra/stack reads; unset options are left out, so that cdk.json may give them.
func TestContext(t *testing.T) {
	got := strings.Join(options{stage: "prod", mailDomain: "crm.example.com", alarmEmail: "ops@example.com"}.context(), " ")
	if want := "-c stage=prod -c mailDomain=crm.example.com -c alarmEmail=ops@example.com"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
