package openapi

import "github.com/lejek/lejek/shared/manifest"

// summaries says in a line what each operation does. A test demands one for every operation.
var summaries = func() map[manifest.Operation]string {
	all := map[manifest.Operation]string{
		"GET /v1/users":      "All users of the team",
		"GET /v1/users/me":   "The token's user and company",
		"GET /v1/users/{id}": "One user",

		"GET /v1/users/{id}/followers":     "Who follows a user: nobody, records are followed",
		"GET /api/v2/users/{id}/followers": "Who follows a user: nobody, records are followed",

		"POST /v1/users":                     "Add a user to the team; admins only",
		"GET /v1/users/find":                 "Users by a part of their name or address",
		"PUT /v1/users/{id}":                 "Switch a user off or on; admins only",
		"GET /v1/users/{id}/permissions":     "What a user may do",
		"GET /v1/users/{id}/roleAssignments": "The role of a user: everyone's",
		"GET /v1/users/{id}/roleSettings":    "What the role of a user sees",
		"GET /v1/roles":                      "The one role there is",
		"GET /v1/roles/{id}":                 "One role",
		"GET /v1/permissionSets":             "The sets of permissions: of admins and of everyone else",
		"GET /v1/permissionSets/{id}":        "One set of permissions",
		"GET /v1/goals/find":                 "No goals: there are none",
		"GET /v1/userConnections":            "No connections: there are none",
		"POST /v1/activityTypes":             "Add a type of activities",
		"PUT /v1/activityTypes/{id}":         "Change the given fields of a type of activities",
		"DELETE /v1/activityTypes/{id}":      "Take a type of activities out of use",

		"GET /api/v2/apiTokens":         "Your tokens; all of the team's for an admin",
		"POST /api/v2/apiTokens":        "Make a token; it is shown this once",
		"DELETE /api/v2/apiTokens/{id}": "Revoke a token",
		"GET /api/v2/auditLog":          "Administrative acts, newest first, for admins",

		"POST /api/v2/mailMessages":           "Write a mail, or answer in a thread; it is stored and sent",
		"GET /api/v2/mailMessages/{id}":       "A mail that was written here, and what became of it",
		"POST /api/v2/mailMessages/{id}/send": "Send a mail again that did not go out, or of which nobody knows",

		"GET /api/v2/persons/{id}/linkSuggestions":  "Earlier mail that may belong to a person: of an address that the person has come to have, or without a deal while there is an open one; newest first",
		"POST /api/v2/persons/{id}/linkSuggestions": "Accept suggestions: their threads become the person's, with a deal if you name one",

		"GET /api/v2/userAddresses":          "Your mailboxes besides the one of your user",
		"POST /api/v2/userAddresses":         "Add a mailbox of yours; it gets a link that confirms it, for three days",
		"DELETE /api/v2/userAddresses/{id}":  "Take a mailbox away",
		"GET /api/v2/userAddresses/confirm":  "The page that a link leads to; it changes nothing",
		"POST /api/v2/userAddresses/confirm": "Confirm the mailbox that a link is about, from its page",

		"GET /api/v2/mailThreads/choose":  "The page that a link in a question leads to; it changes nothing",
		"POST /api/v2/mailThreads/choose": "Link a mail thread to the deal that a link is about, or to none, from its page",

		"GET /api/v2/userSettings":                "What you have set for yourself",
		"PUT /api/v2/userSettings":                "Set what is given: whether you are asked by mail which deal a mail is about",
		"GET /api/v2/userSettings/stopQuestions":  "The page that a link in a question leads to; it changes nothing",
		"POST /api/v2/userSettings/stopQuestions": "Stop questions by mail to the user that a link is about, from its page",

		"GET /v1/currencies":    "All currencies",
		"GET /v1/activityTypes": "All types of activities",
		"GET /v1/userSettings":  "Settings of the token's user",

		"GET /v1/activityFields":                  "All fields of an activity",
		"GET /v1/noteFields":                      "All fields of a note",
		"GET /api/v2/activityFields":              "All fields of an activity",
		"GET /api/v2/activityFields/{field_code}": "One field of an activity",

		"GET /v1/recents": "What changed since a time, deletions too, over all kinds of records, oldest change first",

		"GET /v1/notes":         "Notes, by what they hang on",
		"POST /v1/notes":        "Add a note to a deal, a person or an organization",
		"GET /v1/notes/{id}":    "One note",
		"PUT /v1/notes/{id}":    "Change the given fields of a note",
		"DELETE /v1/notes/{id}": "Delete a note",

		"GET /v1/notes/{id}/comments":           "Comments on a note, oldest first",
		"POST /v1/notes/{id}/comments":          "Comment on a note",
		"GET /v1/notes/{id}/comments/{uuid}":    "One comment",
		"PUT /v1/notes/{id}/comments/{uuid}":    "Change a comment",
		"DELETE /v1/notes/{id}/comments/{uuid}": "Delete a comment",

		"GET /v1/webhooks":                                           "Your webhooks; all of the team's for an admin",
		"POST /v1/webhooks":                                          "Have an address told of events",
		"DELETE /v1/webhooks/{id}":                                   "Remove a webhook",
		"GET /api/v2/webhooks/{id}/deliveries":                       "What was sent to a webhook in the last two weeks, newest first",
		"POST /api/v2/webhooks/{id}/deliveries/{delivery_id}/replay": "Send a delivery again, under the same id",
		"GET /api/v2/webhooks/keys":                                  "The keys that sign deliveries, the newest first; admins only",
		"GET /api/v2/inboundAddress":                                 "The address under which the team receives mail, and former ones that still do",
		"POST /api/v2/inboundAddress/rotate":                         "Get another address; the one before receives mail for thirty days more; admins only",
		"POST /api/v2/webhooks/keys/rotate":                          "Make a new key; those before it go on signing for a day; admins only",

		"GET /v1/filters":         "All saved filters, without their conditions",
		"POST /v1/filters":        "Save a filter; lists take its id as filter_id",
		"GET /v1/filters/{id}":    "One filter with its conditions",
		"PUT /v1/filters/{id}":    "Change a filter's name or conditions",
		"DELETE /v1/filters/{id}": "Delete a filter",
		"DELETE /v1/filters":      "Delete several filters at once, at most 100",
		"GET /v1/filters/helpers": "Operators, relative dates and parts of addresses that conditions can have",

		"GET /v1/organizationRelationships":         "The relations of an organization",
		"POST /v1/organizationRelationships":        "Relate two organizations",
		"GET /v1/organizationRelationships/{id}":    "One relation",
		"PUT /v1/organizationRelationships/{id}":    "Change a relation",
		"DELETE /v1/organizationRelationships/{id}": "Remove a relation",

		"GET /v1/files":                  "All files, with what they hang on",
		"GET /v1/files/{id}":             "One file's record",
		"POST /v1/files":                 "Give a file of up to 4.5 MB to records",
		"PUT /v1/files/{id}":             "Change a file's name or description",
		"DELETE /v1/files/{id}":          "Delete a file",
		"POST /v1/files/remote":          "Not supported: upload the file itself",
		"POST /v1/files/remoteLink":      "Not supported: upload the file itself",
		"POST /api/v2/files/uploads":     "Announce a file of up to 100 MB: the answer says where to put it",
		"GET /api/v2/files/uploads/{id}": "Whether an announced file is there yet",
		"GET /v1/files/{id}/download":    "The file itself, by a redirect to a signed address",

		"GET /v1/mailbox/mailThreads":                   "Mail threads of the token's user in a folder",
		"GET /v1/mailbox/mailThreads/{id}":              "One mail thread",
		"PUT /v1/mailbox/mailThreads/{id}":              "Link a mail thread to a deal or a person, mark it as read or archive it",
		"DELETE /v1/mailbox/mailThreads/{id}":           "Delete a mail thread with its messages and their attachments",
		"GET /v1/mailbox/mailThreads/{id}/mailMessages": "The messages of a thread",
		"GET /v1/mailbox/mailMessages/{id}":             "One mail message",
		"GET /api/v2/inboundMail":                       "What became of each raw mail that came in",
		"GET /api/v2/inboundMail/{id}":                  "What became of one raw mail, and why",
		"POST /api/v2/inboundMail/{id}/replay":          "Decide anew what becomes of a mail",
		"POST /api/v2/inboundMail/{id}/release":         "Let a mail out of quarantine",
		"POST /api/v2/inboundMail/preview":              "What would become of a mail; nothing is kept of it",

		"PUT /v1/deals/{id}/merge":                                 "Have a deal absorbed by another one, which keeps its values",
		"PUT /v1/persons/{id}/merge":                               "Have a person absorbed by another one, who keeps the values",
		"PUT /v1/organizations/{id}/merge":                         "Have an organization absorbed by another one, which keeps its values",
		"GET /v1/deals/{id}/participants":                          "Who takes part in a deal: its own person first",
		"POST /v1/deals/{id}/participants":                         "Have a person take part in a deal",
		"DELETE /v1/deals/{id}/participants/{deal_participant_id}": "Have somebody take part in a deal no more",
		"GET /v1/deals/{id}/participantsChangelog":                 "Who came to take part in a deal, and who went, newest first",

		"GET /api/v2/persons/{id}/picture": "Where the picture of a person can be seen",
		"POST /v1/persons/{id}/picture":    "Give a person a picture",
		"DELETE /v1/persons/{id}/picture":  "Take the picture of a person away",

		"GET /api/v2/itemSearch":           "Search deals, persons, organizations and files",
		"GET /api/v2/itemSearch/field":     "Search records by one field, case included",
		"GET /v1/itemSearch":               "Search deals, persons, organizations and files; pages by offset",
		"GET /v1/itemSearch/field":         "Search one field, case included; pages by offset",
		"GET /v1/pipelines/{id}/deals":     "The open deals of a pipeline",
		"GET /v1/stages/{id}/deals":        "The open deals of a stage",
		"GET /api/v2/deals/search":         "Search deals",
		"GET /api/v2/persons/search":       "Search persons",
		"GET /api/v2/organizations/search": "Search organizations",

		"GET /v1/deals/archived":                       "List archived deals in v1's form",
		"GET /api/v2/deals/archived":                   "List archived deals",
		"POST /api/v2/deals/{id}/duplicate":            "Make a new open deal with the same content",
		"POST /v1/deals/{id}/duplicate":                "Make a new open deal with the same content",
		"GET /v1/deals/summary/archived":               "Sums of all archived deals",
		"GET /v1/deals/summary":                        "Sums of all deals that are not archived",
		"GET /v1/deals/timeline":                       "Open and won deals by period",
		"GET /v1/pipelines/{id}/conversion_statistics": "What part of the deals went from stage to stage in a period",
		"GET /v1/pipelines/{id}/movement_statistics":   "What happened in a pipeline in a period",
		"GET /api/v2/activities/{id}/reminders":        "What became of the reminders of an activity",
		"GET /api/v2/exports":                          "All exports of the team, for admins",
		"POST /api/v2/exports":                         "Have an archive made of all that the team has",
		"GET /api/v2/exports/{id}":                     "How far an export is, and where its archive can be had",
		"DELETE /api/v2/exports/{id}":                  "Remove an export and its archive",

		"GET /api/v2/imports":             "All imports of spreadsheets",
		"POST /api/v2/imports":            "Begin an import: the answer says where to put the file",
		"GET /api/v2/imports/{id}":        "How far an import is",
		"POST /api/v2/imports/{id}/start": "Start an import that waits to be started",
		"GET /api/v2/imports/{id}/errors": "The rows of an import that failed",
	}
	for entity, one := range map[string]string{
		"deals": "deal", "persons": "person", "organizations": "organization", "activities": "activity", "pipelines": "pipeline", "stages": "stage",
	} {
		a := "a " + one
		if one[0] == 'a' || one[0] == 'o' {
			a = "an " + one
		}
		root := manifest.Operation(" /api/v2/" + entity)
		all["GET"+root] = "List " + entity
		all["POST"+root] = "Add " + a
		all["GET"+root+"/{id}"] = "One " + one
		all["PATCH"+root+"/{id}"] = "Change the given fields of " + a
		all["DELETE"+root+"/{id}"] = "Delete " + a
		old := manifest.Operation(" /v1/" + entity)
		all["GET"+old] = "List " + entity + " in v1's form"
		all["POST"+old] = "Add " + a + " in v1's form"
		all["GET"+old+"/{id}"] = "One " + one + " in v1's form"
		all["PUT"+old+"/{id}"] = "Change the given fields of " + a + " in v1's form"
		all["DELETE"+old+"/{id}"] = "Delete " + a
		if entity != "pipelines" {
			all["DELETE"+old] = "Delete several " + entity + " at once, at most 100"
		}
	}
	for _, entity := range []string{"deal", "person", "organization"} {
		v1, v2 := manifest.Operation(" /v1/"+entity+"Fields"), manifest.Operation(" /api/v2/"+entity+"Fields")
		a := "a " + entity
		if entity[0] == 'o' {
			a = "an " + entity
		}
		for root, one := range map[manifest.Operation]manifest.Operation{v1: "/{id}", v2: "/{field_code}"} {
			all["GET"+root] = "All fields of " + a
			all["POST"+root] = "Add a custom field to every " + entity
			all["GET"+root+one] = "One field of " + a
			all["DELETE"+root+one] = "Delete a custom field; its values are hidden at once"
		}
		all["PATCH"+v2+"/{field_code}"] = "Change the given properties of a custom field"
		all["PUT"+v1+"/{id}"] = "Change the given properties of a custom field, and its options as a whole"
		all["DELETE"+v1] = "Delete several custom fields at once"
		all["POST"+v2+"/{field_code}/options"] = "Add options to a field: all or none"
		all["PATCH"+v2+"/{field_code}/options"] = "Rename options of a field: all or none"
		all["DELETE"+v2+"/{field_code}/options"] = "Delete options of a field: all or none"
	}
	for entity, one := range map[string]string{"deals": "a deal", "persons": "a person", "organizations": "an organization"} {
		v1 := manifest.Operation("GET /v1/" + entity + "/{id}/")
		all[manifest.Operation("GET /api/v2/"+entity+"/{id}/view")] = "The whole detail view of " + one
		all[manifest.Operation("GET /v1/"+entity+"/search")] = "Search " + entity + "; pages by offset"
		all[v1+"activities"] = "The activities of " + one
		if entity == "deals" {
			all[v1+"persons"] = "The persons of " + one
		} else {
			all[v1+"deals"] = "The deals of " + one
		}
		if entity == "organizations" {
			all[v1+"persons"] = "The persons of " + one
		} else {
			all[v1+"products"] = "No products: there are none"
		}
		all[v1+"flow"] = "What happened around " + one
		all[v1+"changelog"] = "What was changed about " + one
		all[v1+"permittedUsers"] = "Who sees " + one
		all[v1+"files"] = "The files of " + one
		all[v1+"mailMessages"] = "The mail of " + one
		followers := manifest.Operation(" /api/v2/" + entity + "/{id}/followers")
		all["GET"+followers] = "Who follows " + one
		old := manifest.Operation(" /v1/" + entity + "/{id}/followers")
		all["GET"+old] = "Who follows " + one + "; pages by offset"
		all["POST"+old] = "Have a user follow " + one
		all["DELETE"+old+"/{user_id}"] = "Have a user follow " + one + " no more"
		all["POST"+followers] = "Have a user follow " + one
		all["DELETE"+followers+"/{user_id}"] = "Have a user follow " + one + " no more"
		all["GET"+followers+"/changelog"] = "Who came and went among the followers of " + one
	}
	return all
}()
