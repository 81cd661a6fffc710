// Command activities is the Lambda function of activities.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/activities"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(activities.New(boot.Lambda("activities")))
}
