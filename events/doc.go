// Package events holds samples of the events that each function gets in production, each with the answer that is wanted. A
// test replays all of them through the handlers; go test ./events -update writes the answers given now, to be read in the
// diff.
package events
