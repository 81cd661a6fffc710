package dynamo

import (
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/imports"
	"github.com/lejek/lejek/shared/reminders"
	"github.com/lejek/lejek/shared/statistics"
)

// kinds are all kinds of records, by the first part of their Ref.
var kinds = map[string]kind{
	change.Deal:            dealKind,
	change.Person:          personKind,
	change.Organization:    organizationKind,
	change.Relation:        relationKind,
	change.Activity:        activityKind,
	kindActivityType:       activityTypeKind,
	fields.KindDefinitions: definitionsKind,
	fields.KindOptions:     optionsKind,
	kindPipeline:           pipelineKind,
	kindStage:              stageKind,
	reminders.Kind:         reminderKind,
	statistics.KindMark:    markKind,
	statistics.KindTotals:  totalsKind,
	statistics.KindTrail:   trailKind,
	imports.KindImport:     importKind,
	imports.KindChunk:      importChunkKind,
	imports.KindRow:        importRowKind,
	imports.KindErrors:     importErrorsKind,
	kindTeam:               teamKind,
	kindUser:               userKind,
	change.MailThread:      mailThreadKind,
	change.MailMessage:     mailMessageKind,
	change.InboundMail:     ledgerKind,
	change.MessageID:       aliasKind,
	change.Fingerprint:     aliasKind,
	change.Note:            noteKind,
	change.File:            fileKind,
	change.Signpost:        kindOf[change.Post]{name: change.Signpost},
}
