// Command statistics is the Lambda function that makes figures every hour.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/statistics"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(statistics.New(boot.Lambda("statistics")))
}
