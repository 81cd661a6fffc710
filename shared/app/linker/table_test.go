package linker_test

import (
	"strings"
	"testing"
)

// TestRowsOfTheDecisionTable goes through the table row by row, each with a real message.
func TestRowsOfTheDecisionTable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		row, letter, before string // before: letters received earlier, by name
		state, why          string // of the letter; why is part of the evidence or the reason
		rule                int
		persons             string // names of all persons afterwards
		messages            int    // that the letter is, or brought
	}{
		{row: "1", letter: "outbound", state: "linked", rule: 1, persons: "Kowalski, Jan", messages: 1},
		{row: "2", letter: "exposed", state: "linked", rule: 2, why: "visible", persons: "Jan Kowalski", messages: 1},
		{row: "3", letter: "several", state: "linked", rule: 3, persons: "Jan Kowalski|Zofia Lis|biuro", messages: 1},
		{row: "4", letter: "reply", before: "outbound", state: "linked", rule: 4, persons: "Kowalski, Jan", messages: 1},
		{row: "5 Gmail, English", letter: "forward-gmail-en", state: "linked", rule: 5, persons: "Jan Kowalski", messages: 1},
		{row: "5 Outlook, Polish", letter: "forward-outlook-pl", state: "linked", rule: 5, persons: "Jan Kowalski", messages: 1},
		{row: "6", letter: "forward-attached", state: "linked", rule: 6, persons: "Jan Kowalski|Zofia Lis", messages: 2},
		{row: "13", letter: "unknown", state: "linked", rule: 21, why: "row 13: person", persons: "Michał Wiśniewski", messages: 1},
		{row: "13 unproven", letter: "unproven", state: "needs_choice", rule: 21, why: "not proven", messages: 1},
		{row: "20", letter: "false-user", state: "quarantined", rule: 20},
		{row: "21", letter: "dmarc-fail", state: "quarantined", rule: 21, why: "DMARC failed"},
		{row: "22", letter: "internal", state: "ignored", rule: 22, why: "internal", messages: 1},
		{row: "23", letter: "user-as-contact", state: "linked", rule: 1, persons: "Jan Kowalski", messages: 1},
		{row: "24", letter: "out-of-office", before: "outbound", state: "linked", rule: 24, persons: "Kowalski, Jan", messages: 1},
		{row: "24 of a stranger", letter: "out-of-office", state: "needs_choice", rule: 24, why: "a machine wrote it", messages: 1},
		{row: "25", letter: "bounce", before: "outbound", state: "linked", rule: 25, persons: "Kowalski, Jan", messages: 1},
		{row: "25 of unknown mail", letter: "bounce", state: "ignored", rule: 25, why: "not here"},
		{row: "26", letter: "newsletter", state: "needs_choice", rule: 26, messages: 1},
		{row: "28", letter: "unknown", before: "unknown", state: "linked", rule: 28, persons: "Michał Wiśniewski", messages: 1},
		{row: "29", letter: "same-id", before: "unknown", state: "linked", rule: 29, persons: "Michał Wiśniewski", messages: 1},
		{row: "29 again", letter: "same-id", before: "unknown same-id", state: "linked", rule: 28, persons: "Michał Wiśniewski", messages: 1},
		{row: "30", letter: "no-id", state: "linked", rule: 21, persons: "Michal", messages: 1},
		{row: "30 again", letter: "no-id", before: "no-id", state: "linked", rule: 28, persons: "Michal", messages: 1},
		{row: "32 virus", letter: "virus", state: "quarantined", rule: 32, why: "virus"},
		{row: "32 spam", letter: "spam", state: "quarantined", rule: 32, why: "spam"},
		{row: "32 spam of a user", letter: "spam-user", state: "linked", rule: 1, persons: "Jan Kowalski", messages: 1},
		{row: "34", letter: "broken", state: "unparsable", rule: 34},
	} {
		t.Run("row "+c.row, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			for name := range strings.FieldsSeq(c.before) {
				o.receive(name)
			}
			e := o.receive(c.letter)
			if e.State != c.state || e.Rule != c.rule {
				t.Errorf("%s by rule %d, want %s by %d: %s %q", e.State, e.Rule, c.state, c.rule, e.Reason, e.Evidence)
			}
			if all := strings.Join(append(e.Evidence, e.Reason), "\n"); !strings.Contains(all, c.why) {
				t.Errorf("nothing says %q in\n%s", c.why, all)
			}
			var names []string
			for _, p := range o.persons() {
				names = append(names, p.Name)
			}
			if got := strings.Join(names, "|"); got != c.persons {
				t.Errorf("persons %q, want %q", got, c.persons)
			}
			if len(e.Messages) != c.messages {
				t.Errorf("messages %v, want %d", e.Messages, c.messages)
			}
			if want := len(strings.Fields(c.before)) + 1; len(o.entries("")) != want {
				t.Errorf("%d entries, want %d", len(o.entries("")), want)
			}
		})
	}
}
