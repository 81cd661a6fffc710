//go:build !linux

package main

func isGo(int) bool { return false }
