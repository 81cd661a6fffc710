// Command deals is the Lambda function of deals.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/deals"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(deals.New(boot.Lambda("deals")))
}
