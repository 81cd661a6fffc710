package dynamo

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

var noteKind = kindOf[notes.Note]{name: change.Note, facets: notes.Note.Facets, follow: followPlaced[notes.Note]}

// Notes keeps notes.
type Notes struct{ records[notes.Note] }

var _ notes.Store = Notes{}

// NewNotes keeps notes in db.
func NewNotes(db *DB) Notes { return Notes{records[notes.Note]{db, noteKind, "Note"}} }

// maxSkim is how many queries one list of notes makes. Each reads 1 MB, whatever is left out of its answer: at half a unit for
// 4 KB that is 128 units, so that the farthest page costs about 19 000 units and five seconds, beyond some 150 000 notes.
const maxSkim = 150

// skimmed are the attributes that lists of notes sort and filter by.
var skimmed = strings.Fields("ID UserID DealID PersonID OrganizationID PinnedToDeal PinnedToPerson PinnedToOrganization AddTime UpdateTime Deleted " + schema.Expires)

// Skim reads an index, which may lag behind the last writes.
func (n Notes) Skim(ctx context.Context, team int64, l value.List, content bool, each func(notes.Note) bool) (complete bool, err error) {
	p := planOf(team, n.kind.name, l)
	if p.from >= p.to {
		return true, nil
	}
	redirects, err := n.Redirects(ctx, team)
	if err != nil {
		return false, err
	}
	in := p.query(n.DB, l)
	var projection []string
	for i, name := range skimmed {
		projection = append(projection, fmt.Sprint("#", i))
		in.ExpressionAttributeNames[projection[i]] = name
	}
	if content {
		in.ExpressionAttributeNames["#content"] = "Content"
		projection = append(projection, "#content")
	}
	in.ProjectionExpression = aws.String(strings.Join(projection, ", "))
	if l.Limit > 0 && !p.filtered {
		in.Limit = aws.Int32(int32(l.Limit)) // only for the first: should it not do, as much as one query reads
	}
	for range maxSkim {
		out, err := n.client.Query(ctx, in)
		if err != nil {
			return false, unavailable(fmt.Errorf("dynamo.Notes.Skim %s: %w", p.index.Name, err))
		}
		for _, it := range out.Items {
			note, err := noteKind.read(it, redirects)
			if err != nil {
				return false, err
			}
			if n.alive(it) && l.Matches(noteKind.facets(note)) && !each(note) {
				return true, nil
			}
		}
		if in.ExclusiveStartKey, in.Limit = out.LastEvaluatedKey, nil; in.ExclusiveStartKey == nil {
			return true, nil
		}
	}
	return false, nil
}
