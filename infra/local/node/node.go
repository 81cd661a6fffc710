// Package node provides what Lejek takes from npm: the DynamoDB engine, the SES double and the CDK CLI, and for tests Pipedrive's
// client, at the versions pinned in infra/node. Install makes them present; it does nothing when they already are, and any number of processes may
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

// Install makes sure that the packages that Lejek runs with are installed as their lock file says; InstallForTests, that those
// which only tests need are there too.
func Install(ctx context.Context) (Tools, error) { return installIn(ctx, false) }

func InstallForTests(ctx context.Context) (Tools, error) { return installIn(ctx, true) }

func installIn(ctx context.Context, tests bool) (Tools, error) {
	dir, err := folder()
	if err != nil {
		return Tools{}, err
	}
	return install(ctx, dir, tests)
}

func install(ctx context.Context, dir string, tests bool) (Tools, error) {
	node, err := findNode(ctx)
	if err != nil {
		return Tools{}, err
	}
	tools := Tools{Node: node, dir: dir}
	want, err := fingerprint(dir)
	if err != nil {
		return Tools{}, err
	}
	if installed(dir).has(want, tests) {
		return tools, nil
	}
	unlock, err := lock(filepath.Join(dir, ".lock"))
	if err != nil {
		return Tools{}, err
	}
	defer unlock()
	there := installed(dir)
	if there.has(want, tests) { // by another process, while this one waited
		return tools, nil
	}
	command := []string{"ci"} // empties the folder first
	switch {
	case !tests:
		command = append(command, "--omit=dev")
	case there.has(want, false): // others run from the folder: what is there stays
		command = []string{"install", "--no-save"}
	}
	if err := npm(ctx, dir, command...); err != nil {
		return Tools{}, err
	}
	if err := os.WriteFile(stamp(dir), []byte(stampOf(want, tests)), 0o644); err != nil {
		return Tools{}, fmt.Errorf("node.Install: %w", err)
	}
	return tools, nil
}

func npm(ctx context.Context, dir string, command ...string) error {
	path, err := exec.LookPath("npm")
	if err != nil {
		return errors.New("npm is needed, which comes with Node 20 or newer, and none is on PATH")
	}
	// No package of ours needs an install script, and none gets to run one.
	cmd := exec.CommandContext(ctx, path, append(command, "--ignore-scripts", "--no-audit", "--no-fund")...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm %s in infra/node failed: %w\n%s", command[0], err, out)
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

// stamp is the file that says what node_modules was installed from: the fingerprint of the lock file, and whether with what tests
// need. npm empties the folder before it installs anew, so a killed installation leaves none.
func stamp(dir string) string { return filepath.Join(dir, "node_modules", ".lejek-installed") }

const withTests = " with tests"

func stampOf(fingerprint string, tests bool) string {
	if tests {
		return fingerprint + withTests
	}
	return fingerprint
}

// there is what the stamp says.
type there string

func installed(dir string) there {
	text, _ := os.ReadFile(stamp(dir))
	return there(text)
}

func (t there) has(fingerprint string, tests bool) bool {
	return string(t) == stampOf(fingerprint, true) || !tests && string(t) == fingerprint
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
