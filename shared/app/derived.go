package app

import (
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/value"
)

// summaries are those that a field is made of, by their records.
type summaries = map[change.Ref]change.Summary

// derived are the built-in fields whose values lie beside the record, by their keys in v1 or, where v1 has none, codes in v2.
var derived = map[string]func(record holder, sums summaries) any{
	"next_activity_date":      end(func(s change.Summary) any { return value.Held(s.NextActivityTime) }),
	"last_activity_date":      end(func(s change.Summary) any { return value.Held(s.LastActivityTime) }),
	"next_activity_id":        end(func(s change.Summary) any { return value.Held(s.NextActivityID) }),
	"last_activity_id":        end(func(s change.Summary) any { return value.Held(s.LastActivityID) }),
	"last_incoming_mail_time": end(func(s change.Summary) any { return value.Held(s.LastReceivedTime) }),
	"last_outgoing_mail_time": end(func(s change.Summary) any { return value.Held(s.LastSentTime) }),

	"activities_count":        counted(change.DoneCount, change.UndoneCount),
	"done_activities_count":   counted(change.DoneCount),
	"undone_activities_count": counted(change.UndoneCount),
	"email_messages_count":    counted(change.MailsCount),
	"files_count":             counted(change.FilesCount),
	"notes_count":             counted(change.NotesCount),
	"followers_count":         counted(change.FollowersCount),
	"people_count":            counted(change.PeopleCount),

	"open_deals_count":   counted(change.DealsCount("open")),
	"won_deals_count":    counted(change.DealsCount("won")),
	"lost_deals_count":   counted(change.DealsCount("lost")),
	"closed_deals_count": counted(change.DealsCount("won"), change.DealsCount("lost")),

	"related_open_deals_count":   related("open"),
	"related_won_deals_count":    related("won"),
	"related_lost_deals_count":   related("lost"),
	"related_closed_deals_count": related("won", "lost"),
}

func end(of func(change.Summary) any) func(holder, summaries) any {
	return func(record holder, sums summaries) any { return of(sums[record.Ref()]) }
}

// counted is the sum of some numbers; where nothing was counted, it is 0.
func counted(numbers ...change.Number) func(holder, summaries) any {
	return func(record holder, sums summaries) any {
		n := int64(0)
		for _, number := range numbers {
			n += sums[record.Ref()].Count(number)
		}
		return n
	}
}

// related are a person's: all deals of the organization but the person's own; and an organization's: those that its persons
// have elsewhere.
func related(statuses ...string) func(holder, summaries) any {
	return func(record holder, sums summaries) any {
		n := int64(0)
		for _, status := range statuses {
			if p, ok := record.(persons.Person); ok {
				n += p.RelatedDeals(sums, status)
			} else {
				n += sums[record.Ref()].Count(change.RelatedCount(status))
			}
		}
		return n
	}
}
