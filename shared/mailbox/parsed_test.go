package mailbox_test

import (
	"testing"

	"github.com/lejek/lejek/shared/mailbox"
)

func TestSignalsTellMachinesApart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		signals                                 mailbox.Signals
		reply, list, bounce, receipt, automatic bool
	}{
		"a person":                        {signals: mailbox.Signals{CalendarMethod: "REQUEST"}},
		"out of office":                   {signals: mailbox.Signals{AutoSubmitted: "auto-replied"}, reply: true, automatic: true},
		"out of office, by subject only":  {signals: mailbox.Signals{AutoSubject: true}, reply: true, automatic: true},
		"list mail about an auto-reply":   {signals: mailbox.Signals{AutoSubject: true, ListID: "a.example"}, list: true, automatic: true},
		"a notification":                  {signals: mailbox.Signals{AutoSubmitted: "auto-generated"}, automatic: true},
		"a newsletter":                    {signals: mailbox.Signals{Precedence: "bulk"}, list: true, automatic: true},
		"a bounce":                        {signals: mailbox.Signals{Report: "delivery-status"}, bounce: true, automatic: true},
		"a read receipt":                  {signals: mailbox.Signals{Report: "disposition-notification"}, receipt: true, automatic: true},
		"a bounce without the right type": {signals: mailbox.Signals{EmptyReturnPath: true}, automatic: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := c.signals
			got := []bool{s.AutoReply(), s.List(), s.IsBounce(), s.IsReceipt(), s.Automatic()}
			want := []bool{c.reply, c.list, c.bounce, c.receipt, c.automatic}
			for i, what := range []string{"AutoReply", "List", "IsBounce", "IsReceipt", "Automatic"} {
				if got[i] != want[i] {
					t.Errorf("%s = %v, want %v", what, got[i], want[i])
				}
			}
		})
	}
}
