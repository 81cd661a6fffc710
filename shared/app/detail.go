package app

import (
	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/flow"
)

// Flow is the service of flows and detail views. The indexer, the only one that deletes files, gets their objects too.
func (c Core) Flow() flow.Service {
	return flow.Service{Store: dynamo.Flow{DB: c.DB}, Objects: objects{c.S3, c.DataBucket}, Relations: c.Relations(), Now: c.Now}
}

// Files are the service and the routes of files.
func (c Core) Files() api.Files {
	return api.Files{Files: files.Service{Store: dynamo.NewFiles(c.DB), Objects: objects{c.S3, c.DataBucket}}, Lookup: c.DB}
}

// Details are the routes that records of a kind have besides their own: view, flow, files, mail, search.
func (c Core) Details(kind string) []api.Route {
	entities := map[string]string{change.Deal: "deals", change.Person: "persons", change.Organization: "organizations"}
	routes := api.Detail{
		Kind: kind, Entities: entities[kind], Flow: c.Flow(), Fields: c.Fields(), Files: c.Files(), Bodies: c.Mailbox(), Companies: c.Teams(),
		Users: c.Teams(), MailDomain: c.MailDomain,
	}.Routes()
	return append(routes, c.Search().Of(kind))
}
