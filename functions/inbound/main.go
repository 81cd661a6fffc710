// Command inbound is the Lambda function that tells what became of inbound mail, and has it decided anew.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/inbound"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(inbound.New(boot.Lambda("inbound")))
}
