// Command organizations is the Lambda function of organizations.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/organizations"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(organizations.New(boot.Lambda("organizations")))
}
