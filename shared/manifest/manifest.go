// Package manifest declares, as data, every function of Lejek: the operations it answers, what triggers it, what it is
// granted and which environment it reads. The stack, the local runner, the handlers and the tests all read this one
// declaration, so that a route, a grant or a queue cannot exist in one of them and be missing in another.
//
// An Operation such as "GET /api/v2/deals/{id}" is the join key: it is the http.ServeMux pattern inside the function, the
// line here and the path in the API description. The gateway does not get a route per operation; Routes derives the few
// that bring each path to its function.
package manifest

import (
	"slices"
	"time"
)

// Operation is a method and a path pattern, in http.ServeMux syntax. A path under /v1 stands for the same path under
// /api/v1 too: Pipedrive serves one API under both prefixes (contract §1.1).
type Operation string

// Function is one Lambda function.
type Function struct {
	Name       string // folder under functions/, and under shared/app
	Doc        string // what it is for, one line
	Operations []Operation
	Default    bool          // receives what no route matches ($default)
	Queue      string        // name of the queue that it is triggered by
	Stream     bool          // consumes the table's stream
	Kept       []string      // collections of the team whose items it consumes beside records
	Every      time.Duration // runs on the clock: whole minutes; the event carries the time that it is for
	Grants     []Grant       // beyond writing its own log
	Env        []EnvVar      // the only environment values it gets
	Timeout    int           // seconds
	Memory     int           // MB
}

// Resource is a thing that a function can be granted actions on.
type Resource string

const (
	Table      Resource = "table"    // the one table
	Indexes    Resource = "indexes"  // all indexes of the table
	MailBucket Resource = "mail"     // raw messages, written by SES
	DataBucket Resource = "data"     // files, uploads, work
	Mailer     Resource = "mailer"   // sending from addresses of the mail domain
	Deliveries Resource = "webhooks" // the queue of what webhooks are sent
)

// Grant allows IAM actions on a resource; for a bucket on the objects below Prefix, or, as s3:ListBucket, to list these.
type Grant struct {
	Resource Resource
	Prefix   string
	Actions  []string
}

// EnvVar names an environment variable; the deployed value comes from the stack, the local one from the runner.
type EnvVar string

const (
	EnvTable      EnvVar = "LEJEK_TABLE"
	EnvMailBucket EnvVar = "LEJEK_MAIL_BUCKET"
	EnvDataBucket EnvVar = "LEJEK_DATA_BUCKET"
	EnvMailDomain EnvVar = "LEJEK_MAIL_DOMAIN" // the domain of the teams' dedicated addresses
	EnvRateLimit  EnvVar = "LEJEK_RATE_LIMIT"  // requests per token in two seconds, 0 for any number
	EnvDeliveries EnvVar = "LEJEK_DELIVERIES"  // the address of the queue of what webhooks are sent
	EnvAPIURL     EnvVar = "LEJEK_API_URL"     // where the API is, for who is not called through it
	EnvLinkURL    EnvVar = "LEJEK_LINK_URL"    // where a record is seen, with {entities} and {id}; links in mail are made of it
)

// Queue is a queue with its dead-letter queue. A message that failed MaxReceive times waits there, input intact.
type Queue struct {
	Name       string
	Topic      string   // the SNS topic that feeds it, or
	Bucket     Resource // the bucket whose new objects
	Prefixes   []string // below these prefixes do; without either, functions do
	FIFO       bool     // messages of a group one after the other
	Visibility int      // seconds; six times the function's timeout, as AWS advises for event source mappings
	MaxReceive int
	BatchSize  int
	// Concurrency is how many batches are worked on at once, so that a burst leaves the table and the account's functions to
	// those who wait for an answer; 0 is as many as Lambda likes.
	Concurrency int
}

// Queues are all polled queues; at most three, because an idle poller costs money.
var Queues = []Queue{
	// A file is analysed by one message and then becomes many, a chunk each: one at a time, so that they run in parallel.
	{Name: "files", Bucket: DataBucket, Prefixes: []string{UploadPrefix, WorkPrefix, IncomingPrefix}, Visibility: 720, MaxReceive: 5, BatchSize: 1, Concurrency: 10},
	{Name: "mail", Topic: "mail", Visibility: 360, MaxReceive: 5, BatchSize: 5},
	// A first attempt is received once, and a delivery's three retries by four receipts of one message; the rest are for failures of ours.
	{Name: string(Deliveries), FIFO: true, Visibility: 900, MaxReceive: 12, BatchSize: 10, Concurrency: 10},
}

