package stack_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/lejek/lejek/infra/stack"
)

// The stacks under test, built once: jsii is not safe for goroutines, so no test here is parallel, and after TestMain all
// work on plain maps.
var (
	plain = stack.Settings{Stage: "dev", MailDomain: "crm.example.com", Placeholder: true, Root: "../.."}
	full  = stack.Settings{
		Stage: "full", MailDomain: "mail.example.com", Placeholder: true, Root: "../..",
		RuleSet: "company", HostedZoneID: "Z0EXAMPLE", APIDomain: "api.example.com",
		CertificateARN: "arn:aws:acm:eu-west-1:111122223333:certificate/example", AlarmEmail: "ops@example.com", RateLimit: 80,
	}
	output string // the cloud assembly's folder
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	defer jsii.Close()
	dir, err := os.MkdirTemp("", "lejek-stack")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	output = dir
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(dir), AnalyticsReporting: jsii.Bool(false)})
	stacks := []awscdk.Stack{stack.New(app, plain), stack.New(app, full)}
	inspect(app, stacks)
	app.Synth(nil)
	return m.Run()
}

// template is what the tests look at. Each caller gets a copy of its own, to alter if it likes.
type template struct {
	Resources map[string]*resource
	Outputs   map[string]any
	raw       string
}

type resource struct {
	Type           string
	Properties     map[string]any
	DependsOn      any
	DeletionPolicy string
}

func load(t *testing.T, s stack.Settings) template {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(output, s.Name()+".template.json"))
	if err != nil {
		t.Fatal(err)
	}
	tpl := template{raw: string(data)}
	if err := json.Unmarshal(data, &tpl); err != nil {
		t.Fatal(err)
	}
	return tpl
}

// of are the logical ids of all resources of a type, sorted.
func (tpl template) of(kind string) []string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(tpl.Resources)) {
		if tpl.Resources[id].Type == kind {
			ids = append(ids, id)
		}
	}
	return ids
}

// named is the logical id that CDK made out of a construct id by appending a hash.
func (tpl template) named(kind, construct string) string {
	pattern := regexp.MustCompile("^" + construct + "([0-9A-F]{8})?$")
	for _, id := range tpl.of(kind) {
		if pattern.MatchString(id) {
			return id
		}
	}
	return "(no " + kind + " " + construct + ")"
}

// get walks the properties of a resource; nil when something on the way is missing.
func (r *resource) get(path ...string) any {
	var v any = r.Properties
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

// show writes a template value with its references resolved to ${Name} and ${Name.Attribute}, so that values compare as text.
func show(v any) string {
	m, ok := v.(map[string]any)
	switch {
	case v == nil:
		return ""
	case ok && len(m) == 1 && m["Ref"] != nil:
		return fmt.Sprintf("${%v}", m["Ref"])
	case ok && len(m) == 1 && m["Fn::GetAtt"] != nil:
		parts := m["Fn::GetAtt"].([]any)
		return fmt.Sprintf("${%v.%v}", parts[0], parts[1])
	case ok && len(m) == 1 && m["Fn::Join"] != nil:
		parts := m["Fn::Join"].([]any)
		var words []string
		for _, p := range parts[1].([]any) {
			words = append(words, show(p))
		}
		return strings.Join(words, parts[0].(string))
	}
	if s, ok := v.(string); ok {
		return s
	}
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// refer is the logical id that a bare reference or attribute names.
func refer(v any) string {
	id, _, _ := strings.Cut(strings.Trim(show(v), "${}"), ".")
	return id
}

// list is a template value that may be one or several.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// compare says in words what is missing and what is too much.
func compare(what string, want, got []string) (problems []string) {
	count := map[string]int{}
	for _, w := range want {
		count[w]++
	}
	for _, g := range got {
		count[g]--
	}
	for _, line := range slices.Sorted(maps.Keys(count)) {
		switch n := count[line]; {
		case n > 0:
			problems = append(problems, what+" is missing: "+line)
		case n < 0:
			problems = append(problems, what+" is not declared: "+line)
		}
	}
	return problems
}

// checks are all comparisons of a template with the declarations; each returns what is wrong.
var checks = map[string]func(template, stack.Settings) []string{
	"types": types, "table": table, "storage": storage, "functions": functions, "grants": grants, "routes": routes, "schedules": schedules,
	"triggers": triggers, "mail": mail, "objects": objects, "alarms": alarms,
}

func TestTemplateIsWhatIsDeclared(t *testing.T) {
	for _, s := range []stack.Settings{plain, full} {
		tpl := load(t, s)
		for name, check := range checks {
			for _, problem := range check(tpl, s) {
				t.Errorf("%s, %s: %s", s.Name(), name, problem)
			}
		}
		t.Logf("%s: %d resources, %d routes, %d permissions", s.Name(), len(tpl.Resources),
			len(tpl.of("AWS::ApiGatewayV2::Route")), len(tpl.of("AWS::Lambda::Permission")))
	}
}

// One template serves every region and account.
func TestTemplateNamesNoPlace(t *testing.T) {
	tpl := load(t, plain)
	for _, pattern := range []string{`"[a-z]{2}(-[a-z]+)+-[0-9]"`, `[0-9]{12}[^0-9a-f]`, `"Fn::FindInMap"`, `"Fn::ImportValue"`, `/Users/|/home/|/tmp/`} {
		if found := regexp.MustCompile(pattern).FindString(tpl.raw); found != "" {
			t.Errorf("the template contains %s", found)
		}
	}
}
