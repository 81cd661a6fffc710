package api

import (
	"context"
	"slices"
	"strconv"

	"github.com/lejek/lejek/shared/fault"
)

// Lejek has no roles, sets of permissions, goals or connections of its own: everyone of a team sees all of it, and admins
// administer. Integrations read these lists all the same, so they say that in Pipedrive's words (contract §3.4).

type roleWire struct {
	ID           int64  `json:"id"`
	ParentRoleID *int64 `json:"parent_role_id"`
	Name         string `json:"name"`
	ActiveFlag   bool   `json:"active_flag"`
	Assignments  string `json:"assignment_count"`
	SubRoles     string `json:"sub_role_count"`
	Level        int64  `json:"level"`
}

type roleSettings struct {
	DealVisibility    int `json:"deal_default_visibility"`
	LeadVisibility    int `json:"lead_default_visibility"`
	OrgVisibility     int `json:"org_default_visibility"`
	PersonVisibility  int `json:"person_default_visibility"`
	ProductVisibility int `json:"product_default_visibility"`
	DealAccess        int `json:"deal_access_level"`
	OrgAccess         int `json:"org_access_level"`
	PersonAccess      int `json:"person_access_level"`
	ProductAccess     int `json:"product_access_level"`
}

type roleAssignment struct {
	UserID       int64  `json:"user_id"`
	RoleID       int64  `json:"role_id"`
	ParentRoleID *int64 `json:"parent_role_id"`
	Name         string `json:"name"`
	ActiveFlag   bool   `json:"active_flag"`
	Type         string `json:"type"`
}

type permissionSet struct {
	ID              string `json:"id"`
	Name            string `json:"name"`
	Description     string `json:"description"`
	App             string `json:"app"`
	Type            string `json:"type"`
	AssignmentCount int    `json:"assignment_count"`
}

type permissionContents struct {
	permissionSet
	Contents []string `json:"contents"`
}

type rolePage struct {
	Start int64 `query:"start" rule:"min=0,max=1000000"`
	Limit int64 `query:"limit" rule:"min=1,max=500"`
}

type roleAdditional struct {
	Settings roleSettings `json:"settings"`
}

type goalsWire struct {
	Goals []struct{} `json:"goals"`
}

type connectionsWire struct {
	Google *string `json:"google"`
}

const theRole = 1 // the one role that everyone has

var seesAll = roleSettings{
	DealVisibility: 3, LeadVisibility: 3, OrgVisibility: 3, PersonVisibility: 3, ProductVisibility: 3, DealAccess: 7, OrgAccess: 7,
	PersonAccess: 7, ProductAccess: 7,
}

