package dynamo

import "github.com/lejek/lejek/shared/change"

// kinds are all kinds of records, by the first part of their Ref.
var kinds = map[string]kind{
	change.Deal:         dealKind,
	change.Person:       personKind,
	change.Organization: organizationKind,
	change.Relation:     relationKind,
	change.Activity:     activityKind,
	change.Note:         noteKind,
	kindActivityType:    activityTypeKind,
	kindPipeline:        pipelineKind,
	kindStage:           stageKind,
	kindTeam:            teamKind,
	kindUser:            userKind,
	change.File:         fileKind,
	change.MailThread:   mailThreadKind,
	change.MailMessage:  mailMessageKind,
	change.InboundMail:  ledgerKind,
	change.MessageID:    aliasKind,
	change.Fingerprint:  aliasKind,
	change.Signpost:     kindOf[change.Post]{name: change.Signpost},
}
