package dynamo

import (
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/organizations"
)

var organizationKind = kindOf[organizations.Organization]{name: change.Organization, facets: organizations.Organization.Facets, follow: organizations.Organization.Follow}

// Organizations keeps organizations.
type Organizations struct {
	records[organizations.Organization]
}

var _ organizations.Store = Organizations{}

// NewOrganizations keeps organizations in db.
func NewOrganizations(db *DB) Organizations {
	return Organizations{records[organizations.Organization]{db, organizationKind, "Organization"}}
}
