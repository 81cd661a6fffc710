//go:build !linux

package process

import "syscall"

// dieWithParent has no means elsewhere: there the program ends only on Close.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
