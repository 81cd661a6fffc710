package flow

import (
	"context"

	"github.com/lejek/lejek/shared/change"
)

// Thread is a mail thread: its links are those of its messages and of their attachments.
type Thread interface {
	change.Placed
	Check() change.Check // that its links are as they were read
}

// Follower is what takes over the links of its thread: a message, an attachment.
type Follower interface {
	change.Placed
	LinkTo(change.Links) change.Placed
}

// Message is a mail message. Its attachments are records of their own.
type Message interface {
	change.Placed
	Attachments() []change.Ref
	HasRealAttachments() bool // other than images within its text
}

// sources are the records that rows refer to, and, in a thread that took other links, the attachments of its messages.
type sources struct {
	found   map[change.Ref]any
	carried map[change.Ref][]change.Ref
}

func (m *mover) sources(ctx context.Context, rows []Placement) (s sources, err error) {
	var refs []change.Ref
	for _, row := range rows {
		if row.Source != "" {
			refs = append(refs, row.Source)
		}
	}
	if s.found, err = m.Store.GetAny(ctx, m.team, distinct(refs)); err != nil || m.thread == nil {
		return s, err
	}
	s.carried = map[change.Ref][]change.Ref{}
	var files []change.Ref
	for ref, record := range s.found {
		if c, ok := record.(Message); ok {
			s.carried[ref] = c.Attachments()
			files = append(files, s.carried[ref]...)
		}
	}
	more, err := m.Store.GetAny(ctx, m.team, distinct(files))
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
