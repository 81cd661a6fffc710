// Command indexer is the Lambda function that follows the table's stream.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/indexer"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(indexer.New(boot.Lambda("indexer")))
}
