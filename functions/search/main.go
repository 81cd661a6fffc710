// Command search is the Lambda function of searches across kinds.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/search"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(search.New(boot.Lambda("search")))
}
