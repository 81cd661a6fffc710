// Command outbox is the Lambda function that mails for users: what they write, and links that confirm their addresses.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/outbox"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(outbox.New(boot.Lambda("outbox")))
}
