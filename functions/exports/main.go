// Command exports is the Lambda function that begins archives of a team and tells how far they are.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/exports"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(exports.New(boot.Lambda("exports")))
}
