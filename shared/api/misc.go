package api

import (
	"context"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/currencies"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// Misc are the routes of small resources. The function that serves them also gets every path that no other one has.
type Misc struct {
	Teams      teams.Service
	Activities activities.Service
	Types      activities.Types
	Now        func() time.Time
}

// Routes binds them.
func (h Misc) Routes() []Route {
	return append(h.Roles(),
		Handle("GET /v1/users", h.users).Lists(userWire{}, Whole),
		Handle("POST /v1/users", h.addUser).Returns(userWire{}),
		Handle("GET /v1/users/find", h.findUsers).Lists(userWire{}, Whole),
		Handle("PUT /v1/users/{id}", h.setActive).Returns(userWire{}),
		Handle("GET /v1/users/me", h.me).Returns(meWire{}),
		Handle("GET /v1/users/{id}", h.oneUser).Returns(userWire{}),
		Handle("GET /api/v2/users/{id}/followers", h.userFollowers).Lists(followerWire{}, ByCursor),
		Handle("GET /v1/users/{id}/followers", func(ctx context.Context, c Call, in byID) (any, error) {
			_, err := h.Teams.User(ctx, c.Actor, in.ID)
			return []int64{}, err // records are followed, nobody follows a user
		}).Lists(int64(0), Whole),
		Handle("GET /v1/currencies", h.currencies).Lists(currencyWire{}, Whole),
		Handle("GET /v1/activityTypes", h.activityTypes).Lists(activityTypeWire{}, Whole),
		Handle("POST /v1/activityTypes", func(ctx context.Context, c Call, in activityTypeCreate) (any, error) {
			t, err := h.Types.Create(ctx, c.Actor, activities.TypeInput{Name: in.Name, Icon: in.IconKey, Color: in.Color})
			return activityTypeOut(t), err
		}).Returns(activityTypeWire{}),
		Handle("PUT /v1/activityTypes/{id}", func(ctx context.Context, c Call, in activityTypeUpdate) (any, error) {
			t, err := h.Types.Update(ctx, c.Actor, in.ID, activities.TypeInput{Name: in.Name, Icon: in.IconKey, Color: in.Color, Order: in.OrderNr})
			return activityTypeOut(t), err
		}).Returns(activityTypeWire{}),
		Handle("DELETE /v1/activityTypes/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			t, err := h.Types.Delete(ctx, c.Actor, in.ID)
			return activityTypeOut(t), err
		}).Returns(activityTypeWire{}),
		Handle("GET /v1/userSettings", func(context.Context, Call, struct{}) (any, error) { return settings, nil }).Returns(settingsWire{}),
	)
}

type currencyWire struct {
	ID            int    `json:"id"`
	Code          string `json:"code"`
	Name          string `json:"name"`
	DecimalPoints int    `json:"decimal_points"`
	Symbol        string `json:"symbol"`
	ActiveFlag    bool   `json:"active_flag"`
	IsCustomFlag  bool   `json:"is_custom_flag"`
}

type currencyList struct {
	Term string `query:"term" rule:"max=100"`
}

// currencies are those whose name or code contains the term.
func (h Misc) currencies(_ context.Context, _ Call, in currencyList) (any, error) {
	term := strings.ToLower(strings.TrimSpace(in.Term))
	out := []currencyWire{}
	for i, c := range currencies.All {
		if strings.Contains(strings.ToLower(c.Name), term) || strings.Contains(strings.ToLower(c.Code), term) {
			out = append(out, currencyWire{ID: i + 1, Code: c.Code, Name: c.Name, DecimalPoints: c.Decimals, Symbol: c.Symbol, ActiveFlag: true})
		}
	}
	return out, nil
}

type activityTypeWire struct {
	ID           int64   `json:"id"`
	OrderNr      int64   `json:"order_nr"`
	Name         string  `json:"name"`
	KeyString    string  `json:"key_string"`
	IconKey      string  `json:"icon_key"`
	ActiveFlag   bool    `json:"active_flag"`
	Color        *string `json:"color"`
	IsCustomFlag bool    `json:"is_custom_flag"`
	AddTime      *string `json:"add_time"`
	UpdateTime   *string `json:"update_time"`
}

func activityTypeOut(t activities.Type) activityTypeWire {
	return activityTypeWire{
		ID: t.ID, OrderNr: t.Order, Name: t.Name, KeyString: t.Key, IconKey: t.Icon, ActiveFlag: t.Active, Color: t.Color,
		IsCustomFlag: t.Custom, AddTime: value.Stamp(&t.AddTime), UpdateTime: value.Stamp(&t.UpdateTime),
	}
}

type activityTypeCreate struct {
	Name    value.Opt[string] `json:"name" rule:"required,max=100,trim"`
	IconKey value.Opt[string] `json:"icon_key" rule:"required"`
	Color   value.Opt[string] `json:"color"`
}

type activityTypeUpdate struct {
	byID
	Name    value.Opt[string] `json:"name" rule:"notnull,nonempty,max=100,trim"`
	IconKey value.Opt[string] `json:"icon_key" rule:"notnull"`
	Color   value.Opt[string] `json:"color"`
	OrderNr value.Opt[int64]  `json:"order_nr" rule:"notnull,min=1,max=1000000"`
}

func (h Misc) activityTypes(ctx context.Context, c Call, _ struct{}) (any, error) {
	all, err := h.Activities.Types(ctx, c.Actor)
	return each(all, activityTypeOut), err
}

// settingsWire are the same for every user: they describe what the server does (contract §3.4). n8n tests credentials here.
type settingsWire struct {
	MarketplaceTeam                 bool   `json:"marketplace_team"`
	ListLimit                       int    `json:"list_limit"`
	BetaApp                         bool   `json:"beta_app"`
	PreventSalesphoneCalltoOverride bool   `json:"prevent_salesphone_callto_override"`
	FileUploadDestination           string `json:"file_upload_destination"`
	CalltoLinkSyntax                string `json:"callto_link_syntax"`
	AutofillDealExpectedCloseDate   bool   `json:"autofill_deal_expected_close_date"`
	PersonDuplicateCondition        string `json:"person_duplicate_condition"`
}

var settings = settingsWire{
	ListLimit: 100, FileUploadDestination: "s3", CalltoLinkSyntax: "callto", PersonDuplicateCondition: "name && (org_id || email || phone)",
}
