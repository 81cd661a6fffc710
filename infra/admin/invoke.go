package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
)

// local asks the running local system.
func local(ctx context.Context, env func(string) string, event []byte) ([]byte, error) {
	ready, err := running(env)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, "POST", ready.URL+"/_local/run/teams", bytes.NewReader(event))
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("the local system at %s does not answer: is make run still running? (%w)", ready.URL, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", ready.URL, err)
	}
	if res.StatusCode != http.StatusOK {
		var failed struct {
			Error string `json:"error"`
		}
		_ = json.Unmarshal(answer, &failed)
		return nil, fmt.Errorf("the teams function failed: %s", failed.Error)
	}
	return answer, nil
}

// deployed asks the function of a stage, with the AWS credentials and the region of the environment.
func deployed(ctx context.Context, env func(string) string, event []byte) ([]byte, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return nil, errors.New("no AWS region is set: set AWS_REGION to the region of the stage")
	}
	function := "lejek-" + env(prefix+"STAGE") + "-teams"
	out, err := lambda.NewFromConfig(cfg).Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String(function), Payload: event})
	if err != nil {
		return nil, fmt.Errorf("invoking %s in %s: %w", function, cfg.Region, err)
	}
	if out.FunctionError != nil {
		var failed struct {
			Message string `json:"errorMessage"`
		}
		_ = json.Unmarshal(out.Payload, &failed)
		return nil, fmt.Errorf("the teams function failed: %s", failed.Message)
	}
	return out.Payload, nil
}
