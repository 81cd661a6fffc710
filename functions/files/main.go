// Command files is the Lambda function of files.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/files"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(files.New(boot.Lambda("files")))
}
