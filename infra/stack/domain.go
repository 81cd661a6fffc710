package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/jsii-runtime-go"
)

// makeDomain serves the API under a name of the company's own. The certificate exists before (in the stack's region): one
// made here would hold the deployment until somebody writes its DNS record.
func (b *builder) makeDomain() {
	if b.APIDomain == "" {
		return
	}
	domain := awsapigatewayv2.NewCfnDomainName(b.stack, jsii.String("ApiDomain"), &awsapigatewayv2.CfnDomainNameProps{
		DomainName: jsii.String(b.APIDomain),
		DomainNameConfigurations: []any{&awsapigatewayv2.CfnDomainName_DomainNameConfigurationProperty{
			CertificateArn: jsii.String(b.CertificateARN),
			EndpointType:   jsii.String("REGIONAL"),
			SecurityPolicy: jsii.String("TLS_1_2"),
		}},
	})
	mapping := awsapigatewayv2.NewCfnApiMapping(b.stack, jsii.String("ApiMapping"), &awsapigatewayv2.CfnApiMappingProps{
		ApiId:      b.api.Ref(),
		DomainName: domain.Ref(),
		Stage:      jsii.String("$default"),
	})
	mapping.Node().AddDependency(b.stack.Node().FindChild(jsii.String("ApiStage")))
	b.output("DnsApi", jsii.String(b.APIDomain+" CNAME "+*domain.AttrRegionalDomainName()), "DNS: where the API's own name points")
	if b.HostedZoneID == "" {
		return
	}
	awsroute53.NewCfnRecordSet(b.stack, jsii.String("ApiRecord"), &awsroute53.CfnRecordSetProps{
		HostedZoneId: jsii.String(b.HostedZoneID),
		Name:         jsii.String(b.APIDomain),
		Type:         jsii.String("A"),
		AliasTarget: &awsroute53.CfnRecordSet_AliasTargetProperty{
			DnsName: domain.AttrRegionalDomainName(), HostedZoneId: domain.AttrRegionalHostedZoneId(),
		},
	})
}