// MailPrefix is where the receipt rule stores raw messages in the mail bucket; the rest of the key is SES's messageId.
const MailPrefix = "mail/"

// UploadPrefix is where files to import are put, WorkPrefix where their pieces wait; both in the data bucket, and both end with
// the team. Work is removed after WorkDays: what is left of an import then is its record and its file.
const (
	UploadPrefix = "uploads/"
	WorkPrefix   = "work/"
	WorkDays     = 60
)

// ExportPrefix is where archives of teams are made, in the data bucket; then follows the team. They are removed after ExportDays.
const (
	ExportPrefix = "exports/"
	ExportDays   = 7
)

// IncomingPrefix is where clients put announced files themselves, below where all files are; then follow the team and a number.
const IncomingPrefix = "files/up/"

// RecordPath is where a record is in the API; the link of whoever has no other page to show it on.
const RecordPath = "/api/v2/{entities}/{id}"

// StreamConsumer settings shared by every function with Stream: true ("Events" in ARCHITECTURE.md).
const (
	StreamRetries       = 5
	StreamMaxAgeSeconds = 6 * 60 * 60
	StreamBatchSize     = 100
	// StreamKey is the sort key of records and jobs. Consumers get their changes alone, and no invocation is paid for rows, figures
	// and words, which are most of the stream.
	StreamKey = "#"
)

var (
	readTable = []Grant{
		{Resource: Table, Actions: []string{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}},
		{Resource: Indexes, Actions: []string{"dynamodb:Query"}},
	}
	// writeTable is what TransactWriteItems and the id counters need: IAM knows only the single-item actions.
	writeTable = append([]Grant{
		{Resource: Table, Actions: []string{"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"}},
	}, readTable...)
	sendMail = Grant{Resource: Mailer, Actions: []string{"ses:SendRawEmail"}}
	// keepBookmarks is what offset lists write (api.Bookmarks), where a function writes nothing else.
	keepBookmarks = Grant{Resource: Table, Actions: []string{"dynamodb:PutItem"}}
	readFiles     = Grant{Resource: DataBucket, Prefix: "files/", Actions: []string{"s3:GetObject"}}
	writeFiles    = Grant{Resource: DataBucket, Prefix: "files/", Actions: []string{"s3:PutObject"}}
	writeWork     = Grant{Resource: DataBucket, Prefix: WorkPrefix, Actions: []string{"s3:PutObject"}}
	readMail      = Grant{Resource: MailBucket, Prefix: MailPrefix, Actions: []string{"s3:GetObject"}}
	// inLine is sending in batches too: IAM knows one action for both.
	inLine = Grant{Resource: Deliveries, Actions: []string{"sqs:SendMessage"}}
)

func with(base []Grant, more ...Grant) []Grant { return append(append([]Grant{}, base...), more...) }

