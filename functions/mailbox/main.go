// Command mailbox is the Lambda function that answers for mail threads, messages and the ledger of inbound mail.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/mailbox"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(mailbox.New(boot.Lambda("mailbox")))
}
