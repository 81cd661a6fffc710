package dynamo

import (
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/exports"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/imports"
	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/reminders"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/signed"
	"github.com/lejek/lejek/shared/statistics"
	"github.com/lejek/lejek/shared/webhooks"
)

// discardKind is removed as soon as TTL comes by.
var discardKind = kindOf[change.Discard]{name: change.Discarded, extra: func(_ int64, d change.Discard, it item) {
	it[schema.Expires] = number(d.At.Unix())
}}

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
	filters.Kind:           filterKind,
	kindPipeline:           pipelineKind,
	kindStage:              stageKind,
	reminders.Kind:         reminderKind,
	statistics.KindMark:    markKind,
	statistics.KindTotals:  totalsKind,
	statistics.KindTrail:   trailKind,
	exports.Kind:           exportKind,
	imports.KindImport:     importKind,
	imports.KindChunk:      importChunkKind,
	imports.KindRow:        importRowKind,
	imports.KindErrors:     importErrorsKind,
	signed.Kind:            linkKeysKind,
	kindTeam:               teamKind,
	webhooks.Kind:          webhookKind,
	webhooks.KindKeys:      signingKeysKind,
	webhooks.KindDelivery:  deliveryKind,
	webhooks.KindBody:      deliveryBodyKind,
	kindUser:               userKind,
	change.MailThread:      mailThreadKind,
	change.MailMessage:     mailMessageKind,
	change.InboundMail:     ledgerKind,
	change.MessageID:       aliasKind,
	change.Fingerprint:     aliasKind,
	change.Note:            noteKind,
	notes.KindComment:      commentKind,
	change.File:            fileKind,
	files.KindIncoming:     incomingKind,
	change.Discarded:       discardKind,
	change.ContentOf:       kindOf[change.Content]{name: change.ContentOf},
	change.Signpost:        kindOf[change.Post]{name: change.Signpost},
}
