// Command subscriptions is the Lambda function of webhooks as their users see them.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/subscriptions"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(subscriptions.New(boot.Lambda("subscriptions")))
}
