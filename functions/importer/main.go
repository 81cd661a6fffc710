// Command importer is the Lambda function that lets spreadsheets in.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/importer"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(importer.New(boot.Lambda("importer")))
}
