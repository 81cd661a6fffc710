// Command teams is the Lambda function of teams, users and tokens.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/teams"
	"github.com/lejek/lejek/shared/boot"
)

func main() {
	lambda.Start(teams.New(boot.Lambda("teams")))
}
