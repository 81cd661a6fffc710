package mailbox_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/boot"
)

func actor(o office) auth.Actor { return auth.Actor{Team: o.Team.ID, User: o.User.ID} }

// failing is the environment with a hook around every call to AWS.
func failing(env boot.Env, h faults.Hook) boot.Env {
	env.DynamoDB = dynamodb.New(env.DynamoDB.Options(), func(o *dynamodb.Options) { o.APIOptions = append(o.APIOptions, h.Add) })
	env.SES.APIOptions = append(env.SES.APIOptions[:len(env.SES.APIOptions):len(env.SES.APIOptions)], h.Add)
	return env
}

// Every call of a run fails, before its effect and after it, alone and with all that follow, as if the function had ended there: the
// next runs ask what was not asked. Only who dies between SES's answer and the note asks twice, as with reminders, and then the same.
func TestAQuestionIsNeverLost(t *testing.T) {
	t.Parallel()
	o := start(t)
	o.forward("0@acme")
	calls := o.broken("0@acme", false, 0, false)
	if calls < 10 || calls > 30 {
		t.Fatalf("%d calls", calls)
	}
	t.Logf("a run that asks one question takes %d calls", calls)
	var wg sync.WaitGroup // who dies has waited in vain: all at once
	for n := 1; n <= calls; n++ {
		for _, how := range []struct{ after, dead bool }{{false, false}, {true, false}, {false, true}} {
			o := start(t)
			o.forward("1@acme")
			wg.Go(func() { o.broken("1@acme", how.after, n, how.dead) })
		}
	}
	wg.Wait()
}

// broken has a run fail at a call, and looks at what the runs after it make good. It tells how many calls the run made.
func (o office) broken(id string, after bool, n int, dead bool) (calls int) {
	o.t.Helper()
	o.Later(time.Minute)
	var mu sync.Mutex
	handed := false
	fail := func(_ context.Context, c faults.Call) error {
		mu.Lock()
		defer mu.Unlock()
		if calls++; calls == n || dead && calls > n {
			return errors.New("the line went dead")
		}
		handed = handed || c.Operation == "SendRawEmail"
		return nil
	}
	hook := faults.Hook{Before: fail}
	if after {
		hook = faults.Hook{After: fail}
	}
	_ = dispatch(o.t, failing(o.Env, hook))
	made := calls
	o.deal("New", nil) // another list, had the first not been kept
	o.minutes(1)
	o.Later(4 * time.Minute) // longer than a claim holds
	o.minutes(2)
	var texts []string
	for _, q := range o.questions() {
		texts = append(texts, q.text[:strings.Index(q.text, "token=")]+fmt.Sprint(len(strings.Split(q.text, "token="))))
	}
	most := 1
	if dead && handed {
		most = 2
	}
	if len(texts) < 1 || len(texts) > most || len(texts) == 2 && texts[0] != texts[1] {
		o.t.Errorf("call %d, dead %v, after %v: %d questions", n, dead, after, len(texts))
	}
	if q := o.thread(o.entry(id))["question"].(m); q["state"] != "sent" {
		o.t.Errorf("call %d, dead %v, after %v: %v", n, dead, after, q)
	}
	return made
}

// Whoever deletes a thread while it is asked about keeps nobody waiting.
func TestAThreadMayGoWhileItIsAskedAbout(t *testing.T) {
	t.Parallel()
	o := start(t)
	path := fmt.Sprintf("/v1/mailbox/mailThreads/%v", o.forward("1@acme")["mail_thread_id"])
	o.Later(time.Minute)
	hook := faults.Hook{Before: func(_ context.Context, c faults.Call) error {
		if c.Operation == "SendRawEmail" {
			o.Must("DELETE", path, nil)
		}
		return nil
	}}
	began := time.Now()
	if err := dispatch(t, failing(o.Env, hook)); err != nil || time.Since(began) > 5*time.Second {
		t.Errorf("after %s: %v", time.Since(began), err)
	}
	o.minutes(1)
	o.question()
}
