package mailbox

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/letter"
)

const (
	maxRaw        = 10 << 20 // what SendRawEmail takes, in base64
	maxRecipients = 50       // too
	maxFiles      = 20
	maxFileBytes  = 7 << 20  // together: in base64 they are a third more
	maxCited      = 20       // ids of a thread that an answer refers to
	maxWords      = maxShown // of the text and of the HTML: all of it is kept, as nothing else is of what goes out
)

// parties are whom a mail goes to.
type parties struct{ to, cc, bcc []Address }

// write makes a letter of what a user wrote. All that is wrong with it is named at once.
func (d Desk) write(ctx context.Context, a auth.Actor, in Draft) (l letter.Letter, p parties, err error) {
	var bad fault.Fields
	p = d.recipients(&bad, in)
	if strings.ContainsFunc(in.Subject, unicode.IsControl) {
		bad.Add("subject", "must be on one line")
	}
	l = letter.Letter{Date: d.Now(), Subject: letter.Line(in.Subject), Text: in.Text}
	if strings.TrimSpace(in.HTML) != "" {
		l.HTML = d.Read.Safe(in.HTML, func(string) bool { return false })
		if strings.TrimSpace(l.Text) == "" {
			l.Text = d.Plain(l.HTML)
		}
	}
	if strings.TrimSpace(l.Text) == "" && strings.TrimSpace(l.HTML) == "" {
		bad.Add("text", "must be given, or html, and say something")
	}
	if len(in.Text) > maxWords {
		bad.Add("text", "must be at most %d KB", maxWords>>10)
	}
	if max(len(in.HTML), len(l.HTML)) > maxWords {
		bad.Add("html", "must be at most %d KB", maxWords>>10)
	}
	if err := bad.Merge(d.links(ctx, a.Team, in, &l)); err != nil {
		return l, p, err
	}
	stock, err := d.stock(ctx, &bad, a.Team, in.FileIDs)
	if err != nil {
		return l, p, err
	}
	if err := bad.Err(); err != nil {
		return l, p, err
	}
	return l, p, d.enclose(ctx, &l, stock)
}

func (d Desk) enclose(ctx context.Context, l *letter.Letter, stock []Stock) error {
	for _, s := range stock {
		content, err := d.Objects.Get(ctx, s.Key)
		if err != nil {
			return fmt.Errorf("mailbox.enclose: %w", err)
		}
		l.Attachments = append(l.Attachments, letter.Attachment{Name: s.Name, MediaType: s.MediaType, Content: content})
	}
	return nil
}

// address says who writes to whom. From is the team's address under the user's name, since only addresses of the mail domain are ours
// to write from; what comes back goes there, and answers to the address of the thread. So a thread that is to begin (0) gets its number here.
func (d Desk) address(ctx context.Context, a auth.Actor, thread int64, l *letter.Letter, p parties) (int64, error) {
	users, err := d.Users(ctx, a.Team)
	if err != nil {
		return 0, err
	}
	i := slices.IndexFunc(users, func(u User) bool { return u.ID == a.User })
	if i < 0 {
		return 0, fault.New(fault.Forbidden, "Only an active user writes mail")
	}
	if thread == 0 {
		if thread, err = d.Store.NextIDs(ctx, a.Team, change.MailThread, 1); err != nil {
			return 0, err
		}
	}
	home, reply, err := d.Home(ctx, a.Team, thread)
	if err != nil {
		return 0, err
	}
	l.From = mail.Address{Name: letter.Line(users[i].Name), Address: home}
	l.ReplyTo, l.Loop = &mail.Address{Name: l.From.Name, Address: reply}, home
	l.MessageID = strings.ToLower(rand.Text()) + "@" + d.Domain
	l.To, l.Cc = written(p.to), written(p.cc)
	return thread, nil
}

func written(list []Address) (out []mail.Address) {
	for _, a := range list {
		out = append(out, mail.Address{Name: a.Name, Address: a.Email})
	}
	return out
}

