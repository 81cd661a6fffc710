package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/mailbox"
)

// heap is a bucket with a mark.
type heap struct {
	mark    mailbox.Mark
	objects []mailbox.Object
	settled []string
	bad     string
}

func (h *heap) Mark(context.Context) (mailbox.Mark, error) { return h.mark, nil }

func (h *heap) MoveMark(_ context.Context, m mailbox.Mark) error {
	if m.Version != h.mark.Version {
		return errors.New("moved")
	}
	m.Version++
	h.mark = m
	return nil
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// run sweeps with pages of three.
func (h *heap) run(t *testing.T, now time.Time, mails int) mailbox.Swept {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	defer cancel()
	tight, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	h.settled = nil
	var left context.Context = ctx
	s := mailbox.Sweeper{
		Marks: h,
		List: func(_ context.Context, after string) (page []mailbox.Object, more bool, err error) {
			for _, o := range h.objects {
				if o.Key > after && len(page) < 3 {
					page = append(page, o)
				}
			}
			return page, len(page) > 0 && page[len(page)-1].Key != h.objects[len(h.objects)-1].Key, nil
		},
		Settle: func(_ context.Context, o mailbox.Object) (bool, error) {
			h.settled = append(h.settled, o.Key)
			switch {
			case strings.HasSuffix(h.bad, "!") && strings.HasPrefix(h.bad, o.Key):
				panic("poison")
			case o.Key == h.bad:
				return true, errors.New("broken")
			}
			return true, nil
		},
		Report: func(mailbox.Object, error) {},
	}
	if mails > 0 {
		left = deadlineAfter{ctx, tight, func() bool { return len(h.settled) >= mails }}
	}
	done, err := s.Run(left, now)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// deadlineAfter runs short of time once something has happened.
type deadlineAfter struct {
	context.Context
	tight context.Context
	now   func() bool
}

func (d deadlineAfter) Deadline() (time.Time, bool) {
	if d.now() {
		return d.tight.Deadline()
	}
	return d.Context.Deadline()
}

func bucket(ages ...time.Duration) (list []mailbox.Object) {
	for i, age := range ages {
		list = append(list, mailbox.Object{Key: fmt.Sprintf("mail/%02d", i), Size: 1, Stored: noon.Add(-age)})
	}
	return list
}

func TestSweepLooksAtEachMailOnce(t *testing.T) {
	t.Parallel()
	h := &heap{objects: bucket(5*time.Hour, 30*time.Minute, 2*time.Hour, 100*24*time.Hour, 3*time.Hour)}
	if done := h.run(t, noon, 0); !done.Done || !slices.Equal(h.settled, []string{"mail/00", "mail/02", "mail/03", "mail/04"}) {
		t.Errorf("%+v: %v", done, h.settled)
	}
	if h.run(t, noon.Add(24*time.Hour), 0); !slices.Equal(h.settled, []string{"mail/01"}) {
		t.Errorf("a day later %v", h.settled)
	}
	if h.run(t, noon.Add(48*time.Hour), 0); len(h.settled) != 0 {
		t.Errorf("two days later %v", h.settled)
	}
}

func TestSweepThatRunsOutOfTimeGoesOn(t *testing.T) {
	t.Parallel()
	h := &heap{objects: bucket(9*time.Hour, 8*time.Hour, 7*time.Hour, 6*time.Hour, 5*time.Hour, 4*time.Hour, 3*time.Hour)}
	if done := h.run(t, noon, 4); done.Done || len(h.settled) != 4 {
		t.Fatalf("%+v: %v", done, h.settled)
	}
	h.objects = append(h.objects, mailbox.Object{Key: "mail/99", Stored: noon.Add(time.Hour)}) // comes meanwhile
	if done := h.run(t, noon.Add(24*time.Hour), 0); !done.Done || !slices.Equal(h.settled, []string{"mail/04", "mail/05", "mail/06"}) {
		t.Errorf("%+v: %v", done, h.settled)
	}
	if h.run(t, noon.Add(25*time.Hour), 0); !slices.Equal(h.settled, []string{"mail/99"}) {
		t.Errorf("then %v", h.settled)
	}
}

func TestSweepTriesAgainWhatFails(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"mail/01", "mail/01!"} {
		h := &heap{objects: bucket(9*time.Hour, 8*time.Hour, 7*time.Hour), bad: bad}
		if done := h.run(t, noon, 0); done.Failed != 1 || len(h.settled) != 3 {
			t.Fatalf("%+v: %v", done, h.settled)
		}
		if h.run(t, noon.Add(24*time.Hour), 0); !slices.Equal(h.settled, []string{"mail/01", "mail/02"}) { // from the failed one on
			t.Errorf("a day later %v", h.settled)
		}
		if h.run(t, noon.Add(20*24*time.Hour), 0); len(h.settled) != 2 {
			t.Errorf("then %v", h.settled)
		}
		if h.run(t, noon.Add(21*24*time.Hour), 0); len(h.settled) != 0 {
			t.Errorf("after two weeks %v", h.settled)
		}
	}
}
