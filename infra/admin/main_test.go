package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/infra/local/system"
	"github.com/lejek/lejek/shared/boot"
)

func variables(all map[string]string) func(string) string {
	return func(k string) string { return all[strings.TrimPrefix(k, prefix)] }
}

func TestVariablesBecomeTheEvent(t *testing.T) {
	t.Parallel()
	for command, c := range map[string]struct {
		env  map[string]string
		want string // the event, or the beginning of the error
	}{
		"team":         {map[string]string{"NAME": "Acme", "EMAIL": "a@b.c"}, `{"action":"create_team","currency":"EUR","email":"a@b.c","name":"Acme","time_zone":"Europe/Warsaw"}`},
		"user":         {map[string]string{"TEAM": "1", "EMAIL": "a@b.c"}, `{"action":"create_user","email":"a@b.c","team":1}`},
		"token":        {map[string]string{}, `make token needs TEAM and EMAIL; usage: make token TEAM=1`},
		"token-revoke": {map[string]string{"TEAM": "x", "EMAIL": "a@b.c"}, `TEAM must be a number, not "x"`},
		"tokens":       {nil, `there is no command "tokens"`},
	} {
		request, err := build(command, variables(c.env))
		got, _ := json.Marshal(request)
		if err != nil {
			got = []byte(err.Error())
		}
		if !strings.HasPrefix(string(got), c.want) {
			t.Errorf("%s: %s, want %s", command, got, c.want)
		}
	}
}

func TestRestoreNamesWhatItNeeds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{nil, "make restore needs TEAM and FILE; usage"},
		{map[string]string{"TEAM": "2", "FILE": "x.zip", "STAGE": "prod"}, "make restore needs TABLE and DATA_BUCKET and MAIL_BUCKET; usage"},
		{map[string]string{"TEAM": "x", "FILE": "x.zip"}, `TEAM must be a number, not "x"`},
		{map[string]string{"TEAM": "2", "FILE": "x.zip", "DATA": t.TempDir()}, "no local system is running"},
	} {
		if err := run(t.Context(), []string{"restore"}, variables(c.env)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%v: %v, want %s", c.env, err, c.want)
		}
	}
}

func TestLocalSystemIsFoundByItsFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := local(t.Context(), variables(map[string]string{"DATA": dir}), nil); err == nil || !strings.Contains(err.Error(), "start one with make run") {
		t.Errorf("without a running system: %v", err)
	}
	s := system.Test(t, system.Options{DataDir: dir, Functions: map[string]func(boot.Env) lambda.Handler{
		"teams": func(boot.Env) lambda.Handler {
			return lambda.NewHandler(func(_ context.Context, in json.RawMessage) (any, error) { return in, nil })
		},
	}})
	if err := s.WriteReady(); err != nil {
		t.Fatal(err)
	}
	answer, err := local(t.Context(), variables(map[string]string{"DATA": dir}), []byte(`{"token":"x"}`))
	if err != nil || string(answer) != `{"token":"x"}`+"\n" {
		t.Errorf("the function answered %s, %v", answer, err)
	}
}
