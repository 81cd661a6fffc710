package system

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/smtp"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/schema"
)

// TestMain lets the test binary be the runner that a test kills: a data folder in the environment makes it one.
func TestMain(m *testing.M) {
	dir := os.Getenv("LEJEK_TEST_RUNNER")
	if dir == "" {
		os.Exit(m.Run())
	}
	s, err := Start(context.Background(), Options{DataDir: dir, Functions: map[string]func(boot.Env) lambda.Handler{
		"linker": func(boot.Env) lambda.Handler { // it never gets anywhere
			return lambda.NewHandler(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		},
	}})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("smtp", s.SMTP)
	select {}
}

func TestKillDuringSMTPLosesNoAcceptedMail(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "LEJEK_TEST_RUNNER="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, _ := bufio.NewReader(out).ReadString('\n')
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "smtp ")
	if !ok {
		t.Fatalf("the runner said %q", line)
	}
	accepted := sendUntilKilled(t, addr, cmd)

	var got seen
	s := Test(t, Options{DataDir: dir, Functions: map[string]func(boot.Env) lambda.Handler{
		"linker": func(boot.Env) lambda.Handler {
			return lambda.NewHandler(func(_ context.Context, e events.SQSEvent) error {
				for _, m := range e.Records {
					var envelope events.SNSEntity
					var n events.SimpleEmailService
					if err := errors.Join(json.Unmarshal([]byte(m.Body), &envelope), json.Unmarshal([]byte(envelope.Message), &n)); err != nil {
						return err
					}
					got.add(n.Mail.CommonHeaders.Subject)
				}
				return nil
			})
		},
	}})
	drain(t, s)
	arrived := strings.Fields(got.String())
	for _, subject := range accepted {
		var times int
		for _, a := range arrived {
			if a == subject {
				times++
			}
		}
		if times != 1 {
			t.Errorf("mail %s, which was accepted, arrived %d times", subject, times)
		}
	}
	if len(accepted) < 20 {
		t.Errorf("only %d mails were accepted before the kill", len(accepted))
	}
}

// sendUntilKilled sends on several connections, kills the runner in the midst of it, and tells what it had accepted.
func sendUntilKilled(t *testing.T, addr string, runner *exec.Cmd) (accepted []string) {
	t.Helper()
	results := make(chan string)
	const senders = 4
	for n := range senders {
		go func() {
			for i := 0; ; i++ {
				subject := fmt.Sprintf("s%d-%d", n, i)
				err := smtp.SendMail(addr, nil, "a@example.com", []string{"x@" + MailDomain}, []byte("Subject: "+subject+"\r\n\r\n"+strings.Repeat("text\r\n", 2000)))
				if err != nil {
					results <- ""
					return
				}
				results <- subject
			}
		}()
	}
	for ended := 0; ended < senders; {
		subject := <-results
		if subject == "" {
			ended++
			continue
		}
		accepted = append(accepted, subject)
		if len(accepted) == 30 {
			if err := runner.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	_ = runner.Wait()
	return accepted
}

func TestStreamGoesOnAfterARestartWhereItWas(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var indexed seen
	constructors := map[string]func(boot.Env) lambda.Handler{
		"deals": handler(func(ctx context.Context, env boot.Env, in json.RawMessage) (any, error) {
			return nil, put(ctx, env, string(in))
		}),
		"indexer": func(boot.Env) lambda.Handler {
			return lambda.NewHandler(func(_ context.Context, e events.DynamoDBEvent) error {
				for _, r := range e.Records {
					indexed.add(r.Change.NewImage[schema.PK].String())
				}
				return nil
			})
		},
	}
	for run := range 3 {
		s, err := Start(t.Context(), Options{DataDir: dir, Functions: constructors, Log: t.Output()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Invoke(t.Context(), "deals", fmt.Append(nil, run)); err != nil {
			t.Fatal(err)
		}
		drain(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if indexed.String() != "0 1 2" {
		t.Errorf("the indexer saw %q over three runs, want each change once", indexed.String())
	}
}

func TestTwoRunnersDoNotShareAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	Test(t, Options{DataDir: dir})
	if s, err := Start(t.Context(), Options{DataDir: dir}); err == nil || !strings.Contains(err.Error(), "another Lejek is running") {
		t.Errorf("a second runner in the same folder: %v", err)
		_ = s.Close()
	}
}

func TestTakenPortIsSaidClearly(t *testing.T) {
	t.Parallel()
	s := Test(t, Options{})
	addr := strings.TrimPrefix(s.URL, "http://")
	_, port, _ := strings.Cut(addr, ":")
	_, err := Start(t.Context(), Options{HTTP: addr})
	if want := "port " + port + " is taken by another program"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}
