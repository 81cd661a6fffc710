// Package archtest holds the house rules as tests: which package may import which, what may end up in a function's binary,
// that every package says what it is. A failure says why the rule is there. The picture they keep is in ARCHITECTURE.md.
package archtest
