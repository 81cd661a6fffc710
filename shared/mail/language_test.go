package mail

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/mailbox"
)

// Every language of the table is understood, whichever of its labels and separators a program prefers.
func TestForwardKnowsEveryLanguage(t *testing.T) {
	t.Parallel()
	if len(labelTable) < 20 {
		t.Fatalf("only %d languages", len(labelTable))
	}
	for _, row := range labelTable {
		t.Run(row.language, func(t *testing.T) {
			t.Parallel()
			var fields [][]string
			for forms := range strings.SplitSeq(row.labels, "|") {
				fields = append(fields, strings.Split(forms, ","))
			}
			if len(fields) != 6 {
				t.Fatalf("%d fields", len(fields))
			}
			pick := func(f, i int) string { return fields[f][min(i, len(fields[f])-1)] }
			for i := range 4 {
				body := fmt.Sprintf("Note\n\n%s: Jan <jan@x.example>\n%s: 3.06.2024 10:15\n%s: anna@acme.example\n%s: ewa@x.example\n%s: Hi\n\nText\n",
					pick(0, i), pick(4, i), pick(1, i), pick(2, i), pick(5, i))
				q := finder{lines: textLines(body), kind: mailbox.SubjectForward, zone: time.UTC}.find()
				if q == nil {
					t.Fatalf("not found in\n%s", body)
				}
				p := q.parsed
				if len(p.From) != 1 || p.From[0].Email != "jan@x.example" || len(p.To) != 1 || len(p.Cc) != 1 || p.Subject != "Hi" || p.Text != "Text" || q.note != "Note" {
					t.Errorf("%+v\nnote %q in\n%s", p, q.note, body)
				}
				if want := time.Date(2024, 6, 3, 10, 15, 0, 0, time.UTC); !p.Date.Equal(want) {
					t.Errorf("date %v", p.Date)
				}
			}
		})
	}
}

func TestSeparatorsAreKnownInEveryDress(t *testing.T) {
	t.Parallel()
	for _, phrase := range forwardSeparators {
		for _, dress := range []string{"---------- %s ---------", "-------- %s --------", "%s:", "----- %s -----", "*---------- %s ---------*"} {
			if got := separatorOf(fmt.Sprintf(dress, phrase)); got != forwardSeparator {
				t.Errorf(dress+": kind %d", phrase, got)
			}
		}
	}
	for _, text := range []string{"________________________________", "-----", "--", "", "forwarded message", "-- sent from my phone", "Best regards,", "==========", "- item -"} {
		if got := separatorOf(text); got != noSeparator {
			t.Errorf("%q: kind %d", text, got)
		}
	}
}

func TestGuessDateReadsManyLanguages(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 2*60*60)
	want := time.Date(2024, 6, 3, 10, 15, 0, 0, zone)
	for _, s := range []string{
		"Monday, June 3, 2024 10:15 AM", "Mon, Jun 3, 2024 at 10:15\u202fAM", "3 June 2024 at 10:15", "June 3rd, 2024 10:15",
		"poniedziałek, 3 czerwca 2024 10:15", "pon., 3 cze 2024 o 10:15", "3 czerwca 2024 r. 10:15", "Montag, 3. Juni 2024 10:15",
		"Mo., 3. Juni 2024 um 10:15 Uhr", "lundi 3 juin 2024 à 10:15", "lun. 3 juin 2024 à 10h15", "lunes, 3 de junio de 2024 10:15",
		"lun 3 giu 2024 alle ore 10:15", "segunda-feira, 3 de junho de 2024 10:15", "ma 3 jun. 2024 om 10:15",
		"den 3 juni 2024 10:15", "man. 3. juni 2024 kl. 10.15", "ma 3. kesäk. 2024 klo 10.15", "po 3. 6. 2024 v 10:15",
		"pondělí 3. června 2024 10:15", "3. júna 2024 10:15", "2024. június 3., hétfő 10:15", "luni, 3 iunie 2024, 10:15",
		"3 Haz 2024 Pzt, 10:15", "понедельник, 3 июня 2024 г. в 10:15", "понеділок, 3 червня 2024 р. 10:15",
		"Δευ, 3 Ιουν 2024 10:15", "2024年6月3日 10:15", "2024年6月3日(月) 10:15", "2024년 6월 3일 (월) 10:15", "03.06.2024 10:15",
		"03/06/2024 10:15", "6/3/2024 10:15 AM", "2024-06-03 10:15", "2024-06-03 08:15 UTC", "3 June 2024 08:15 GMT",
	} {
		if got := guessDate(s, zone); !got.Equal(want) {
			t.Errorf("%q: got %v", s, got)
		}
	}
	for _, s := range []string{"", "soon", "10:15", "June", "3 June", "99.99.2024", "call 123456789"} {
		if got := guessDate(s, zone); !got.IsZero() {
			t.Errorf("%q: got %v", s, got)
		}
	}
}
