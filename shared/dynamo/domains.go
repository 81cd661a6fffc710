package dynamo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/schema"
)

// personKeys list persons who have an organization by the site of their primary address, so that mail from a colleague finds
// the organization. It is an index and may lag: the worst is a new person without an organization.
func personKeys(team int64, p persons.Person, it item) {
	if p.Deleted || p.OrganizationID == nil || !strings.Contains(p.PrimaryEmail(), "@") {
		return
	}
	it[schema.ByTime.PK] = text(schema.ListPartition(team, change.Person, "site", site(change.NormalAddress(p.PrimaryEmail()))))
	it[schema.ByTime.SK] = text(padded(p.ID))
}

// site is a coarse form of a domain: its last two labels, three where a country's registry sells names below a label of its own, as in
// co.uk or com.pl. It only narrows the search; whoever asks compares registrable domains, which takes the list of public suffixes.
func site(addressOrDomain string) string {
	labels := strings.Split(addressOrDomain[strings.LastIndexByte(addressOrDomain, '@')+1:], ".")
	n := 2
	if len(labels) > 2 && len(labels[len(labels)-1]) == 2 && slices.Contains(registries, labels[len(labels)-2]) {
		n = 3
	}
	return strings.Join(labels[max(0, len(labels)-n):], ".")
}

// registries are labels below a country's own that names are sold under. One that is missing makes a site coarser, not wrong.
var registries = []string{
	"ac", "co", "com", "edu", "gob", "gouv", "gov", "govt", "info", "ltd", "me", "mil", "ne", "net", "nhs", "nom", "or", "org", "plc", "sch", "waw",
}

// PersonsAtSite are some persons with an organization whose primary address is in the site of a domain.
func (db *DB) PersonsAtSite(ctx context.Context, team int64, domain string, limit int) ([]persons.Person, error) {
	out, err := db.client.Query(ctx, &dynamodb.QueryInput{
		TableName: &db.table, IndexName: aws.String(schema.ByTime.Name), Limit: aws.Int32(int32(limit)),
		KeyConditionExpression:    aws.String("#p = :p"),
		ExpressionAttributeNames:  map[string]string{"#p": schema.ByTime.PK},
		ExpressionAttributeValues: item{":p": text(schema.ListPartition(team, change.Person, "site", site(domain)))},
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("dynamo.PersonsAtSite: %w", err))
	}
	redirects, err := db.Redirects(ctx, team)
	if err != nil {
		return nil, err
	}
	near := make([]persons.Person, len(out.Items))
	for i, it := range out.Items {
		if near[i], err = personKind.read(it, redirects); err != nil {
			return nil, err
		}
	}
	return near, nil
}
