package dynamo

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/schema"
)

// bookmarkLife is how long a client may take between two pages of an offset list without the second costing more.
const bookmarkLife = 24 * time.Hour

// Bookmarks keep where pages of offset lists ended. An index cannot be entered at the nth row, so without them a page would
// read all that lies before it, and a whole list would cost the square of its length. They are no records: losing one costs
// reads, nothing else, so they are written beside all transactions.
type Bookmarks struct{ *DB }

// Bookmark is the cursor that was kept under a name; "" when there is none.
func (b Bookmarks) Bookmark(ctx context.Context, team int64, name string) (string, error) {
	it, err := b.get(ctx, schema.Bookmark.Key(team, name))
	if err != nil {
		return "", fmt.Errorf("dynamo.Bookmark: %w", err)
	}
	return textOf(it, "Cursor"), nil
}

// KeepBookmark keeps a cursor under a name.
func (b Bookmarks) KeepBookmark(ctx context.Context, team int64, name, cursor string) error {
	_, err := b.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &b.table, Item: merge(keyItem(schema.Bookmark.Key(team, name)), item{
		"Cursor": text(cursor), schema.Expires: number(b.now().Add(bookmarkLife).Unix()),
	})})
	if err != nil {
		return unavailable(fmt.Errorf("dynamo.KeepBookmark: %w", err))
	}
	return nil
}
