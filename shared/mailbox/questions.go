package mailbox

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dispatch"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/signed"
)

// Questions asks users by mail which deal a thread is about, and takes their answers.
type Questions struct {
	Box
	Links Links
	Users func(ctx context.Context, team, user int64) (Respondent, error)
	// Steps are the names of a team's stages, each with its pipeline's.
	Steps  func(ctx context.Context, team int64) (map[int64]string, error)
	Domain string // of the dedicated addresses
	API    string // where links lead
}

// Links makes links that only we can make, and tells them.
type Links interface {
	Sign(ctx context.Context, team int64, claims ...signed.Claims) ([]string, error)
	// Open is what a token says; ok is false for any that is not to be believed, for that purpose and now.
	Open(ctx context.Context, token, purpose string) (c signed.Claims, ok bool, err error)
}

// Respondent is a user who is asked.
type Respondent struct {
	Name, Email, Team string
	Active, Quiet     bool
	Answers           func(thread int64) string // the address at which answers are taken; empty when the team has no key for it
	Stop              signed.Claims             // of a link that switches questions off
	StopPath          string
}

const (
	choosing     = "choose deal" // the purpose of a link
	choosePath   = "/api/v2/mailThreads/choose"
	chooseWithin = 14 * 24 * time.Hour
	maxChoices   = 20
)

// Matter is the question that a thread's line is about. All is read anew: what was decided meanwhile is not asked.
func (q Questions) Matter(ctx context.Context, l dispatch.Line) (m dispatch.Matter, err error) {
	a := auth.Actor{Team: l.Team}
	t, err := q.Thread(ctx, a, l.Of.ID())
	if err == nil && t.Question == nil {
		err = fault.Missing("Question")
	}
	if err != nil {
		return m, err
	}
	m.Delivery, m.Version, m.Late = t.Question.Delivery, t.Version, t.Question.Time.Add(dispatch.Late)
	listed := t.Question.DealIDs
	m.Again = func(ctx context.Context) (dispatch.Delivery, int64, error) {
		now, err := q.Thread(ctx, a, t.ID)
		if err == nil && now.Question == nil {
			err = fault.Missing("Question")
		}
		if err != nil {
			return dispatch.Delivery{}, 0, err
		}
		t = now
		return t.Question.Delivery, t.Version, nil
	}
	m.Keep = func(set *change.Set, d dispatch.Delivery, version int64) {
		now, asked := t, *t.Question
		asked.Delivery, asked.DealIDs, now.Question = d, listed, &asked
		set.Put(now.Ref(), now, version) // where it shows stays
	}
	if m.Over() {
		return m, nil
	}
	sheet, moot, err := q.sheet(ctx, a, t)
	if err != nil {
		return m, err
	}
	if moot != "" {
		d := m.Delivery
		d.State, d.Error = Void, moot
		m.Idle, m.Ends = true, &d
		return m, nil
	}
	for _, c := range sheet.choices {
		if len(t.Question.DealIDs) == 0 {
			listed = append(listed, c.deal.ID)
		}
	}
	m.Write = func(ctx context.Context, now time.Time) (dispatch.Mail, error) { return q.write(ctx, t, sheet, now) }
	return m, nil
}

// sheet is what a mail lists.
type sheet struct {
	user    Respondent
	choices []listedDeal
	more    int // that are not listed
}

type listedDeal struct {
	deal Deal
	step string
}

// sheet reads what there is to ask; moot tells why nothing is.
func (q Questions) sheet(ctx context.Context, a auth.Actor, t Thread) (s sheet, moot string, err error) {
	if !t.open(t.Question.Code) {
		return s, "it was decided before it was asked", nil
	}
	s.user, err = q.Users(ctx, a.Team, t.Question.UserID)
	switch {
	case fault.Is(err, fault.NotFound) || err == nil && !s.user.Active:
		return s, "the user is switched off", nil
	case err != nil:
		return s, "", err
	case s.user.Quiet:
		return s, "the user does not want to be asked by mail", nil
	}
	deals, err := q.listed(ctx, a, t)
	if err != nil {
		return s, "", err
	}
	if len(deals) == 0 {
		return s, "no deal is open any more", nil
	}
	s.more = max(0, len(deals)-maxChoices)
	steps, err := q.Steps(ctx, a.Team)
	for _, d := range deals[:len(deals)-s.more] {
		s.choices = append(s.choices, listedDeal{d, steps[d.StageID]})
	}
	return s, "", err
}

// listed are the deals that the mail lists: as it did, should it go out a second time, else those that are open.
func (q Questions) listed(ctx context.Context, a auth.Actor, t Thread) (deals []Deal, err error) {
	for _, id := range t.Question.DealIDs {
		d, err := q.Deals.Deal(ctx, a.Team, id)
		if fault.Is(err, fault.NotFound) {
			d, err = Deal{Title: "(deleted)"}, nil
		}
		if err != nil {
			return nil, err
		}
		d.ID = id
		deals = append(deals, d)
	}
	if len(deals) > 0 {
		return deals, nil
	}
	all, err := q.Candidates(ctx, a, t)
	return all[t.ID], err
}

// links are those of a mail: one for each deal, one for none, one that stops such mails.
func (q Questions) links(ctx context.Context, team int64, t Thread, s sheet, now time.Time) (deals []string, stop string, err error) {
	claims := []signed.Claims{s.user.Stop}
	claims[0].Expires = now.Add(signed.Longest)
	for i := range len(s.choices) + 1 {
		deal := int64(0)
		if i < len(s.choices) {
			deal = s.choices[i].deal.ID
		}
		claims = append(claims, signed.Claims{
			Purpose: choosing, Subject: fmt.Sprintf("%d/%s/%d", t.ID, t.Question.Code, deal), Expires: now.Add(chooseWithin),
		})
	}
	tokens, err := q.Links.Sign(ctx, team, claims...)
	if err != nil {
		return nil, "", err
	}
	for _, token := range tokens[1:] {
		deals = append(deals, q.API+choosePath+"?token="+url.QueryEscape(token))
	}
	return deals, q.API + s.user.StopPath + "?token=" + url.QueryEscape(tokens[0]), nil
}
