package stack

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/lejek/lejek/shared/manifest"
)

const (
	// gatewaySeconds is how long an HTTP API waits for its integration; a function with more time would answer nobody.
	gatewaySeconds = 30
	// Requests a second, and at once, that the gateway lets through to one route before it answers 429: far above a team's
	// use, far below what a runaway script could cost.
	throttleRate, throttleBurst = 100, 200
)

// makeGateway makes the HTTP API, still without routes: functions are told its address. It is L1 throughout: the L2 integration
// makes an invoke permission per route, hundreds of resources more.
func (b *builder) makeGateway() {
	b.api = awsapigatewayv2.NewCfnApi(b.stack, jsii.String("Api"), &awsapigatewayv2.CfnApiProps{
		Name:         jsii.String(b.Name()),
		Description:  jsii.String("Lejek's API (stage " + b.Stage + ")"),
		ProtocolType: jsii.String("HTTP"),
	})
}

// linkURL is where links in mail lead: what the settings say, or the record in the API.
func (b *builder) linkURL() *string {
	if b.LinkURL != "" {
		return jsii.String(b.LinkURL)
	}
	return jsii.String(b.apiURL() + manifest.RecordPath)
}

// apiURL is where the API is: its own domain, or the gateway's.
func (b *builder) apiURL() string {
	if b.APIDomain != "" {
		return "https://" + b.APIDomain
	}
	return *b.api.AttrApiEndpoint()
}

// makeAPI makes the routes that the manifest derives.
func (b *builder) makeAPI() {
	for _, f := range manifest.Functions {
		if keys := f.Routes(); len(keys) > 0 {
			b.route(f, keys)
		}
	}
	b.stage()
	b.output("ApiUrl", b.api.AttrApiEndpoint(), "the API")
}

// route sends the keys to the function: one integration and one permission, however many routes.
func (b *builder) route(f manifest.Function, keys []string) {
	if f.Timeout >= gatewaySeconds {
		panic(fmt.Sprintf("stack: function %s may take %d s, but the gateway gives up after %d s", f.Name, f.Timeout, gatewaySeconds))
	}
	fn := b.functions[f.Name]
	integration := awsapigatewayv2.NewCfnIntegration(b.stack, jsii.String(title(f.Name)+"Integration"), &awsapigatewayv2.CfnIntegrationProps{
		ApiId:                b.api.Ref(),
		IntegrationType:      jsii.String("AWS_PROXY"),
		IntegrationUri:       fn.FunctionArn(),
		PayloadFormatVersion: jsii.String("2.0"),
	})
	for _, key := range keys {
		awsapigatewayv2.NewCfnRoute(b.stack, jsii.String(routeID(key)), &awsapigatewayv2.CfnRouteProps{
			ApiId:    b.api.Ref(),
			RouteKey: jsii.String(key),
			Target:   jsii.String("integrations/" + *integration.Ref()),
		})
	}
	fn.AddPermission(jsii.String("Gateway"), &awslambda.Permission{
		Principal: awsiam.NewServicePrincipal(jsii.String("apigateway.amazonaws.com"), nil),
		SourceArn: b.stack.FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("execute-api"), Resource: b.api.Ref(), ResourceName: jsii.String("*/*"),
		}),
	})
}

// routeID is a logical id made of the key alone. With a number in it, a route declared in between would shift the keys of
// those behind it, and CloudFormation would fail to give a route a key that another still has.
func routeID(key string) string {
	id := "Route"
	for _, word := range strings.FieldsFunc(key, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		id += strings.ToUpper(word[:1]) + word[1:]
	}
	return id
}

// stage publishes the API at its root. The access log has no path and no query string, because tokens and secret links
// travel in them; the function's own line, found by request id, says which record it was.
func (b *builder) stage() {
	format, err := json.Marshal(map[string]string{
		"requestId": "$context.requestId", "time": "$context.requestTime", "ip": "$context.identity.sourceIp",
		"method": "$context.httpMethod", "route": "$context.routeKey", "status": "$context.status",
		"bytes": "$context.responseLength", "latency": "$context.responseLatency",
		"integrationLatency": "$context.integrationLatency", "error": "$context.error.message",
		"integrationError": "$context.integrationErrorMessage",
	})
	if err != nil {
		panic(err)
	}
	// Under this prefix the gateway needs no line per log group in the account's log resource policy, which is short.
	log := b.logGroup("ApiLog", "/aws/vendedlogs/"+b.Name()+"-api")
	awsapigatewayv2.NewCfnStage(b.stack, jsii.String("ApiStage"), &awsapigatewayv2.CfnStageProps{
		ApiId:             b.api.Ref(),
		StageName:         jsii.String("$default"),
		AutoDeploy:        jsii.Bool(true),
		AccessLogSettings: &awsapigatewayv2.CfnStage_AccessLogSettingsProperty{DestinationArn: log.LogGroupArn(), Format: jsii.String(string(format))},
		DefaultRouteSettings: &awsapigatewayv2.CfnStage_RouteSettingsProperty{
			ThrottlingRateLimit: jsii.Number(throttleRate), ThrottlingBurstLimit: jsii.Number(throttleBurst),
		},
	})
}
