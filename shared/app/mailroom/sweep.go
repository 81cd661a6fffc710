package mailroom

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/mail"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/manifest"
)

// SetupID is the id under which SES tries a new rule out.
const SetupID = "AMAZON_SES_SETUP_NOTIFICATION"

// Stored lists raw mail, a thousand at a time, in the order of keys.
func (r Room) Stored(ctx context.Context, after string) (page []mailbox.Object, more bool, err error) {
	in := &s3.ListObjectsV2Input{Bucket: &r.MailBucket, Prefix: aws.String(manifest.MailPrefix)}
	if after != "" {
		in.StartAfter = &after
	}
	out, err := r.S3.ListObjectsV2(ctx, in)
	if err != nil {
		return nil, false, fmt.Errorf("mailroom.Stored: %w", err)
	}
	for _, o := range out.Contents {
		page = append(page, mailbox.Object{Key: aws.ToString(o.Key), Size: aws.ToInt64(o.Size), Stored: aws.ToTime(o.LastModified)})
	}
	return page, aws.ToBool(out.IsTruncated) && len(page) > 0, nil
}

// Settle links a raw mail that no ledger knows.
func (r Room) Settle(ctx context.Context, o mailbox.Object) (found bool, err error) {
	id := strings.TrimPrefix(o.Key, manifest.MailPrefix)
	if id == "" || id == SetupID || strings.Contains(id, "/") {
		return false, nil
	}
	recipients, err := r.sentTo(ctx, o)
	if err != nil {
		return false, err
	}
	teams, _, err := r.route(ctx, recipients)
	if err != nil {
		return false, err
	}
	for _, t := range teams {
		known, err := r.Linker.Store.Look(ctx, t.team, id, nil, nil)
		if err != nil {
			return false, err
		}
		found = found || known.Entry == nil
	}
	if len(teams) == 0 {
		fate, err := r.DB.Unroutable(ctx, id)
		if err != nil || fate != "" {
			return false, err
		}
		return true, r.unroutable(ctx, id)
	}
	if !found {
		return false, nil
	}
	return true, r.Post(ctx, mailbox.Delivery{RawID: id, RawKey: o.Key, Recipients: recipients, Received: o.Stored.UTC(), Swept: true})
}

// sentTo is whom a raw mail was sent to. The envelope is lost with the notice, but for the address that the receiving server wrote into
// its own Received field; it names none when there were several, and then the mail itself has to tell.
func (r Room) sentTo(ctx context.Context, o mailbox.Object) (recipients []string, err error) {
	if o.Size == 0 {
		return nil, nil
	}
	head, err := r.head(ctx, o.Key)
	if err != nil {
		return nil, err
	}
	p, err := mail.Parse(head, mail.DefaultLimits)
	if err != nil {
		return nil, nil // what is not mail was sent to nobody
	}
	if p.ReceivedFor != "" {
		return []string{change.NormalAddress(p.ReceivedFor)}, nil
	}
	for _, a := range slices.Concat(p.To, p.Cc, p.Bcc) {
		if address := change.NormalAddress(a.Email); strings.HasSuffix(address, "@"+r.MailDomain) && len(recipients) < maxSentTo {
			recipients = append(recipients, address)
		}
	}
	return recipients, nil
}

const maxSentTo = 100 // recipients of one delivery, as many as the server takes

const headBytes = 64 << 10 // what a server writes on top of a mail is far less

func (r Room) head(ctx context.Context, key string) ([]byte, error) {
	out, err := r.S3.GetObject(ctx, &s3.GetObjectInput{Bucket: &r.MailBucket, Key: &key, Range: aws.String(fmt.Sprintf("bytes=0-%d", headBytes-1))})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	defer out.Body.Close()
	return io.ReadAll(io.LimitReader(out.Body, headBytes))
}
