// Package organizations constructs the function of organizations.
package organizations

import (
	"slices"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/change"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	h := api.Organizations{Organizations: c.Organizations(), Fields: c.Fields(), Filters: c.Filters(), Derived: c.Derived()}
	return api.New("organizations", c.Options(), slices.Concat(
		h.Routes(), api.LegacyOrganizations{Organizations: h, Legacy: c.Legacy(), Followers: c.Followers()}.Routes(),
		[]api.Route{c.LegacyActivities().Of("organizations"), c.LegacyDeals().Of("organizations"), c.LegacyPersons().Of("organizations")},
		api.Relations{Relations: c.Relations(), Companies: c.Teams(), MailDomain: c.MailDomain}.Routes(), c.Details(change.Organization),
		api.OrganizationMerges{Organizations: c.Organizations(), Fields: c.Fields()}.Routes(),
	)...)
}
