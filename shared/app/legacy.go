package app

import (
	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/dynamo"
)

// Legacy is what the adapters of v1 need.
func (c Core) Legacy() api.Legacy {
	return api.Legacy{Marks: dynamo.Bookmarks{DB: c.DB}, Flat: c.FlatRecords()}
}

// LegacyDeals, LegacyPersons and LegacyActivities are routes of v1; each also answers what belongs to records of other kinds.
func (c Core) LegacyDeals() api.LegacyDeals {
	return api.LegacyDeals{Deals: c.DealRoutes(), Legacy: c.Legacy(), Statistics: c.Statistics()}
}

func (c Core) LegacyPersons() api.LegacyPersons {
	return api.LegacyPersons{Persons: c.PersonRoutes(), Legacy: c.Legacy()}
}

func (c Core) LegacyActivities() api.LegacyActivities {
	return api.LegacyActivities{Activities: c.ActivityRoutes(), Legacy: c.Legacy()}
}

// DealRoutes, PersonRoutes and ActivityRoutes are those of v2.
func (c Core) DealRoutes() api.Deals {
	return api.Deals{Deals: c.Deals(), Fields: c.Fields(), Companies: c.Teams(), Filters: c.Filters(), Derived: c.Derived()}
}

func (c Core) PersonRoutes() api.Persons {
	return api.Persons{Persons: c.Persons(), Fields: c.Fields(), Filters: c.Filters(), Derived: c.Derived(), Records: c.DB}
}

func (c Core) ActivityRoutes() api.Activities {
	return api.Activities{Activities: c.Activities(), Filters: c.Filters()}
}
