package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/app/apptest"
)

// BenchmarkLinkMail links mails of three kinds, one in each run: of a known contact with an organization and one open deal, in a
// new thread; the answer in that thread; of a stranger, who becomes a person.
func BenchmarkLinkMail(b *testing.B) {
	for name, raw := range map[string]func(i int) string{
		"known contact, new thread": func(i int) string { return letter("jan@klient.example", fmt.Sprintf("k%d", i), "") },
		"answer in a thread":        func(i int) string { return letter("jan@klient.example", fmt.Sprintf("a%d", i), "first") },
		"stranger": func(i int) string {
			return letter(fmt.Sprintf("s%d@firm%d.example", i, i), fmt.Sprintf("s%d", i), "")
		},
	} {
		b.Run(name, func(b *testing.B) {
			m := &meter{}
			a := apptest.New(b, apptest.WithObjects, func(a *apptest.App) {
				a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), m.install)
			})
			c := a.NewTeam("Bench")
			org := c.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient"}).ID()
			person := c.Must("POST", "/api/v2/persons", map[string]any{
				"name": "Jan", "org_id": org, "emails": []any{map[string]any{"value": "jan@klient.example", "primary": true, "label": "work"}},
			}).ID()
			c.Must("POST", "/api/v2/deals", map[string]any{"title": "Deal", "person_id": person})
			link := func(id, raw string) {
				a.PutObject(a.MailBucket, "mail/"+id, []byte(raw))
				out, err := a.Handler("linker").Invoke(context.Background(), event(b, id, c.Address()))
				if err != nil || string(out) != `{"batchItemFailures":[]}` {
					b.Fatalf("%s %v", out, err)
				}
			}
			link("first", letter("jan@klient.example", "first", ""))
			m.measure(b, func(i int) { link(fmt.Sprintf("m%d", i), raw(i)) })
		})
	}
}

func letter(from, id, answers string) string {
	text := "From: <" + from + ">\r\nTo: <ada@bench.example>\r\nSubject: About " + id + "\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\nMessage-ID: <" + id + "@klient.example>\r\n"
	if answers != "" {
		text += "In-Reply-To: <" + answers + "@klient.example>\r\n"
	}
	return text + "\r\nGood morning, this is " + id + ".\r\n"
}

// event is what the linker gets for a stored mail.
func event(b *testing.B, id, to string) []byte {
	pass := map[string]any{"status": "PASS"}
	notice, err := json.Marshal(map[string]any{
		"notificationType": "Received",
		"mail":             map[string]any{"messageId": id, "source": "jan@klient.example", "timestamp": "2026-11-23T09:00:01.000Z"},
		"receipt": map[string]any{
			"recipients": []string{to}, "spamVerdict": pass, "virusVerdict": pass, "spfVerdict": pass, "dkimVerdict": pass, "dmarcVerdict": pass,
			"action": map[string]any{"type": "S3", "objectKey": "mail/" + id},
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	body, err := json.Marshal(map[string]any{"Type": "Notification", "Message": string(notice)})
	if err != nil {
		b.Fatal(err)
	}
	raw, err := json.Marshal(events.SQSEvent{Records: []events.SQSMessage{{MessageId: "m", Body: string(body)}}})
	if err != nil {
		b.Fatal(err)
	}
	return raw
}
