package api

import (
	"fmt"
	"html"

	"github.com/lejek/lejek/shared/mailbox"
)

// Questions are the pages on which users choose the deal of a thread.
type Questions struct{ Questions mailbox.Questions }

// questionWire is what became of asking a user which deal a thread is about.
type questionWire struct {
	UserID   int64   `json:"user_id"`
	State    string  `json:"state"` // pending, sending, sent, failed, missed, void
	Open     bool    `json:"open"`  // nobody has decided yet; links end 14 days after the mail
	DealIDs  []int64 `json:"deal_ids"`
	AddTime  *string `json:"add_time"`
	SentTime *string `json:"sent_time"`
	Tries    int64   `json:"tries"`
	Error    *string `json:"error"`
}

func questionOut(q *mailbox.Question) *questionWire {
	if q == nil {
		return nil
	}
	return &questionWire{
		UserID: q.UserID, State: q.State, Open: q.Code != "", DealIDs: each(q.DealIDs, same), AddTime: seconds(&q.Time), SentTime: seconds(q.SentAt),
		Tries: q.Tries, Error: orNull(q.Error),
	}
}

// Routes binds them.
func (h Questions) Routes() []Route {
	return linkPage[mailbox.Pick]{
		path: "/api/v2/mailThreads/choose", look: h.Questions.Offers, act: h.Questions.Take,
		asks: func(p mailbox.Pick) (title, text, button string) {
			title, ask, button := "Is it this deal?", "about the deal <b>"+html.EscapeString(p.Deal)+"</b>?", "Link it"
			if p.Deal == "" {
				title, ask, button = "None of the deals?", "about <b>none</b> of the deals?", "None of them"
			}
			return title, fmt.Sprintf(`<p>Is the conversation %s %s</p>
<p>You say so as %s of %s. If you are not sure, close this page.</p>`, html.EscapeString(p.Called), ask, html.EscapeString(p.User), html.EscapeString(p.Team)), button
		},
		done: func(p mailbox.Pick) (title, text string) {
			done := "belongs to the deal <b>" + html.EscapeString(p.Deal) + "</b> now, with its messages, files and notes."
			if p.Deal == "" {
				done = "belongs to <b>no deal</b> now."
			}
			return "Done", fmt.Sprintf(`<p>The conversation %s %s Mail that comes in it later stays there.</p>
<p>To change it, give the conversation another deal in the mailbox: <code>PUT /v1/mailbox/mailThreads/%d</code> with <code>deal_id</code>.</p>`,
				html.EscapeString(p.Called), done, p.Thread)
		},
	}.routes()
}
