// Command notes is the Lambda function of notes.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/notes"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(notes.New(boot.Lambda("notes")))
}
