package organizations

import "github.com/lejek/lejek/shared/value"

// Holds is what a built-in field of the organization holds, by its key in v1 or, where v1 has none, its code in v2; nil when it
// is empty. What is derived for the organization is no part of it.
func (o Organization) Holds(field string) any {
	switch field {
	case "id":
		return o.ID
	case "name":
		return o.Name
	case "owner_id":
		return o.OwnerID
	case "label":
		return o.LabelIDs
	case "address":
		return value.Held(o.Address)
	case "website":
		return value.Held(o.Website)
	case "linkedin":
		return value.Held(o.LinkedIn)
	case "industry":
		return value.Held(o.Industry)
	case "annual_revenue":
		return value.Held(o.AnnualRevenue)
	case "employee_count":
		return value.Held(o.EmployeeCount)
	case "add_time":
		return o.AddTime
	case "update_time":
		return o.UpdateTime
	case "visible_to":
		return o.VisibleTo
	case "is_deleted":
		return o.Deleted
	}
	return nil
}
