// Command cdk is the entry point that cdk.json names: the CDK CLI runs it to turn the context into a cloud assembly. All
// there is to read is in infra/stack.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/lejek/lejek/infra/stack"
)

func main() { os.Exit(run()) }

func run() int {
	defer jsii.Close()

	app := awscdk.NewApp(nil)
	settings, err := stack.FromContext(app, ".")
	if err != nil {
		fmt.Fprintln(os.Stderr, "The settings in the CDK context are wrong:")
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	stack.New(app, settings)
	app.Synth(nil)
	return 0
}
