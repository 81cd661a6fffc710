package app

import (
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/webhooks"
)

// Webhooks is the service of webhooks.
func (c Core) Webhooks() webhooks.Service {
	return webhooks.Service{Store: dynamo.NewWebhooks(c.DB), Users: c.Teams(), Plain: c.PrivateWebhooks, Now: c.Now}
}
