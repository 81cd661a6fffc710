// Command admin is behind make team, make user, make token and make token-revoke: it asks the teams function, of the local
// system or of a deployed stage, and prints the answer. That function has no routes; whoever can invoke it is an operator.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "lejek:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, env func(string) string) error {
	if len(args) != 1 {
		return errors.New("usage: go run ./infra/admin team|user|token|token-revoke|reminders|restore (the rest comes from variables, see make help)")
	}
	if args[0] == "restore" {
		return restoreTeam(ctx, env)
	}
	request, err := build(args[0], env)
	if err != nil {
		return err
	}
	event, err := json.Marshal(request)
	if err != nil {
		return err
	}
	invoke := local
	if env(prefix+"STAGE") != "" {
		invoke = deployed
	}
	answer, err := invoke(ctx, env, event)
	if err != nil {
		return err
	}
	// What the operator did wrong is an answer of the function, not a failure.
	var refused struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(answer, &refused) == nil && refused.Error != "" {
		return errors.New(refused.Error)
	}
	return show(answer)
}

// prefix is what the Makefile puts before the names of the variables that it was given: TZ, EMAIL and NAME are often set in
// a shell for other purposes.
const prefix = "LEJEK_"

// build makes the event from the variables that the command takes; all that are missing are named at once.
func build(command string, env func(string) string) (map[string]any, error) {
	c, ok := commands[command]
	if !ok {
		return nil, fmt.Errorf("there is no command %q: use team, user, token, token-revoke, reminders or restore", command)
	}
	request := map[string]any{"action": c.action}
	var missing []string
	for _, v := range c.variables {
		value := env(prefix + v.name)
		if value == "" {
			value = v.otherwise
		}
		switch {
		case value == "" && v.required:
			missing = append(missing, v.name)
		case value == "":
		case v.number:
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("%s must be a number, not %q", v.name, value)
			}
			request[v.key] = n
		default:
			request[v.key] = value
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("make %s needs %s; usage: %s", command, strings.Join(missing, " and "), c.usage)
	}
	return request, nil
}

type command struct {
	action, usage string
	variables     []variable
}

type variable struct {
	name, key        string
	required, number bool
	otherwise        string
}

var (
	team  = variable{name: "TEAM", key: "team", required: true, number: true}
	email = variable{name: "EMAIL", key: "email", required: true}
	name  = variable{name: "NAME", key: "name"}
	zone  = variable{name: "TZ", key: "time_zone"}
)

var commands = map[string]command{
	"team": {"create_team", "make team NAME=Acme EMAIL=ada@acme.example [USER_NAME='Ada Kowalska'] [TZ=Europe/Warsaw] [CURRENCY=EUR]", []variable{
		{name: "NAME", key: "name", required: true}, email, {name: "USER_NAME", key: "user_name"},
		{name: "TZ", key: "time_zone", otherwise: "Europe/Warsaw"}, {name: "CURRENCY", key: "currency", otherwise: "EUR"},
	}},
	"user":  {"create_user", "make user TEAM=1 EMAIL=bob@acme.example [NAME=Bob] [TZ=Europe/Warsaw]", []variable{team, email, name, zone}},
	"token": {"create_token", "make token TEAM=1 EMAIL=bob@acme.example [SCOPE=read-only]", []variable{team, email, {name: "SCOPE", key: "scope"}}},
	"reminders": {"set_reminders", "make reminders TEAM=1 EMAIL=bob@acme.example MINUTES=30", []variable{
		team, email, {name: "MINUTES", key: "minutes", required: true, number: true},
	}},
	"token-revoke": {"revoke_tokens", "make token-revoke TEAM=1 EMAIL=bob@acme.example", []variable{team, email}},
}

// show prints an answer of plain values as a line each, in the function's order.
func show(answer []byte) error {
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		fmt.Println("done")
		return nil
	}
	var shown bool
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return fmt.Errorf("the answer cannot be read: %s", answer)
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return fmt.Errorf("the answer cannot be read: %s", answer)
		}
		fmt.Printf("%-16v %v\n", key, value)
		shown = true
	}
	if !shown {
		fmt.Println("done")
	}
	return nil
}
