package deals

import "github.com/lejek/lejek/shared/value"

// Holds is what a built-in field of the deal holds, by its key in v1 or, where v1 has none, its code in v2; nil when it is empty.
// What is derived for the deal is no part of it.
func (d Deal) Holds(field string) any {
	switch field {
	case "id":
		return d.ID
	case "title":
		return d.Title
	case "creator_user_id":
		return d.CreatorUserID
	case "user_id":
		return d.OwnerID
	case "value":
		return d.Value
	case "currency":
		return d.Currency
	case "probability":
		return value.Held(d.Probability)
	case "org_id":
		return value.Held(d.OrganizationID)
	case "person_id":
		return value.Held(d.PersonID)
	case "pipeline":
		return d.PipelineID
	case "stage_id":
		return d.StageID
	case "label":
		return d.LabelIDs
	case "status":
		if d.Deleted {
			return value.StatusDeleted
		}
		return d.Status
	case "add_time":
		return d.AddTime
	case "update_time":
		return d.UpdateTime
	case "stage_change_time":
		return value.Held(d.StageChangeTime)
	case "won_time", "local_won_date":
		return value.Held(d.WonTime)
	case "first_won_time":
		return value.Held(d.FirstWonTime)
	case "lost_time", "local_lost_date":
		return value.Held(d.LostTime)
	case "close_time", "local_close_date":
		return value.Held(d.CloseTime)
	case "expected_close_date":
		return value.Held(d.ExpectedCloseDate)
	case "archive_time":
		return value.Held(d.ArchiveTime)
	case "lost_reason":
		return value.Held(d.LostReason)
	case "visible_to":
		return d.VisibleTo
	case "origin":
		return d.Origin
	case "is_archived":
		return d.Archived
	case "participants_count": // the person is one
		if d.PersonID != nil {
			return int64(1)
		}
		return int64(0)
	case "products_count":
		return int64(0)
	case "is_deleted":
		return d.Deleted
	}
	return nil
}
