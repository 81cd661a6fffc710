// Package node provides what Lejek takes from npm: the DynamoDB engine, the SES double and the CDK CLI, at the versions
// pinned in infra/node. Install makes them present; it does nothing when they already are, and any number of processes may
// call it at once (go test runs a process per package), because a file lock lets one install while the others wait.
package node

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Tools are the installed programs.
type Tools struct {
	Node string // the node executable
	dir  string // infra/node
}

// SES is the script of the SES double, to be run by Node.
func (t Tools) SES() string {
	return filepath.Join(t.dir, "node_modules", "aws-ses-v2-local", "dist", "cli.js")
}

// Engine is the DynamoDB engine's executable for this platform.
func (t Tools) Engine() (string, error) {
	pkg := enginePackage()
	path := filepath.Join(t.dir, "node_modules", filepath.FromSlash(pkg), "dynoxide")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("the DynamoDB engine's npm package %s is not among those pinned in infra/node/package.json: add it there to run Lejek on this platform", pkg)
	}
	return path, nil
}

// Install makes sure that the packages of infra/node are installed as their lock file says.
func Install(ctx context.Context) (Tools, error) {
	dir, err := folder()
	if err != nil {
		return Tools{}, err
	}
	return install(ctx, dir)
}

func install(ctx context.Context, dir string) (Tools, error) {
	node, err := findNode(ctx)
	if err != nil {
		return Tools{}, err
	}
	tools := Tools{Node: node, dir: dir}
	want, err := fingerprint(dir)
	if err != nil {
		return Tools{}, err
	}
	if installed(dir) == want {
		return tools, nil
	}
	unlock, err := lock(filepath.Join(dir, ".lock"))
	if err != nil {
		return Tools{}, err
	}
	defer unlock()
	if installed(dir) == want { // by another process, while this one waited
		return tools, nil
	}
	if err := npmCI(ctx, dir); err != nil {
		return Tools{}, err
	}
	if err := os.WriteFile(stamp(dir), []byte(want), 0o644); err != nil {
		return Tools{}, fmt.Errorf("node.Install: %w", err)
	}
	return tools, nil
}

func npmCI(ctx context.Context, dir string) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return errors.New("npm is needed, which comes with Node 20 or newer, and none is on PATH")
	}
	// No package of ours needs an install script, and none gets to run one.
	cmd := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci in infra/node failed: %w\n%s", err, out)
	}
	return nil
}

func findNode(ctx context.Context) (string, error) {
	path, err := exec.LookPath("node")
	if err != nil {
		return "", errors.New("node 20 or newer is needed, and none is on PATH")
	}
	out, err := exec.CommandContext(ctx, path, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("node --version: %w", err)
	}
	version := strings.TrimPrefix(strings.TrimSpace(string(out)), "v")
	major, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(major); err != nil || n < 20 {
		return "", fmt.Errorf("node 20 or newer is needed, and %s is version %s", path, version)
	}
	return path, nil
}

// stamp holds the fingerprint of the lock file that node_modules was installed from. npm empties the folder first, so a
// killed installation leaves none.
func stamp(dir string) string { return filepath.Join(dir, "node_modules", ".lejek-installed") }

func installed(dir string) string {
	text, _ := os.ReadFile(stamp(dir))
	return string(text)
}

func fingerprint(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return "", fmt.Errorf("node.Install: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("node.Install: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("node.Install: locking %s: %w", path, err), f.Close())
	}
	return func() { _ = f.Close() }, nil // closing lets go of the lock
}
