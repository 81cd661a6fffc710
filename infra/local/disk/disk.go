// Package disk writes files that are whole or absent, and still there after a crash: what the runner says it keeps (a queued
// message, a checkpoint, a token of the demo team) goes through here.
package disk

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Write puts content at path in one step; when it returns, both are on disk.
func Write(path string, content []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".writing-*")
	if err != nil {
		return fmt.Errorf("disk.Write(%s): %w", path, err)
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("disk.Write(%s): %w", path, err), os.Remove(f.Name()))
	}
	return Sync(filepath.Dir(path))
}

// Sync makes what was created, renamed or removed in the folder last.
func Sync(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return fmt.Errorf("disk.Sync(%s): %w", folder, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("disk.Sync(%s): %w", folder, err)
	}
	return nil
}

// WriteJSON writes a value, readable by its owner only: what is kept may hold mail or tokens.
func WriteJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("disk.WriteJSON(%s): %w", path, err)
	}
	return Write(path, append(text, '\n'), 0o600)
}

// ReadJSON reads a value; false when there is no such file.
func ReadJSON(path string, value any) (bool, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, value)
	}
	if err != nil {
		return false, fmt.Errorf("disk.ReadJSON(%s): %w", path, err)
	}
	return true, nil
}
