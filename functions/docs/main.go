// Command docs is the Lambda function of small resources and unknown paths.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/docs"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(docs.New(boot.Lambda("docs")))
}
