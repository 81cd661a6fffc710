// Command recents is the Lambda function of what changed lately.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/recents"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(recents.New(boot.Lambda("recents")))
}
