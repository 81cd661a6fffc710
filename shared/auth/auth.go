// Package auth says who acts. Every rule takes an Actor, so that code without a team does not compile; what the actor may
// do is decided here. For now every user of a team sees and changes all of it.
package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
)

// Actor is a user of a team, acting.
type Actor struct {
	Team int64
	User int64
	// Agent is the client's User-Agent, kept in the change log.
	Agent string
	// Scope is what the actor's token allows; mail and imports act for a user who may do all.
	Scope Scope
	// Source is how the actor came: "api", or "app" where Lejek itself acts for the user (mail, imports).
	Source string
}

// Scope is what a token is good for.
type Scope string

const (
	ReadOnly  Scope = "read-only"
	ReadWrite Scope = "read-write"
)

// Token is an API token in clear; it does not print. It is shown once and stored as its Hash.
type Token string

func (Token) String() string   { return "token" }
func (Token) GoString() string { return "token" }

// NewToken is a random token of 160 bits in 40 hexadecimal digits, the form that Pipedrive's tokens have.
func NewToken() Token {
	b := make([]byte, 20)
	rand.Read(b) // never fails since Go 1.24
	return Token(hex.EncodeToString(b))
}

// Hash is what is stored of a token. Tokens are random, so a plain hash cannot be guessed back.
func (t Token) Hash() string {
	sum := sha256.Sum256([]byte(t))
	return hex.EncodeToString(sum[:])
}
