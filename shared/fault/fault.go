// Package fault holds the kinds of errors that a caller can be told about. A rule or a store returns an *Error with a kind,
// a message fit for the client and, apart from it, the cause, which is logged and never shown. One table in package api maps
// kinds to statuses; every other error is internal.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what went wrong from the caller's point of view.
type Kind string

const (
	Invalid      Kind = "invalid"        // the input breaks a rule; Fields name each place
	Unauthorized Kind = "unauthorized"   // no token, or a wrong one
	Forbidden    Kind = "forbidden"      // known, but not allowed
	NotFound     Kind = "not found"      // also what belongs to another team
	NoMethod     Kind = "no method"      // the path exists, the method does not
	Conflict     Kind = "conflict"       // someone else wrote first
	Stale        Kind = "stale"          // the record is not as the client has seen it
	TooLarge     Kind = "too large"      //
	Unsupported  Kind = "unsupported"    // a media type that is not read
	Limited      Kind = "limited"        // there are as many as there may be
	TooMany      Kind = "too many"       // requests; later there may be more
	Unavailable  Kind = "unavailable"    // try again later
	Internal     Kind = "internal error" //
)

// Field is one wrong input: its name as the client wrote it and what was expected there.
type Field struct{ Name, Message string }

// Error is an error that the client may read.
type Error struct {
	Kind    Kind
	Message string
	Fields  []Field
	Cause   error // logged only
}

func (e *Error) Error() string {
	text := e.Message
	for _, f := range e.Fields {
		text += fmt.Sprintf("; %s: %s", f.Name, f.Message)
	}
	text = strings.TrimPrefix(text, "; ")
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Cause }

// New is an error of a kind with a message for the client.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Field errors of one input.
func BadField(name, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Fields: []Field{{name, fmt.Sprintf(format, args...)}}}
}

// Because attaches the cause that is logged.
func (e *Error) Because(cause error) *Error {
	e.Cause = cause
	return e
}

// Missing is the NotFound of a record, such as ("Deal").
func Missing(what string) *Error { return New(NotFound, "%s not found", what) }

// KindOf is the kind of err: Internal when nothing in its chain says otherwise, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is of the kind.
func Is(err error, kind Kind) bool { return KindOf(err) == kind }

// Except is the error, unless it is of that kind, which does not matter here.
func Except(err error, kind Kind) error {
	if Is(err, kind) {
		return nil
	}
	return err
}

// Fields collects the wrong inputs of one request, so that all are answered at once.
type Fields []Field

// Add notes one wrong input.
func (f *Fields) Add(name, format string, args ...any) {
	*f = append(*f, Field{name, fmt.Sprintf(format, args...)})
}

// Merge notes the fields of an Invalid error and returns every other error as it is.
func (f *Fields) Merge(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Kind == Invalid && len(e.Fields) > 0 {
		*f = append(*f, e.Fields...)
		return nil
	}
	return err
}

// Err is nil when nothing was noted.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Fields: f}
}

// Cursor is err as the wrong input "cursor"; nil for nil.
func Cursor(err error) error {
	if err == nil {
		return nil
	}
	return BadField("cursor", "must be the next_cursor of an earlier page in the same order").Because(err)
}