// recipients are the addresses of all three lists, each once.
func (d Desk) recipients(bad *fault.Fields, in Draft) (p parties) {
	seen := map[string]bool{}
	for _, list := range []struct {
		field string
		texts []string
		out   *[]Address
	}{{"to", in.To, &p.to}, {"cc", in.Cc, &p.cc}, {"bcc", in.Bcc, &p.bcc}} {
		for _, text := range list.texts {
			a, err := mail.ParseAddress(text)
			email := ""
			if err == nil {
				email = change.NormalAddress(a.Address) // the domain in letters that any server takes
			}
			switch {
			case err != nil || strings.ContainsFunc(text, unicode.IsControl) || !utf8.ValidString(text) || len(text) > 500:
				bad.Add(list.field, "must be addresses such as ann@example.com or Ann <ann@example.com>, each an item of its own")
			case !letter.Deliverable(email) || len(email) > 254:
				bad.Add(list.field, "must be addresses whose part before the @ is of ASCII letters, without quotation marks")
			case strings.HasSuffix(email, "@"+d.Domain):
				bad.Add(list.field, "must not hold an address of Lejek: answers come there anyway")
			default:
				if !seen[email] {
					seen[email] = true
					*list.out = append(*list.out, Address{Name: letter.Line(a.Name), Email: email, Strict: true})
				}
			}
		}
	}
	if len(seen) > maxRecipients {
		bad.Add("to", "must be, with cc and bcc, at most %d addresses", maxRecipients)
	}
	if len(in.To) == 0 {
		bad.Add("to", "must hold an address")
	}
	return p
}

// links checks the thread and the deal, and has an answer cite the mails of its thread.
func (d Desk) links(ctx context.Context, team int64, in Draft, l *letter.Letter) error {
	var bad fault.Fields
	if in.DealID != 0 {
		if _, err := d.Deals.Deal(ctx, team, in.DealID); fault.Is(err, fault.NotFound) {
			bad.Add("deal_id", "must be a deal of the team")
		} else if err != nil {
			return err
		}
	}
	if in.ThreadID == 0 {
		return bad.Err()
	}
	found, err := d.Store.Mail(ctx, team, []int64{in.ThreadID}, nil)
	if err != nil {
		return err
	}
	t, ok := found.Threads[in.ThreadID]
	if !ok || t.Deleted {
		bad.Add("thread_id", "must be a mail thread of the team")
		return bad.Err()
	}
	if err := d.cite(ctx, team, t.ID, 0, l); err != nil {
		return err
	}
	if l.Subject == "" {
		l.Subject = letter.Line("Re: " + t.BaseSubject)
	}
	return bad.Err()
}

// cite has a letter refer to the newest mails of its thread, but not to itself, and not to what its recipients cannot have: what did not go
// out, and what machines reported of that.
func (d Desk) cite(ctx context.Context, team, thread, itself int64, l *letter.Letter) error {
	list, err := d.Store.NewestIn(ctx, team, thread, maxCited)
	for _, m := range slices.Backward(list) {
		failed := m.Outgoing != nil && m.Outgoing.State == Failed
		report := m.Label == LabelBounce || m.Label == LabelReport || m.Label == LabelReceipt
		if m.MessageID != "" && m.ID != itself && !m.Deleted && !failed && !report {
			l.References, l.InReplyTo = append(l.References, m.MessageID), m.MessageID
		}
	}
	return err
}

// stock are the files that go with a mail.
func (d Desk) stock(ctx context.Context, bad *fault.Fields, team int64, ids []int64) (list []Stock, err error) {
	ids = union(nil, ids...)
	if len(ids) > maxFiles {
		bad.Add("file_ids", "must be at most %d files", maxFiles)
		return nil, nil
	}
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := d.Files(ctx, team, ids)
	var size int64
	for _, id := range ids {
		s, ok := found[id]
		if !ok {
			bad.Add("file_ids", "must be files of the team that can be handed out, %d is not", id)
		}
		size += s.Size
		list = append(list, s)
	}
	if size > maxFileBytes {
		bad.Add("file_ids", "must be at most %d MB together", maxFileBytes>>20)
	}
	return list, err
}
