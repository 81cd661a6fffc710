// Command filters is the Lambda function of filters.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/filters"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(filters.New(boot.Lambda("filters")))
}
