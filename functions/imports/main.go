// Command imports is the Lambda function of imports.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/imports"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(imports.New(boot.Lambda("imports")))
}
