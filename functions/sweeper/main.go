// Command sweeper is the Lambda function that finds raw mail which nobody was told of.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/sweeper"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(sweeper.New(boot.Lambda("sweeper")))
}
