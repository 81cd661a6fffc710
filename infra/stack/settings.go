package stack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Settings is what differs between two deployments. All of it comes from the CDK context ("-c stage=prod").
type Settings struct {
	Stage          string // part of every name; several stages live in one account
	MailDomain     string // the domain of the teams' dedicated addresses; ours alone, its MX points at SES
	RuleSet        string // an existing receipt rule set that gets our rule; empty: the stack makes one
	HostedZoneID   string // a Route 53 zone that gets the DNS records; empty: they are outputs
	APIDomain      string // a custom domain of the API, with CertificateARN
	CertificateARN string
	LinkURL        string // where links in mail lead, with {entities} and {id}; empty: the record in the API
	RateLimit      int    // requests that a token may make in two seconds; 0 is any number
	AlarmEmail     string // who is told of alarms; empty: they show in CloudWatch only
	Placeholder    bool   // a stand-in instead of built functions: enough for synth and tests, never deployed

	Root string // the project's root folder
}

var (
	stagePattern  = regexp.MustCompile(`^[a-z][a-z0-9]{0,15}$`)
	domainPattern = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`)
)

// exampleDomain is the mail domain of a stack that is not meant to be deployed.
const exampleDomain = "mail.example.com"

// FromContext reads the settings of the app; all mistakes are reported together.
func FromContext(app constructs.Construct, root string) (s Settings, err error) {
	get := func(key string) string {
		switch v := app.Node().TryGetContext(jsii.String(key)).(type) {
		case nil:
			return ""
		case string:
			return v
		default:
			return fmt.Sprint(v)
		}
	}
	s = Settings{
		Stage: get("stage"), MailDomain: get("mailDomain"), RuleSet: get("ruleSet"), HostedZoneID: get("hostedZoneId"),
		APIDomain: get("apiDomain"), CertificateARN: get("certificateArn"), LinkURL: get("linkUrl"), AlarmEmail: get("alarmEmail"),
		Placeholder: get("placeholder") == "true", Root: root,
	}
	if s.Stage == "" {
		s.Stage = "dev"
	}
	if s.MailDomain == "" && s.Placeholder {
		s.MailDomain = exampleDomain
	}
	if s.RateLimit, err = limit(get("rateLimit")); err != nil {
		return s, errors.Join(err, s.Check())
	}
	return s, s.Check()
}

// limit reads a number of requests, "" for none.
func limit(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("rateLimit %q is no number: how many requests may a token make in two seconds?", text)
	}
	return n, nil
}

// Check says what is wrong with the settings.
func (s Settings) Check() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !stagePattern.MatchString(s.Stage) {
		wrong("stage %q: at most 16 small letters and digits, a letter first", s.Stage)
	}
	switch {
	case s.MailDomain == "":
		wrong("mailDomain is missing: the domain that receives the teams' mail, as in -c mailDomain=crm.example.com")
	case !domainPattern.MatchString(s.MailDomain):
		wrong("mailDomain %q is not a domain name in small letters", s.MailDomain)
	}
	if s.RuleSet == s.Name() {
		wrong("ruleSet %q is the set that the stack itself makes; leave ruleSet out", s.RuleSet)
	}
	if s.APIDomain != "" && !domainPattern.MatchString(s.APIDomain) {
		wrong("apiDomain %q is not a domain name in small letters", s.APIDomain)
	}
	if s.RateLimit < 0 {
		wrong("rateLimit %d is negative; 0 is any number of requests", s.RateLimit)
	}
	if (s.APIDomain == "") != (s.CertificateARN == "") {
		wrong("apiDomain and certificateArn go together")
	}
	if s.LinkURL != "" && !(strings.HasPrefix(s.LinkURL, "https://") && strings.Contains(s.LinkURL, "{id}")) {
		wrong("linkUrl %q must begin with https:// and contain {id}, as in https://crm.example.com/{entities}/{id}", s.LinkURL)
	}
	return errors.Join(errs...)
}

// Name is the stack's name and the first part of the names that are fixed.
func (s Settings) Name() string { return "lejek-" + s.Stage }

// FunctionName is the deployed name of a function; operators and the admin commands invoke by it.
func (s Settings) FunctionName(function string) string { return s.Name() + "-" + function }

// assets is the folder that holds the function's bootstrap.
func (s Settings) assets(function string) string {
	if s.Placeholder {
		return filepath.Join(s.Root, "infra", "stack", "placeholder")
	}
	dir := filepath.Join(s.Root, ".build", function)
	if _, err := os.Stat(filepath.Join(dir, "bootstrap")); err != nil {
		panic(fmt.Sprintf("stack: function %s is not built (%v): `make deploy` builds all, and `-c placeholder=true` does without", function, err))
	}
	return dir
}
