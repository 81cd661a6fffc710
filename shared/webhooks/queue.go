package webhooks

import (
	"context"
	"fmt"
	"time"
)

// Job is a delivery's place in line: with Series 0 that of its first attempt, behind the earlier ones of its record; else that of
// its retries, or of a replay, behind nobody.
type Job struct {
	Team     int64
	Webhook  int64
	Delivery string
	Series   int64
}

// Queued is a job with the line that it stands in. A second one of the same Once within a few minutes is none.
type Queued struct {
	Job
	Group string
	Once  string
}

// Queue is the line.
type Queue interface {
	// Send puts jobs in line, in their order.
	Send(ctx context.Context, jobs []Queued) error
	// Hide has a received job come back after a time.
	Hide(ctx context.Context, receipt string, after time.Duration) error
}

// first stands behind the deliveries of the same record to the same webhook.
func (d Delivery) first(team int64) Queued {
	return Queued{Job: Job{Team: team, Webhook: d.WebhookID, Delivery: d.ID}, Group: fmt.Sprintf("%d/%d/%s", team, d.WebhookID, d.Record), Once: d.ID}
}

// later stands in a line of its own, so that nobody waits behind it.
func (d Delivery) later(team int64) Queued {
	return Queued{Job: Job{Team: team, Webhook: d.WebhookID, Delivery: d.ID, Series: retries}, Group: d.ID, Once: d.ID + "-retries"}
}

// retries is the Series of a delivery's retries; those of replays are above.
const retries = 1
