// Command webhooks is the Lambda function that announces changes to webhooks.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/webhooks"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(webhooks.New(boot.Lambda("webhooks")))
}
