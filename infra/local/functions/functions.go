// Package functions is the registry of all functions' constructors, by name in the manifest. It is the one place outside
// functions/ that knows them all, and only the local runner and tests import it.
package functions

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/activities"
	"github.com/lejek/lejek/shared/app/deals"
	"github.com/lejek/lejek/shared/app/docs"
	"github.com/lejek/lejek/shared/app/exports"
	"github.com/lejek/lejek/shared/app/fields"
	"github.com/lejek/lejek/shared/app/files"
	"github.com/lejek/lejek/shared/app/filters"
	"github.com/lejek/lejek/shared/app/importer"
	"github.com/lejek/lejek/shared/app/imports"
	"github.com/lejek/lejek/shared/app/inbound"
	"github.com/lejek/lejek/shared/app/indexer"
	"github.com/lejek/lejek/shared/app/linker"
	"github.com/lejek/lejek/shared/app/mailbox"
	"github.com/lejek/lejek/shared/app/misc"
	"github.com/lejek/lejek/shared/app/notes"
	"github.com/lejek/lejek/shared/app/organizations"
	"github.com/lejek/lejek/shared/app/outbox"
	"github.com/lejek/lejek/shared/app/persons"
	"github.com/lejek/lejek/shared/app/pipelines"
	"github.com/lejek/lejek/shared/app/recents"
	"github.com/lejek/lejek/shared/app/reminders"
	"github.com/lejek/lejek/shared/app/search"
	"github.com/lejek/lejek/shared/app/sender"
	"github.com/lejek/lejek/shared/app/statistics"
	"github.com/lejek/lejek/shared/app/subscriptions"
	"github.com/lejek/lejek/shared/app/sweeper"
	"github.com/lejek/lejek/shared/app/teams"
	"github.com/lejek/lejek/shared/app/webhooks"
	"github.com/lejek/lejek/shared/boot"
)

// All are the constructors.
var All = map[string]func(boot.Env) lambda.Handler{
	"activities":    activities.New,
	"deals":         deals.New,
	"docs":          docs.New,
	"exports":       exports.New,
	"fields":        fields.New,
	"files":         files.New,
	"filters":       filters.New,
	"importer":      importer.New,
	"imports":       imports.New,
	"inbound":       inbound.New,
	"indexer":       indexer.New,
	"linker":        linker.New,
	"mailbox":       mailbox.New,
	"misc":          misc.New,
	"notes":         notes.New,
	"organizations": organizations.New,
	"outbox":        outbox.New,
	"persons":       persons.New,
	"pipelines":     pipelines.New,
	"recents":       recents.New,
	"reminders":     reminders.New,
	"search":        search.New,
	"sender":        sender.New,
	"statistics":    statistics.New,
	"subscriptions": subscriptions.New,
	"sweeper":       sweeper.New,
	"teams":         teams.New,
	"webhooks":      webhooks.New,
}
