package archtest

import (
	"slices"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/manifest"
)

// common is what every function may carry: Lambda's runtime, the SDK's core with the clients of the one table and of S3.
var common = []string{
	"github.com/aws/aws-lambda-go/", "github.com/aws/smithy-go", "github.com/aws/aws-sdk-go-v2/aws", "github.com/aws/aws-sdk-go-v2/config",
	"github.com/aws/aws-sdk-go-v2/credentials", "github.com/aws/aws-sdk-go-v2/internal", "github.com/aws/aws-sdk-go-v2/feature/ec2/imds",
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue", "github.com/aws/aws-sdk-go-v2/service/internal",
	"github.com/aws/aws-sdk-go-v2/service/dynamodb", "github.com/aws/aws-sdk-go-v2/service/s3", "github.com/aws/aws-sdk-go-v2/service/sso",
	"github.com/aws/aws-sdk-go-v2/service/signin", "github.com/aws/aws-sdk-go-v2/service/sts", "golang.org/x/net/idna", "golang.org/x/text/",
}

// more is what single functions may carry besides, each for its reason.
var more = map[string][]string{
	"docs":          {"github.com/swaggest/swgui", "github.com/vearutop/statigz"},             // shows a page to read and try the API
	"reminders":     {"github.com/aws/aws-sdk-go-v2/service/ses"},                             // sends mail
	"outbox":        append([]string{"github.com/aws/aws-sdk-go-v2/service/ses"}, mailing...), // too, and stores what it sends as what comes in
	"sender":        {"github.com/aws/aws-sdk-go-v2/service/sqs"},                             // takes deliveries from their line, and puts them back
	"webhooks":      {"github.com/aws/aws-sdk-go-v2/service/sqs"},                             // puts them there
	"subscriptions": {"github.com/aws/aws-sdk-go-v2/service/sqs"},                             // to replay them
	"linker":        mailing,
	"inbound":       mailing,
	"sweeper":       mailing,
	"notes":         sanitising,
	"persons":       {"golang.org/x/image/"}, // scales pictures
}

// mailing is what parses mail, and makes its HTML fit to be shown.
var mailing = append([]string{
	"github.com/jhillyerd/enmime/v2", "golang.org/x/net/", "github.com/gogs/chardet", "github.com/cention-sany/utf7", "github.com/pkg/errors",
	"github.com/inbucket/html2text", "github.com/ssor/bom", "github.com/olekukonko/", "github.com/mattn/go-runewidth", "github.com/clipperhouse/",
	"github.com/fatih/color", "github.com/mattn/go-colorable", "github.com/mattn/go-isatty", "golang.org/x/sys/", "github.com/cespare/xxhash/v2",
}, sanitising...)

var sanitising = []string{"github.com/microcosm-cc/bluemonday", "github.com/aymerick/douceur", "github.com/gorilla/css", "golang.org/x/net/html"}

func TestFunctionsCarryOnlyWhatTheyNeed(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		name, ok := strings.CutPrefix(p.name(), "functions/")
		if !ok {
			continue
		}
		if i := slices.IndexFunc(p.Deps, func(dep string) bool { return strings.HasPrefix(dep, "image/") }); i >= 0 && name != "persons" {
			t.Errorf("functions/%s carries %s: only persons, through shared/pictures, decodes pictures, which come from outside", name, p.Deps[i])
		}
		may := append(slices.Clone(common), more[name]...)
		for _, dep := range p.Deps {
			first, _, _ := strings.Cut(dep, "/")
			if !strings.Contains(first, ".") || strings.HasPrefix(dep, module) {
				continue
			}
			if !slices.ContainsFunc(may, func(prefix string) bool { return strings.HasPrefix(dep, prefix) }) {
				t.Errorf("functions/%s carries %s: imported packages initialise even when unused, and cold starts pay for it", name, dep)
			}
		}
	}
}

func TestEveryFunctionHasItsFolder(t *testing.T) {
	t.Parallel()
	var folders, declared []string
	for _, p := range list(t) {
		if name, ok := strings.CutPrefix(p.name(), "functions/"); ok {
			folders = append(folders, name)
			if !slices.Contains(own(p.Imports), "shared/app/"+name) {
				t.Errorf("functions/%s does not start shared/app/%s", name, name)
			}
		}
	}
	for _, f := range manifest.Functions {
		declared = append(declared, f.Name)
	}
	if !slices.Equal(folders, declared) {
		t.Errorf("folders under functions/ %v\nare not the manifest's functions %v", folders, declared)
	}
}
