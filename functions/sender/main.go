// Command sender is the Lambda function that sends to webhooks.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/sender"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(sender.New(boot.Lambda("sender")))
}
