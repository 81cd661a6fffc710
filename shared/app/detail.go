package app

import (
	"context"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/flow"
	"github.com/lejek/lejek/shared/followers"
)

// Flow is the service of flows and detail views. The indexer, the only one that deletes files, gets their objects too.
func (c Core) Flow() flow.Service {
	return flow.Service{
		Store: dynamo.Flow{DB: c.DB}, Objects: objects{c.S3, c.DataBucket}, Relations: c.Relations(), Ledger: c.Mailbox(), Movers: movers{c}, Now: c.Now,
	}
}

// Files are the service and the routes of files.
func (c Core) Files() api.Files {
	o := objects{c.S3, c.DataBucket}
	service := files.Service{Store: dynamo.NewFiles(c.DB), Objects: o, Signer: o, Activities: activityLinks{c.Activities()}, Now: c.Now}
	return api.Files{Files: service, Lookup: c.DB}
}

// activityLinks are what an activity hangs on, for what is hung on it.
type activityLinks struct{ activities.Service }

func (s activityLinks) ActivityLinks(ctx context.Context, team, activity int64) (change.Links, error) {
	n, err := s.Store.Get(ctx, team, activity)
	if err == nil && n.Deleted {
		err = fault.Missing("Activity")
	}
	return n.HangsOn(), err
}

// Followers is the service of who follows what.
func (c Core) Followers() followers.Service {
	return followers.Service{Store: c.DB, Users: c.Teams(), Now: c.Now}
}

// Details are the routes that records of a kind have besides their own: view, flow, files, mail, followers, search.
func (c Core) Details(kind string) []api.Route {
	entities := map[string]string{change.Deal: "deals", change.Person: "persons", change.Organization: "organizations"}
	routes := api.Detail{
		Kind: kind, Entities: entities[kind], Flow: c.Flow(), Fields: c.Fields(), Files: c.Files(), Bodies: c.Mailbox(), Companies: c.Teams(),
		Users: c.Teams(), MailDomain: c.MailDomain,
	}.Routes()
	following := api.Followers{Followers: c.Followers(), Kind: kind, Entities: entities[kind], Marks: dynamo.Bookmarks{DB: c.DB}}
	routes = append(routes, append(following.Routes(), following.LegacyRoutes()...)...)
	return append(routes, c.Search().Of(kind), c.Search().OfV1(kind))
}
