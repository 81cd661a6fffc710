package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/smtp"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/infra/local/system"
)

// TestSystemStartsSaysWhereItIsAndKeepsItsData starts what make run starts, twice on the same data.
func TestSystemStartsSaysWhereItIsAndKeepsItsData(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, said := session(t, dir, func(r system.Ready) {
		if deals := list(t, r, r.Token, "/api/v2/deals"); len(deals) != 2 {
			t.Errorf("the demo team has %d deals, want 2", len(deals))
		}
		if deals := list(t, r, r.Second.Token, "/api/v2/deals"); len(deals) != 0 {
			t.Errorf("the second team has %d deals, want none", len(deals))
		}
		letter := "From: Anna <" + r.UserEmail + ">\r\nTo: maria@winnica.example\r\nSubject: Paper samples\r\nMessage-ID: <1@demo.example>\r\n\r\nThe samples are on their way.\r\n"
		if err := smtp.SendMail(r.SMTP, nil, r.UserEmail, []string{r.InboundAddress}, []byte(letter)); err != nil {
			t.Fatal(err)
		}
	})
	for _, must := range []string{first.URL, first.Token, first.InboundAddress, first.SMTP, "curl "} {
		if !strings.Contains(said, must) {
			t.Errorf("the greeting does not say %q:\n%s", must, said)
		}
	}
	second, _ := session(t, dir, func(r system.Ready) {
		if deals := list(t, r, r.Token, "/api/v2/deals"); len(deals) != 2 {
			t.Errorf("after the restart the demo team has %d deals, want 2", len(deals))
		}
		eventually(t, "the letter is linked", func() bool {
			mails := list(t, r, r.Token, "/api/v2/inboundMail")
			return len(mails) == 1 && mails[0]["state"] == "linked"
		})
		var sent struct{ Data struct{ ID int } }
		if err := json.Unmarshal([]byte(post(t, r.URL+"/api/v2/mailMessages", r.Token, `{"to":["bounce@simulator.amazonses.com"],"subject":"Paper","text":"Hello"}`)), &sent); err != nil {
			t.Fatal(err)
		}
		eventually(t, "what cannot be delivered comes back", func() bool {
			return strings.Contains(post(t, fmt.Sprintf("%s/api/v2/mailMessages/%d", r.URL, sent.Data.ID), r.Token, ""), `"send_state":"bounced"`)
		})
	})
	if first.Team != second.Team || first.Second != second.Second {
		t.Errorf("the teams changed from %+v to %+v", first, second)
	}
}

// session runs the program until the test has had its turn, then stops it as Ctrl-C does.
func session(t *testing.T, dir string, turn func(system.Ready)) (ready system.Ready, said string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, system.Options{
			HTTP: "127.0.0.1:0", SMTP: "127.0.0.1:0", DataDir: dir, Demo: true, Functions: functions.All, Log: t.Output(),
		}, &out)
	}()
	eventually(t, "ready.json is there", func() bool {
		select {
		case err := <-ended:
			t.Fatalf("the runner ended: %v", err)
		default:
		}
		text, err := os.ReadFile(system.ReadyFile(dir))
		return err == nil && json.Unmarshal(text, &ready) == nil
	})
	turn(ready)
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("stopping: %v", err)
	}
	if _, err := os.Stat(system.ReadyFile(dir)); err == nil {
		t.Error("ready.json is still there after the stop")
	}
	return ready, out.String()
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func list(t *testing.T, r system.Ready, token, path string) []map[string]any {
	t.Helper()
	req, _ := http.NewRequest("GET", r.URL+path, nil)
	req.Header.Set("x-api-token", token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var answer struct{ Data []map[string]any }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s, %v", path, res.Status, err)
	}
	return answer.Data
}
