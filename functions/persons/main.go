// Command persons is the Lambda function of persons.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/persons"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(persons.New(boot.Lambda("persons")))
}
