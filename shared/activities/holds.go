package activities

import "github.com/lejek/lejek/shared/value"

// Holds is what a built-in field of the activity holds, by its key in v1 or, where v1 has none, its code in v2; nil when it is
// empty.
func (a Activity) Holds(field string) any {
	switch field {
	case "id":
		return a.ID
	case "type":
		return a.Type
	case "subject":
		return a.Subject
	case "user_id":
		return a.OwnerID
	case "created_by_user_id":
		return a.CreatorUserID
	case "deal_id":
		return value.Held(a.DealID)
	case "person_id":
		return value.Held(value.NonZero(a.PersonID()))
	case "participants":
		return a.participants()
	case "org_id":
		return value.Held(a.OrganizationID)
	case "due_date":
		if a.DueTime != nil { // with a time, the day is that of an instant
			return value.Held(a.DueAt)
		}
		return value.Held(a.DueDate)
	case "due_time":
		return value.Held(a.DueTime)
	case "duration":
		return value.Held(a.Duration)
	case "busy_flag":
		return a.Busy
	case "done":
		return a.Done
	case "marked_as_done_time":
		return value.Held(a.DoneTime)
	case "add_time":
		return a.AddTime
	case "update_time":
		return a.UpdateTime
	case "location":
		return value.Held(a.Location)
	case "public_description":
		return value.Held(a.PublicDescription)
	case "note":
		return value.Held(a.Note)
	case "priority":
		return value.Held(a.Priority)
	case "is_deleted":
		return a.Deleted
	}
	return nil
}

func (a Activity) participants() any {
	if len(a.Participants) == 0 {
		return nil
	}
	ids := make([]int64, len(a.Participants))
	for i, p := range a.Participants {
		ids[i] = p.PersonID
	}
	return ids
}
