package persons

import "github.com/lejek/lejek/shared/value"

// Holds is what a built-in field of the person holds, by its key in v1 or, where v1 has none, its code in v2; nil when it is
// empty. What is derived for the person is no part of it.
func (p Person) Holds(field string) any {
	switch field {
	case "id":
		return p.ID
	case "name":
		return p.Name
	case "first_name":
		return value.Held(p.FirstName)
	case "last_name":
		return value.Held(p.LastName)
	case "owner_id":
		return p.OwnerID
	case "label":
		return p.LabelIDs
	case "org_id":
		return value.Held(p.OrganizationID)
	case "email":
		return values(p.Emails)
	case "phone":
		return values(p.Phones)
	case "im":
		return values(p.IM)
	case "postal_address":
		return value.Held(p.PostalAddress)
	case "notes":
		return value.Held(p.Notes)
	case "birthday":
		return value.Held(p.Birthday)
	case "job_title":
		return value.Held(p.JobTitle)
	case "add_time":
		return p.AddTime
	case "update_time":
		return p.UpdateTime
	case "visible_to":
		return p.VisibleTo
	case "participant_open_deals_count", "participant_closed_deals_count": // a deal has no participants but its person
		return int64(0)
	case "is_deleted":
		return p.Deleted
	}
	return nil
}

func values(list []Detail) any {
	if len(list) == 0 {
		return nil
	}
	all := make([]string, len(list))
	for i, d := range list {
		all[i] = d.Value
	}
	return all
}
