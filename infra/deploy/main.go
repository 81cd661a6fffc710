// Command deploy brings a stage into the AWS account that the environment's credentials belong to: `make deploy`. Around
// `cdk deploy` it does what CloudFormation cannot: it builds the functions, refuses a region that receives no mail, and
// activates the receipt rule set when no other is active. What could lose somebody's mail it leaves to people, and says
// what they have to do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ses"
)

type options struct {
	stage, mailDomain, ruleSet, hostedZone, apiDomain, certificate, linkURL, alarmEmail, rateLimit string
	yes                                                                                            bool
}

func main() {
	var o options
	flag.StringVar(&o.stage, "stage", "dev", "stage, part of every name")
	flag.StringVar(&o.mailDomain, "mail-domain", "", "domain that receives the teams' mail (required)")
	flag.StringVar(&o.ruleSet, "rule-set", "", "existing receipt rule set to add our rule to")
	flag.StringVar(&o.hostedZone, "hosted-zone", "", "id of the Route 53 zone to write the DNS records into")
	flag.StringVar(&o.apiDomain, "api-domain", "", "custom domain of the API")
	flag.StringVar(&o.certificate, "certificate", "", "ARN of the certificate for -api-domain, in the same region")
	flag.StringVar(&o.linkURL, "link-url", "", "where links in mail lead, with {entities} and {id}; without it the record in the API")
	flag.StringVar(&o.alarmEmail, "alarm-email", "", "address that is told of alarms")
	flag.StringVar(&o.rateLimit, "rate-limit", "", "requests that a token may make in two seconds; without it any number")
	flag.BoolVar(&o.yes, "yes", false, "do not ask before rights are widened (for CI)")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := deploy(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "deploy:", err)
		os.Exit(1)
	}
}

func deploy(ctx context.Context, o options) error {
	if o.stage == "" {
		o.stage = "dev" // make passes an empty STAGE
	}
	if o.mailDomain == "" {
		return errors.New("which domain receives the teams' mail? For example: make deploy STAGE=prod MAIL_DOMAIN=crm.example.com")
	}
	if _, err := os.Stat("cdk.json"); err != nil {
		return errors.New("run this in the project's root folder, beside cdk.json")
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return fmt.Errorf("AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return errors.New("which region? Set AWS_REGION, or a region in the AWS profile")
	}
	if err := receivesMail(ctx, net.DefaultResolver.LookupHost, cfg.Region); err != nil {
		return err
	}
	sets := ses.NewFromConfig(cfg)
	p, err := planRuleSet(ctx, sets, o)
	if err != nil {
		return err
	}
	if err := build(ctx); err != nil {
		return err
	}
	if err := cdk(ctx, o, cfg.Region); err != nil {
		return err
	}
	return p.finish(ctx, sets)
}

// cdk runs the pinned CDK CLI, which synthesises and deploys. It is run by node and file, which works alike everywhere.
func cdk(ctx context.Context, o options, region string) error {
	const cli = "infra/node/node_modules/aws-cdk/bin/cdk"
	if _, err := os.Stat(cli); err != nil {
		if err := run(ctx, nil, "npm", "ci", "--prefix", "infra/node"); err != nil {
			return err
		}
	}
	args := []string{cli, "deploy", "lejek-" + o.stage}
	if o.yes {
		args = append(args, "--require-approval", "never")
	}
	return run(ctx, []string{
		"AWS_REGION=" + region, "CDK_DEFAULT_REGION=" + region, "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20",
	}, "node", append(args, o.context()...)...)
}

// context is the CDK context of infra/stack's Settings.
func (o options) context() (args []string) {
	for _, c := range [][2]string{
		{"stage", o.stage}, {"mailDomain", o.mailDomain}, {"ruleSet", o.ruleSet}, {"hostedZoneId", o.hostedZone},
		{"apiDomain", o.apiDomain}, {"certificateArn", o.certificate}, {"linkUrl", o.linkURL}, {"alarmEmail", o.alarmEmail}, {"rateLimit", o.rateLimit},
	} {
		if c[1] != "" {
			args = append(args, "-c", c[0]+"="+c[1])
		}
	}
	return args
}

// run shows the command's output as it comes, and lets it ask.
func run(ctx context.Context, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
