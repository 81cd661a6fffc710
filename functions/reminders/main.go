// Command reminders is the Lambda function that mails reminders every minute.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/reminders"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(reminders.New(boot.Lambda("reminders")))
}
