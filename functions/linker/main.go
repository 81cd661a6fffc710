// Command linker is the Lambda function that stores and links inbound mail.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/linker"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(linker.New(boot.Lambda("linker")))
}
