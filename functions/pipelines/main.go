// Command pipelines is the Lambda function of pipelines.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/pipelines"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(pipelines.New(boot.Lambda("pipelines")))
}
