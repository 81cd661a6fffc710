package flow

import (
	"context"

	"github.com/lejek/lejek/shared/change"
)

// Thread is a mail thread: its links are those of its messages and of their attachments.
type Thread interface {
	change.Placed
	Check() change.Check // that its links are as they were read
	// Pass is a record as it is in the thread: with its links, unless it does not follow them.
	Pass(change.Placed) change.Placed
}

// Ledger tells what became of raw mails.
type Ledger interface {
	// Settle moves the entries of messages on whose thread is decided now.
	Settle(ctx context.Context, team, thread int64, messages []int64) error
}

// Message is a mail message. Its attachments, and notes that were typed above it, are records of their own.
type Message interface {
	change.Placed
	Carries() []change.Ref
	HasRealAttachments() bool // other than images within its text
}

// sources are the records that rows refer to, and, in a thread that took other links, what its messages carry.
type sources struct {
	found   map[change.Ref]any
	carried map[change.Ref][]change.Ref
}

func (m *mover) sources(ctx context.Context, rows []Placement) (s sources, err error) {
	var refs []change.Ref
	for _, row := range rows {
		if row.Source != "" && !row.Names {
			refs = append(refs, row.Source)
		}
	}
	if s.found, err = m.Store.Stored(ctx, m.team, distinct(refs)); err != nil || m.thread == nil {
		return s, err
	}
	s.carried = map[change.Ref][]change.Ref{}
	var carried []change.Ref
	for ref, record := range s.found {
		if c, ok := record.(Message); ok {
			s.carried[ref] = c.Carries()
			carried = append(carried, s.carried[ref]...)
		}
	}
	more, err := m.Store.Stored(ctx, m.team, distinct(carried))
	for ref, record := range more {
		s.found[ref] = record
	}
	return s, err
}

// of are a row's source and what it carries.
func (s sources) of(source change.Ref) []change.Ref {
	if source == "" {
		return nil
	}
	return append([]change.Ref{source}, s.carried[source]...)
}
