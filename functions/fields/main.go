// Command fields is the Lambda function of fields.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/fields"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(fields.New(boot.Lambda("fields")))
}
