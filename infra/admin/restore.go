package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/infra/local/system"
	"github.com/lejek/lejek/infra/restore"
	"github.com/lejek/lejek/shared/boot"
)

// restoreTeam reads an archive into an empty team. It does not ask the teams function, which may not write files, but the table and the
// buckets, with the operator's rights.
func restoreTeam(ctx context.Context, env func(string) string) error {
	const usage = "usage: make restore TEAM=2 FILE=acme.zip [STAGE=prod TABLE=… DATA_BUCKET=… MAIL_BUCKET=… as make deploy printed them]"
	wanted := []string{"TEAM", "FILE"}
	if env(prefix+"STAGE") != "" {
		wanted = append(wanted, "TABLE", "DATA_BUCKET", "MAIL_BUCKET")
	}
	var missing []string
	for _, name := range wanted {
		if env(prefix+name) == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("make restore needs %s; %s", strings.Join(missing, " and "), usage)
	}
	team, err := strconv.ParseInt(env(prefix+"TEAM"), 10, 64)
	if err != nil {
		return fmt.Errorf("TEAM must be a number, not %q", env(prefix+"TEAM"))
	}
	to, err := rights(ctx, env)
	if err != nil {
		return err
	}
	f, err := os.Open(env(prefix + "FILE"))
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	a, err := restore.Open(to, team, f, info.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name(), err)
	}
	fmt.Printf("team %d as of %s: %d objects\n", a.Manifest.Team, a.Manifest.Began.Format("2006-01-02 15:04 MST"), a.Manifest.Objects)
	lines, err := a.Restore(ctx)
	if err != nil {
		return fmt.Errorf("after %d lines: %w (the same again goes on)", lines, err)
	}
	fmt.Printf("team %d has it all: %d lines. Webhooks are left out, users need new tokens\n", team, lines)
	return nil
}

// rights are the clients of the local system or of a stage.
func rights(ctx context.Context, env func(string) string) (boot.Env, error) {
	if env(prefix+"STAGE") != "" {
		cfg, err := config.LoadDefaultConfig(ctx)
		if err == nil && cfg.Region == "" {
			err = errors.New("no AWS region is set: set AWS_REGION to the region of the stage")
		}
		return boot.New(boot.Config{Table: env(prefix + "TABLE"), DataBucket: env(prefix + "DATA_BUCKET"), MailBucket: env(prefix + "MAIL_BUCKET")}, cfg), err
	}
	ready, err := running(env)
	c := boot.Config{Table: ready.Table, DataBucket: ready.Buckets.Data, MailBucket: ready.Buckets.Mail}
	to := boot.New(c, engine.Local(ready.DynamoDB))
	to.S3 = boot.New(c, engine.Local(ready.S3)).S3
	return to, err
}

// running is where the local system is; DATA names its folder when it is not .local.
func running(env func(string) string) (ready system.Ready, err error) {
	dir := env(prefix + "DATA")
	if dir == "" {
		dir = ".local"
	}
	text, err := os.ReadFile(system.ReadyFile(dir))
	if errors.Is(err, os.ErrNotExist) {
		return ready, fmt.Errorf("no local system is running on the data in %s: start one with make run, or name a deployed one with STAGE=", dir)
	}
	if err == nil {
		err = json.Unmarshal(text, &ready)
	}
	if err != nil {
		return ready, fmt.Errorf("reading %s: %w", system.ReadyFile(dir), err)
	}
	return ready, nil
}
