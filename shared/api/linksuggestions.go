package api

import (
	"context"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/value"
)

// LinkSuggestions are the routes of earlier mail that is offered to a person.
type LinkSuggestions struct {
	Box     mailbox.Box
	Records Records
}

// offerWire is a thread that may belong to the person.
type offerWire struct {
	ThreadID       int64           `json:"thread_id"`
	Subject        string          `json:"subject"`
	Snippet        string          `json:"snippet"`
	MessageCount   int64           `json:"message_count"`
	LastMessage    string          `json:"last_message_timestamp"`
	Parties        *partiesWire    `json:"parties"`
	UserID         int64           `json:"user_id"`
	DealID         *int64          `json:"deal_id"`
	PersonIDs      []int64         `json:"person_ids"`
	Reason         string          `json:"reason"` // address or deal
	Email          *string         `json:"email"`
	DealCandidates []candidateWire `json:"deal_candidates"`
}

// acceptedWire is what became of an accepted thread.
type acceptedWire struct {
	ThreadID  int64   `json:"thread_id"`
	State     string  `json:"state"` // linked, unchanged or left
	Reason    *string `json:"reason"`
	DealID    *int64  `json:"deal_id"`
	PersonIDs []int64 `json:"person_ids"`
	Undecided *string `json:"undecided"`
}

type offerPage struct {
	byID
	Limit  int64  `query:"limit" rule:"min=1,max=100"`
	Cursor string `query:"cursor" rule:"max=2000"`
}

type offerAccept struct {
	byID
	ThreadIDs value.Opt[[]int64] `json:"thread_ids" rule:"required,items=50,min=1"`
	DealID    value.Opt[int64]   `json:"deal_id" rule:"min=1"`
}

// Routes binds them.
func (h LinkSuggestions) Routes() []Route {
	return []Route{
		Handle("GET /api/v2/persons/{id}/linkSuggestions", h.list).Lists(offerWire{}, ByCursor),
		Handle("POST /api/v2/persons/{id}/linkSuggestions", func(ctx context.Context, c Call, in offerAccept) (any, error) {
			list, err := h.Box.Accept(ctx, c.Actor, in.ID, mailbox.Acceptance{ThreadIDs: in.ThreadIDs.V, DealID: in.DealID})
			return each(list, func(o mailbox.Accepted) acceptedWire {
				t := o.Thread
				return acceptedWire{t.ID, o.State, orNull(o.Reason), t.DealID, each(t.PersonIDs, same), orNull(t.Undecided)}
			}), err
		}).Returns([]acceptedWire{}),
	}
}

func (h LinkSuggestions) list(ctx context.Context, c Call, in offerPage) (any, error) {
	limit := int(in.Limit)
	if limit == 0 {
		limit = 50
	}
	list, next, err := h.Box.Offers(ctx, c.Actor, in.ID, in.Cursor, limit)
	if err != nil {
		return nil, err
	}
	var refs []change.Ref
	for _, o := range list {
		refs = append(refs, o.Names()...)
	}
	found, err := h.Records.GetAny(ctx, c.Team, refs)
	out := v1Out{Call: c, known: found}
	return listed(each(list, func(o mailbox.Offer) offerWire {
		t := out.thread(o.Thread)
		return offerWire{
			t.ID, t.Subject, t.Snippet, t.MessageCount, t.LastMessage, t.Parties, t.UserID, t.DealID, each(o.PersonIDs, same), o.Reason, orNull(o.Email),
			each(o.Candidates, candidateOut),
		}
	}), next), err
}