// Functions are all functions, in alphabetical order.
var Functions = limited([]Function{
	{
		Name: "activities", Doc: "planned work of any kind",
		Operations: join(crud("/api/v2/activities"), legacy("/v1/activities"), []Operation{"DELETE /v1/activities", "GET /api/v2/activities/{id}/reminders"}),
		Grants:     writeTable, Env: []EnvVar{EnvTable, EnvMailDomain}, Timeout: 15, Memory: 512,
	},
	{
		Name: "deals", Doc: "deals, their detail view, flow, files and mail",
		Operations: join(crud("/api/v2/deals"), legacy("/v1/deals"), detail("deals"), []Operation{
			"DELETE /v1/deals", "GET /v1/deals/archived", "GET /v1/deals/{id}/activities", "GET /v1/deals/{id}/persons", "GET /v1/deals/{id}/products",
			"GET /api/v2/deals/archived", "POST /api/v2/deals/{id}/duplicate", "POST /v1/deals/{id}/duplicate", "PUT /v1/deals/{id}/merge",
			"GET /v1/deals/{id}/participants", "POST /v1/deals/{id}/participants", "DELETE /v1/deals/{id}/participants/{deal_participant_id}",
			"GET /v1/deals/{id}/participantsChangelog",
			"GET /v1/deals/summary", "GET /v1/deals/summary/archived", "GET /v1/deals/timeline",
		}),
		Grants: with(writeTable, readFiles), Env: []EnvVar{EnvTable, EnvDataBucket, EnvMailDomain}, Timeout: 15, Memory: 512,
	},
	{
		Name: "docs", Doc: "the API's description, and a page to read and try it",
		Operations: []Operation{"GET /openapi.json", "GET /docs", "GET /docs/{file}"},
		Timeout:    15, Memory: 256,
	},
	{
		Name: "exports", Doc: "archives of all that a team has: begun, followed and handed out by signed links",
		Operations: []Operation{"GET /api/v2/exports", "POST /api/v2/exports", "GET /api/v2/exports/{id}", "DELETE /api/v2/exports/{id}"},
		Grants:     with(writeTable, writeWork, Grant{Resource: DataBucket, Prefix: ExportPrefix, Actions: []string{"s3:GetObject", "s3:DeleteObject"}}),
		Env:        []EnvVar{EnvTable, EnvDataBucket}, Timeout: 15, Memory: 512,
	},
	{
		Name: "fields", Doc: "what records are made of: built-in fields, those that teams add, options, labels",
		Operations: join(fields("deal"), fields("person"), fields("organization"), []Operation{
			"GET /api/v2/activityFields", "GET /api/v2/activityFields/{field_code}", "GET /v1/activityFields", "GET /v1/noteFields",
		}),
		Grants: writeTable, Env: []EnvVar{EnvTable}, Timeout: 15, Memory: 512,
	},
	{
		Name: "files", Doc: "files: taken in, listed, handed out by signed links",
		Operations: []Operation{
			"GET /v1/files", "POST /v1/files", "GET /v1/files/{id}", "PUT /v1/files/{id}", "DELETE /v1/files/{id}",
			"GET /v1/files/{id}/download", "POST /v1/files/remote", "POST /v1/files/remoteLink",
			"POST /api/v2/files/uploads", "GET /api/v2/files/uploads/{id}",
		},
		Grants: with(writeTable, readFiles, writeFiles), Env: []EnvVar{EnvTable, EnvDataBucket}, Timeout: 15, Memory: 512,
	},
	{
		Name: "filters", Doc: "saved filters of lists",
		Operations: []Operation{
			"GET /v1/filters", "POST /v1/filters", "DELETE /v1/filters", "GET /v1/filters/helpers", "GET /v1/filters/{id}",
			"PUT /v1/filters/{id}", "DELETE /v1/filters/{id}",
		},
		Grants: writeTable, Env: []EnvVar{EnvTable}, Timeout: 15, Memory: 512,
	},
	{
		Name: "importer", Doc: "reads uploaded spreadsheets, and lets their rows in chunk by chunk; takes announced files in, and makes archives",
		Queue: "files",
		Grants: with(writeTable, writeWork, Grant{Resource: DataBucket, Prefix: UploadPrefix, Actions: []string{"s3:GetObject"}},
			Grant{Resource: DataBucket, Prefix: WorkPrefix, Actions: []string{"s3:GetObject"}},
			Grant{Resource: DataBucket, Prefix: ExportPrefix, Actions: []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject"}}, readFiles, readMail),
		Env: []EnvVar{EnvTable, EnvMailBucket, EnvDataBucket}, Timeout: 120, Memory: 1024,
	},
	{
		Name: "imports", Doc: "spreadsheets to import: where to put them, and what became of their rows",
		Operations: []Operation{
			"GET /api/v2/imports", "POST /api/v2/imports", "GET /api/v2/imports/{id}", "POST /api/v2/imports/{id}/start",
			"GET /api/v2/imports/{id}/errors",
		},
		Grants: with(writeTable, writeWork, Grant{Resource: DataBucket, Prefix: UploadPrefix, Actions: []string{"s3:PutObject"}}),
		Env:    []EnvVar{EnvTable, EnvDataBucket}, Timeout: 15, Memory: 512,
	},
	{
		Name: "inbound", Doc: "what became of each inbound mail, and having it decided anew",
		Operations: []Operation{
			"GET /api/v2/inboundMail", "GET /api/v2/inboundMail/{id}", "POST /api/v2/inboundMail/{id}/replay", "POST /api/v2/inboundMail/{id}/release",
			"POST /api/v2/inboundMail/preview",
		},
		Grants: with(writeTable, readMail, writeFiles),
		Env:    []EnvVar{EnvTable, EnvMailBucket, EnvDataBucket, EnvMailDomain}, Timeout: 29, Memory: 1024, // the gateway waits for 30
	},
	{
		Name: "indexer", Doc: "follows the table's stream: keeps the words that records are found by, moves rows whose links changed, clears what expired",
		Stream: true,
		Grants: with(writeTable,
			Grant{Resource: Table, Actions: []string{"dynamodb:BatchWriteItem"}},
			Grant{Resource: DataBucket, Prefix: "files/", Actions: []string{"s3:DeleteObject"}}),
		Env: []EnvVar{EnvTable, EnvDataBucket}, Timeout: 60, Memory: 512,
	},
	{
		Name: "linker", Doc: "stores and links inbound mail",
		Queue:  "mail",
		Grants: with(writeTable, readMail, writeFiles),
		Env:    []EnvVar{EnvTable, EnvMailBucket, EnvDataBucket, EnvMailDomain}, Timeout: 60, Memory: 1024,
	},
	{
		Name: "mailbox", Doc: "mail threads and messages",
		Operations: []Operation{
			"GET /v1/mailbox/mailThreads", "GET /v1/mailbox/mailThreads/{id}", "PUT /v1/mailbox/mailThreads/{id}",
			"DELETE /v1/mailbox/mailThreads/{id}",
			"GET /v1/mailbox/mailThreads/{id}/mailMessages", "GET /v1/mailbox/mailMessages/{id}",
			"GET /api/v2/mailThreads/choose", "POST /api/v2/mailThreads/choose",
		},
		Grants: with(writeTable, readFiles), Env: []EnvVar{EnvTable, EnvDataBucket}, Timeout: 15, Memory: 512,
	},
	{
		Name: "misc", Doc: "users, settings, currencies, activity types, and the answer to unknown paths",
		Operations: []Operation{
			"GET /v1/users", "POST /v1/users", "GET /v1/users/me", "GET /v1/users/find", "GET /v1/users/{id}", "PUT /v1/users/{id}",
			"GET /api/v2/users/{id}/followers", "GET /v1/users/{id}/followers", "GET /v1/users/{id}/permissions", "GET /v1/users/{id}/roleAssignments", "GET /v1/users/{id}/roleSettings",
			"GET /v1/activityTypes", "POST /v1/activityTypes", "PUT /v1/activityTypes/{id}", "DELETE /v1/activityTypes/{id}",
			"GET /v1/currencies", "GET /v1/userSettings", "GET /v1/userConnections", "GET /v1/goals/find",
			"GET /v1/roles", "GET /v1/roles/{id}", "GET /v1/permissionSets", "GET /v1/permissionSets/{id}",
			"GET /api/v2/apiTokens", "POST /api/v2/apiTokens", "DELETE /api/v2/apiTokens/{id}", "GET /api/v2/auditLog",
			"GET /api/v2/inboundAddress", "POST /api/v2/inboundAddress/rotate",
			"GET /api/v2/userSettings", "PUT /api/v2/userSettings", "GET /api/v2/userSettings/stopQuestions", "POST /api/v2/userSettings/stopQuestions",
		},
		Default: true,
		Grants:  writeTable, Env: []EnvVar{EnvTable, EnvMailDomain}, Timeout: 15, Memory: 512,
	},
	{
		Name: "notes", Doc: "notes on deals, persons and organizations",
		Operations: []Operation{
			"GET /v1/notes", "POST /v1/notes", "GET /v1/notes/{id}", "PUT /v1/notes/{id}", "DELETE /v1/notes/{id}",
			"GET /v1/notes/{id}/comments", "POST /v1/notes/{id}/comments", "GET /v1/notes/{id}/comments/{uuid}",
			"PUT /v1/notes/{id}/comments/{uuid}", "DELETE /v1/notes/{id}/comments/{uuid}",
		},
		Grants: writeTable, Env: []EnvVar{EnvTable}, Timeout: 15, Memory: 512,
	},
	{
		Name: "organizations", Doc: "organizations, how they relate, their detail view, flow, files and mail",
		Operations: join(crud("/api/v2/organizations"), legacy("/v1/organizations"), detail("organizations"), []Operation{
			"DELETE /v1/organizations", "GET /v1/organizations/{id}/activities", "GET /v1/organizations/{id}/deals", "GET /v1/organizations/{id}/persons",
			"GET /v1/organizationRelationships", "POST /v1/organizationRelationships", "GET /v1/organizationRelationships/{id}",
			"PUT /v1/organizationRelationships/{id}", "DELETE /v1/organizationRelationships/{id}", "PUT /v1/organizations/{id}/merge",
		}),
		Grants: with(writeTable, readFiles), Env: []EnvVar{EnvTable, EnvDataBucket, EnvMailDomain}, Timeout: 15, Memory: 512,
	},
	{
		Name: "outbox", Doc: "mails for users: what they write, and links that confirm their addresses",
		Operations: []Operation{
			"GET /api/v2/userAddresses", "POST /api/v2/userAddresses", "DELETE /api/v2/userAddresses/{id}",
			"GET /api/v2/userAddresses/confirm", "POST /api/v2/userAddresses/confirm",
			"POST /api/v2/mailMessages", "GET /api/v2/mailMessages/{id}", "POST /api/v2/mailMessages/{id}/send",
		},
		Grants: with(writeTable, readFiles, writeFiles, sendMail), Env: []EnvVar{EnvTable, EnvDataBucket, EnvMailDomain}, Timeout: 29, Memory: 1024,
	},
	{
		Name: "persons", Doc: "persons, their detail view, flow, files and mail",
		Operations: join(crud("/api/v2/persons"), legacy("/v1/persons"), detail("persons"), []Operation{
			"DELETE /v1/persons", "GET /v1/persons/{id}/activities", "GET /v1/persons/{id}/deals", "GET /v1/persons/{id}/products",
			"GET /api/v2/persons/{id}/picture", "POST /v1/persons/{id}/picture", "DELETE /v1/persons/{id}/picture", "PUT /v1/persons/{id}/merge",
			"GET /api/v2/persons/{id}/linkSuggestions", "POST /api/v2/persons/{id}/linkSuggestions",
		}),
		Grants: with(writeTable, readFiles, writeFiles), Env: []EnvVar{EnvTable, EnvDataBucket, EnvMailDomain}, Timeout: 15, Memory: 512,
	},
	{
		Name: "pipelines", Doc: "pipelines, their stages and their figures",
		Operations: join(crud("/api/v2/pipelines"), crud("/api/v2/stages"), legacy("/v1/pipelines"), legacy("/v1/stages"), []Operation{
			"GET /v1/pipelines/{id}/conversion_statistics", "GET /v1/pipelines/{id}/movement_statistics", "GET /v1/pipelines/{id}/deals", "GET /v1/stages/{id}/deals",
			"DELETE /v1/stages",
		}),
		Grants: writeTable, Env: []EnvVar{EnvTable, EnvMailDomain}, Timeout: 15, Memory: 512,
	},
	{
		Name: "recents", Doc: "what changed since a time, over all kinds of records",
		Operations: []Operation{"GET /v1/recents"},
		Grants:     with(readTable, readFiles, Grant{Resource: Table, Actions: []string{"dynamodb:PutItem"}}), // it keeps where pages end
		Env:        []EnvVar{EnvTable, EnvDataBucket, EnvMailDomain}, Timeout: 15, Memory: 512,
	},
	{
		Name: "reminders", Doc: "mails what is due: reminders to owners of activities, questions about mail to users",
		Every:  time.Minute,
		Grants: with(writeTable, sendMail),
		Env:    []EnvVar{EnvTable, EnvMailDomain, EnvLinkURL, EnvAPIURL}, Timeout: 120, Memory: 256,
	},
	{
		Name: "search", Doc: "searches across deals, persons, organizations and files",
		Operations: []Operation{"GET /api/v2/itemSearch", "GET /api/v2/itemSearch/field", "GET /v1/itemSearch", "GET /v1/itemSearch/field"},
		Grants:     with(readTable, keepBookmarks, readFiles), Env: []EnvVar{EnvTable, EnvDataBucket, EnvMailDomain}, Timeout: 15, Memory: 512,
	},
	{
		Name: "sender", Doc: "sends to webhooks what was announced, and again what failed",
		Queue:  string(Deliveries),
		Grants: with(writeTable, inLine, Grant{Resource: Deliveries, Actions: []string{"sqs:ChangeMessageVisibility"}}),
		Env:    []EnvVar{EnvTable, EnvDeliveries}, Timeout: 150, Memory: 256,
	},
	{
		Name: "statistics", Doc: "makes figures of what happened to deals since the last run",
		Every:  time.Hour,
		Grants: writeTable, Env: []EnvVar{EnvTable}, Timeout: 600, Memory: 512,
	},
	{
		Name: "subscriptions", Doc: "webhooks: what their users want to be told of, and the keys that sign it",
		Operations: []Operation{
			"GET /v1/webhooks", "POST /v1/webhooks", "DELETE /v1/webhooks/{id}", "GET /api/v2/webhooks/keys", "POST /api/v2/webhooks/keys/rotate",
			"GET /api/v2/webhooks/{id}/deliveries", "POST /api/v2/webhooks/{id}/deliveries/{delivery_id}/replay",
		},
		Grants: with(writeTable, inLine), Env: []EnvVar{EnvTable, EnvDeliveries}, Timeout: 15, Memory: 512,
	},
	{
		Name: "sweeper", Doc: "finds raw mail that nobody was told of, and has it linked",
		Every:  24 * time.Hour,
		Grants: with(writeTable, readMail, writeFiles, Grant{Resource: MailBucket, Prefix: MailPrefix, Actions: []string{"s3:ListBucket"}}),
		Env:    []EnvVar{EnvTable, EnvMailBucket, EnvDataBucket, EnvMailDomain}, Timeout: 900, Memory: 1024,
	},
	{
		Name: "teams", Doc: "teams, users and tokens; no routes, invoked with AWS credentials only",
		Grants: writeTable, Env: []EnvVar{EnvTable, EnvMailDomain}, Timeout: 15, Memory: 512,
	},
	{
		Name: "webhooks", Doc: "follows the table's stream: announces changes of records to the webhooks that want them",
		Stream: true, Kept: []string{"users", "pipelines", "activityTypes"},
		Grants: with(writeTable, inLine), Env: []EnvVar{EnvTable, EnvDeliveries, EnvMailDomain, EnvLinkURL}, Timeout: 60, Memory: 512,
	},
})

// limited has every function that knows tokens count what they ask for: it gets the limit, and may write the count.
func limited(functions []Function) []Function {
	for i, f := range functions {
		if len(f.Operations) == 0 || !slices.Contains(f.Env, EnvTable) {
			continue
		}
		functions[i].Env = append(slices.Clone(f.Env), EnvRateLimit)
		const count = "dynamodb:UpdateItem"
		if !slices.ContainsFunc(f.Grants, func(g Grant) bool { return g.Resource == Table && slices.Contains(g.Actions, count) }) {
			functions[i].Grants = with(f.Grants, Grant{Resource: Table, Actions: []string{count}})
		}
	}
	return functions
}

func crud(root string) []Operation {
	return []Operation{
		Operation("GET " + root), Operation("POST " + root),
		Operation("GET " + root + "/{id}"), Operation("PATCH " + root + "/{id}"), Operation("DELETE " + root + "/{id}"),
	}
}

// fields are what every record has that teams add fields to.
func fields(entity string) []Operation {
	v1, v2 := "/v1/"+entity+"Fields", "/api/v2/"+entity+"Fields"
	one := v2 + "/{field_code}"
	return []Operation{
		Operation("GET " + v2), Operation("POST " + v2), Operation("GET " + one), Operation("PATCH " + one), Operation("DELETE " + one),
		Operation("POST " + one + "/options"), Operation("PATCH " + one + "/options"), Operation("DELETE " + one + "/options"),
		Operation("GET " + v1), Operation("POST " + v1), Operation("DELETE " + v1),
		Operation("GET " + v1 + "/{id}"), Operation("PUT " + v1 + "/{id}"), Operation("DELETE " + v1 + "/{id}"),
	}
}

// legacy are the operations that v1 has on records besides those of v2 (contract §4).
func legacy(root string) []Operation {
	return []Operation{
		Operation("GET " + root), Operation("POST " + root),
		Operation("GET " + root + "/{id}"), Operation("PUT " + root + "/{id}"), Operation("DELETE " + root + "/{id}"),
	}
}

// detail is what records with a detail view answer besides their own fields.
func detail(entities string) []Operation {
	return []Operation{
		Operation("GET /api/v2/" + entities + "/search"), Operation("GET /v1/" + entities + "/search"),
		Operation("GET /api/v2/" + entities + "/{id}/view"),
		Operation("GET /v1/" + entities + "/{id}/flow"),
		Operation("GET /v1/" + entities + "/{id}/changelog"),
		Operation("GET /v1/" + entities + "/{id}/permittedUsers"),
		Operation("GET /v1/" + entities + "/{id}/files"),
		Operation("GET /v1/" + entities + "/{id}/mailMessages"),
		Operation("GET /api/v2/" + entities + "/{id}/followers"),
		Operation("POST /api/v2/" + entities + "/{id}/followers"),
		Operation("DELETE /api/v2/" + entities + "/{id}/followers/{user_id}"),
		Operation("GET /api/v2/" + entities + "/{id}/followers/changelog"),
		Operation("GET /v1/" + entities + "/{id}/followers"),
		Operation("POST /v1/" + entities + "/{id}/followers"),
		Operation("DELETE /v1/" + entities + "/{id}/followers/{user_id}"),
	}
}

func join(lists ...[]Operation) (all []Operation) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}
