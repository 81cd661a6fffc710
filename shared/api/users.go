package api

import (
	"context"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// userWire is a user in v1 (contract §3.4). Lejek has no pictures, roles or logins of users: those keys are there, with what
// holds for everyone.
type userWire struct {
	ID                int64        `json:"id"`
	Name              string       `json:"name"`
	DefaultCurrency   string       `json:"default_currency"`
	Locale            string       `json:"locale"`
	Lang              int          `json:"lang"`
	Email             string       `json:"email"`
	Phone             *string      `json:"phone"`
	Activated         bool         `json:"activated"`
	LastLogin         *string      `json:"last_login"`
	Created           *string      `json:"created"`
	Modified          *string      `json:"modified"`
	HasCreatedCompany bool         `json:"has_created_company"`
	Access            []accessWire `json:"access"`
	ActiveFlag        bool         `json:"active_flag"`
	TimezoneName      string       `json:"timezone_name"`
	TimezoneOffset    string       `json:"timezone_offset"`
	RoleID            int64        `json:"role_id"`
	IconURL           *string      `json:"icon_url"`
	IsYou             bool         `json:"is_you"`
	IsDeleted         bool         `json:"is_deleted"`
}

type accessWire struct {
	App             string `json:"app"`
	Admin           bool   `json:"admin"`
	PermissionSetID string `json:"permission_set_id"`
}

// meWire is the token's own user, with the company.
type meWire struct {
	userWire
	CompanyID       int64        `json:"company_id"`
	CompanyName     string       `json:"company_name"`
	CompanyDomain   string       `json:"company_domain"`
	CompanyCountry  *string      `json:"company_country"`
	CompanyIndustry *string      `json:"company_industry"`
	Language        languageWire `json:"language"`
}

type languageWire struct {
	LanguageCode string `json:"language_code"`
	CountryCode  string `json:"country_code"`
}

// The one permission set for each level of access.
const (
	adminSet   = "00000000-0000-4000-8000-000000000001"
	regularSet = "00000000-0000-4000-8000-000000000002"
)

func (h Misc) user(c Call, u teams.User) userWire { return userOut(c, u, h.Now()) }

func userOut(c Call, u teams.User, now time.Time) userWire {
	set := regularSet
	if u.Admin {
		set = adminSet
	}
	return userWire{
		ID: u.ID, Name: u.Name, DefaultCurrency: u.Currency, Locale: "en_US", Lang: 1, Email: u.Email, Activated: true,
		Created: value.Stamp(&u.AddTime), Modified: value.Stamp(&u.UpdateTime), HasCreatedCompany: u.Admin,
		Access: []accessWire{{"sales", u.Admin, set}}, ActiveFlag: u.Active, TimezoneName: u.TimeZone,
		TimezoneOffset: now.In(u.Zone()).Format("-07:00"), RoleID: 1, IsYou: u.ID == c.User,
	}
}

func (h Misc) users(ctx context.Context, c Call, _ struct{}) (any, error) {
	all, err := h.Teams.Users(ctx, c.Actor)
	return each(all, func(u teams.User) userWire { return h.user(c, u) }), err
}

func (h Misc) oneUser(ctx context.Context, c Call, in byID) (any, error) {
	u, err := h.Teams.User(ctx, c.Actor, in.ID)
	return h.user(c, u), err
}

// userFollowers are none: records are followed here, and nothing makes a user follow another.
func (h Misc) userFollowers(ctx context.Context, c Call, in followerList) (any, error) {
	if _, _, err := in.page(); err != nil {
		return nil, err
	}
	_, err := h.Teams.User(ctx, c.Actor, in.ID)
	return listed([]followerWire{}, ""), err
}

func (h Misc) me(ctx context.Context, c Call, _ struct{}) (any, error) {
	u, err := h.Teams.User(ctx, c.Actor, c.User)
	if err != nil {
		return nil, err
	}
	team, err := h.Teams.Team(ctx, c.Actor)
	// The domain is the label that stands for the company in addresses: the local part of its mail address (contract §6.1).
	return meWire{
		userWire: h.user(c, u), CompanyID: team.ID, CompanyName: team.Name, CompanyDomain: team.InboundLocal,
		Language: languageWire{"en", "US"},
	}, err
}

type userCreate struct {
	Email      value.Opt[string]       `json:"email" rule:"required,max=254,trim"`
	Access     value.Opt[[]accessBody] `json:"access" rule:"notnull"`
	ActiveFlag value.Opt[bool]         `json:"active_flag" rule:"notnull"`
}

type accessBody struct {
	App             value.Opt[string] `json:"app" rule:"required,enum=global|sales|campaigns|projects|account_settings|partnership|nova"`
	Admin           value.Opt[bool]   `json:"admin"`
	PermissionSetID value.Opt[string] `json:"permission_set_id"`
}

// addUser takes what Pipedrive takes; of the apps there is one, so who administers any administers that.
func (h Misc) addUser(ctx context.Context, c Call, in userCreate) (any, error) {
	admin := slices.ContainsFunc(in.Access.V, func(a accessBody) bool { return a.Admin.V || a.PermissionSetID.V == adminSet })
	u, err := h.Teams.AddMember(ctx, c.Actor, teams.MemberInput{Email: in.Email.V, Admin: admin, Active: in.ActiveFlag.Or(true)})
	return h.user(c, u), err
}

type userActive struct {
	byID
	ActiveFlag value.Opt[bool] `json:"active_flag" rule:"required"`
}

func (h Misc) setActive(ctx context.Context, c Call, in userActive) (any, error) {
	u, err := h.Teams.SetActive(ctx, c.Actor, in.ID, in.ActiveFlag.V)
	return h.user(c, u), err
}

type userFind struct {
	Term          string `query:"term" rule:"required,max=200"`
	SearchByEmail bool   `query:"search_by_email"`
}

func (h Misc) findUsers(ctx context.Context, c Call, in userFind) (any, error) {
	found, err := h.Teams.FindUsers(ctx, c.Actor, in.Term, in.SearchByEmail)
	return each(found, func(u teams.User) userWire { return h.user(c, u) }), err
}