// Roles binds what is read of roles and permissions.
func (h Misc) Roles() []Route {
	role := func(users int) roleWire {
		return roleWire{ID: theRole, Name: "Everyone", ActiveFlag: true, Assignments: strconv.Itoa(users), SubRoles: "0", Level: 1}
	}
	return []Route{
		Handle("GET /v1/roles", func(ctx context.Context, c Call, in rolePage) (any, error) {
			users, err := h.Teams.Users(ctx, c.Actor)
			list := []roleWire{role(len(users))}[min(in.Start, 1):]
			limit := int(in.Limit)
			if limit == 0 {
				limit = 100
			}
			return Answer{Data: list, Additional: pagination(int(in.Start), limit, false)}, err
		}).Lists(roleWire{}, ByOffset),
		Handle("GET /v1/roles/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			if in.ID != theRole {
				return nil, fault.Missing("Role")
			}
			users, err := h.Teams.Users(ctx, c.Actor)
			return Answer{Data: role(len(users)), Additional: roleAdditional{seesAll}}, err
		}).Returns(roleWire{}).Adds(roleAdditional{}),
		Handle("GET /v1/permissionSets", func(ctx context.Context, c Call, in permissionList) (any, error) {
			return h.permissionSets(ctx, c, in.App)
		}).Lists(permissionSet{}, Whole),
		Handle("GET /v1/permissionSets/{id}", func(ctx context.Context, c Call, in byText) (any, error) {
			sets, err := h.permissionSets(ctx, c, "")
			if err != nil {
				return nil, err
			}
			for _, s := range sets {
				if s.ID == in.ID {
					return permissionContents{s, contentsOf(s)}, nil
				}
			}
			return nil, fault.Missing("Permission set")
		}).Returns(permissionContents{}),
		Handle("GET /v1/users/{id}/permissions", func(ctx context.Context, c Call, in byID) (any, error) {
			u, err := h.Teams.User(ctx, c.Actor, in.ID)
			return permissionsOf(u.Admin), err
		}).Returns(map[string]bool{}),
		Handle("GET /v1/users/{id}/roleAssignments", func(ctx context.Context, c Call, in roleOf) (any, error) {
			_, err := h.Teams.User(ctx, c.Actor, in.ID)
			list := []roleAssignment{{UserID: in.ID, RoleID: theRole, Name: "Everyone", ActiveFlag: true, Type: "0"}}[min(in.Start, 1):]
			limit := int(in.Limit)
			if limit == 0 {
				limit = 100
			}
			return Answer{Data: list, Additional: pagination(int(in.Start), limit, false)}, err
		}).Lists(roleAssignment{}, ByOffset),
		Handle("GET /v1/users/{id}/roleSettings", func(ctx context.Context, c Call, in byID) (any, error) {
			_, err := h.Teams.User(ctx, c.Actor, in.ID)
			return seesAll, err
		}).Returns(roleSettings{}),
		Handle("GET /v1/goals/find", func(context.Context, Call, struct{}) (any, error) { return goalsWire{[]struct{}{}}, nil }).Returns(goalsWire{}),
		Handle("GET /v1/userConnections", func(context.Context, Call, struct{}) (any, error) { return connectionsWire{}, nil }).Returns(connectionsWire{}),
	}
}

type permissionList struct {
	App string `query:"app" rule:"max=100"`
}

type byText struct {
	ID string `path:"id" rule:"max=100"`
}

type roleOf struct {
	byID
	rolePage
}

// permissionSets are the two that there are: of admins and of seesAll else.
func (h Misc) permissionSets(ctx context.Context, c Call, app string) ([]permissionSet, error) {
	sets := []permissionSet{
		{ID: adminSet, Name: "Deals admin", Description: "Sees and changes everything, adds users", App: "sales", Type: "admin"},
		{ID: regularSet, Name: "Deals regular user", Description: "Sees and changes everything", App: "sales", Type: "regular"},
	}
	if app != "" && app != "sales" {
		return []permissionSet{}, nil
	}
	users, err := h.Teams.Users(ctx, c.Actor)
	for _, u := range users {
		if u.Admin {
			sets[0].AssignmentCount++
		} else {
			sets[1].AssignmentCount++
		}
	}
	return sets, err
}

// can are permissions in Pipedrive's words, and whether Lejek has what they allow.
var can = map[string]bool{
	"can_add_custom_fields": true, "can_bulk_edit_items": true, "can_change_visibility_of_items": true, "can_delete_activities": true,
	"can_delete_custom_fields": true, "can_delete_deals": true, "can_edit_custom_fields": true, "can_edit_deals_closed_date": true,
	"can_edit_shared_filters": true, "can_export_data_from_lists": true, "can_merge_deals": true, "can_merge_organizations": true,
	"can_merge_people": true, "can_modify_labels": true, "can_see_company_wide_statistics": true, "can_see_deals_list_summary": true,
	"can_see_hidden_items_names": true, "can_see_other_users": true, "can_see_other_users_statistics": true, "can_share_filters": true,
	"can_use_api": true, "can_use_import": true,
	"can_add_products": false, "can_add_prospects_as_leads": false, "can_convert_deals_to_leads": false, "can_create_own_workflow": false,
	"can_edit_products": false, "can_follow_other_users": false, "can_see_security_dashboard": false, "can_share_insights": false,
	"can_use_email_tracking": false,
}

const canAdminister = "can_manage_users"

func permissionsOf(admin bool) map[string]bool {
	all := map[string]bool{canAdminister: admin}
	for name, ok := range can {
		all[name] = ok
	}
	return all
}

// contentsOf are the permissions of a set.
func contentsOf(s permissionSet) []string {
	list := []string{}
	for name, ok := range permissionsOf(s.ID == adminSet) {
		if ok {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}
