package dynamo

import (
	"context"
	"fmt"
	"strings"

	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

const (
	kindPipeline = pipelines.KindPipeline
	kindStage    = pipelines.KindStage
)

var (
	pipelineKind = kindOf[pipelines.Pipeline]{name: kindPipeline, extra: func(_ int64, p pipelines.Pipeline, it item) {
		expire(it, p.Deleted, p.UpdateTime)
	}}
	stageKind = kindOf[pipelines.Stage]{name: kindStage, extra: func(_ int64, s pipelines.Stage, it item) {
		expire(it, s.Deleted, s.UpdateTime)
	}}
)

// Pipelines keeps pipelines and stages, in one collection.
type Pipelines struct{ *DB }

var _ pipelines.Store = Pipelines{}

// Board reads the collection with one query.
func (p Pipelines) Board(ctx context.Context, team int64) (b pipelines.Board, err error) {
	items, _, err := p.query(ctx, query{pk: schema.Pipeline.Partition(team), from: " ", to: "~"})
	if err != nil {
		return b, fmt.Errorf("dynamo.Board: %w", err)
	}
	for _, it := range items {
		if strings.HasPrefix(textOf(it, schema.SK), schema.Stage.Prefix()) {
			s, err := stageKind.decode(it)
			if err != nil {
				return b, err
			}
			b.Stages = append(b.Stages, s)
			continue
		}
		pl, err := pipelineKind.decode(it)
		if err != nil {
			return b, err
		}
		b.Pipelines = append(b.Pipelines, pl)
	}
	return b, nil
}

// DealsIn asks the index of stages for one deal that is not deleted; an archived one counts, since it can come back.
func (p Pipelines) DealsIn(ctx context.Context, team, stage int64) (bool, error) {
	for _, archived := range []bool{false, true} {
		l := value.List{Links: map[string]int64{value.ByStage: stage}, Archived: archived, Limit: 1}
		for more := true; more; more = l.Cursor != "" {
			page, err := listPage(ctx, p.DB, team, dealKind, l)
			if err != nil || len(page.Items) > 0 {
				return len(page.Items) > 0, err
			}
			l.Cursor = page.Next
		}
	}
	return false, nil
}
