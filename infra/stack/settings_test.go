package stack_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/lejek/lejek/infra/stack"
)

// The mistakes that the stack itself refuses.
func TestSettings(t *testing.T) {
	for name, s := range map[string]stack.Settings{
		"a stage with a dash":            {Stage: "my-stage", MailDomain: "crm.example.com"},
		"no mail domain":                 {Stage: "dev"},
		"an address as mail domain":      {Stage: "dev", MailDomain: "crm@example.com"},
		"the stack's own rule set":       {Stage: "dev", MailDomain: "crm.example.com", RuleSet: "lejek-dev"},
		"a domain with no certificate":   {Stage: "dev", MailDomain: "crm.example.com", APIDomain: "api.example.com"},
		"a negative limit":               {Stage: "dev", MailDomain: "crm.example.com", RateLimit: -1},
		"a certificate without a domain": {Stage: "dev", MailDomain: "crm.example.com", CertificateARN: "arn"},
	} {
		if s.Check() == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	for _, s := range []stack.Settings{plain, full} {
		if err := s.Check(); err != nil {
			t.Errorf("%s: %v", s.Name(), err)
		}
	}
}

// The context keys are what people write in cdk.json and on the command line.
func TestFromContext(t *testing.T) {
	for name, c := range map[string]struct {
		context map[string]any
		want    stack.Settings
	}{
		"all": {map[string]any{
			"stage": full.Stage, "mailDomain": full.MailDomain, "ruleSet": full.RuleSet, "hostedZoneId": full.HostedZoneID,
			"apiDomain": full.APIDomain, "certificateArn": full.CertificateARN, "alarmEmail": full.AlarmEmail, "rateLimit": 80, "placeholder": true,
		}, full},
		"little":  {map[string]any{"mailDomain": "crm.example.com"}, stack.Settings{Stage: "dev", MailDomain: "crm.example.com", Root: "../.."}},
		"nothing": {map[string]any{"placeholder": "true"}, stack.Settings{Stage: "dev", MailDomain: "mail.example.com", Placeholder: true, Root: "../.."}},
	} {
		app := awscdk.NewApp(&awscdk.AppProps{Context: &c.context, Outdir: jsii.String(t.TempDir())})
		got, err := stack.FromContext(app, "../..")
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, c.want)
		}
	}
	app := awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{"placeholder": "true", "rateLimit": "many"}, Outdir: jsii.String(t.TempDir())})
	if _, err := stack.FromContext(app, "../.."); err == nil || !strings.Contains(err.Error(), "rateLimit") {
		t.Errorf("a limit of many: %v", err)
	}
}
