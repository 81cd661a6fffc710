package sender_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/infra/local/node"
)

// verify is another implementation of the signatures, as a receiver might write it.
const verify = `
const crypto = require("node:crypto");
const { header, body, keys } = JSON.parse(require("node:fs").readFileSync(0));
const signed = Buffer.concat([Buffer.from(header.id + "." + header.timestamp + "."), Buffer.from(body, "base64")]);
const ids = header.keys.split(" "), signatures = header.signature.split(" ");
const good = ids.map((id, i) => {
  const secret = Buffer.from(keys[id].replace(/^whsec_/, ""), "base64");
  const wanted = Buffer.from("v1," + crypto.createHmac("sha256", secret).update(signed).digest("base64"));
  const got = Buffer.from(signatures[i]);
  return wanted.length === got.length && crypto.timingSafeEqual(wanted, got);
});
console.log(JSON.stringify({ ids, good, secretBytes: ids.map((id) => Buffer.from(keys[id].slice(6), "base64").length) }));
`

func (f *fixture) verified(t *testing.T, l letter) (ids []string, good []bool) {
	t.Helper()
	tools, err := node.InstallForTests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]any{}
	for _, k := range f.c.Must("GET", "/api/v2/webhooks/keys", nil).List() {
		keys[k.(m)["id"].(string)] = k.(m)["secret"]
	}
	in, err := json.Marshal(m{"body": l.raw, "keys": keys, "header": m{
		"id": l.header.Get("webhook-id"), "timestamp": l.header.Get("webhook-timestamp"), "signature": l.header.Get("webhook-signature"),
		"keys": l.header.Get("webhook-key-id"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), tools.Node, "-e", verify)
	cmd.Stdin = strings.NewReader(string(in))
	out, err := cmd.CombinedOutput()
	var answer struct {
		IDs         []string
		Good        []bool
		SecretBytes []int
	}
	if err == nil {
		err = json.Unmarshal(out, &answer)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, n := range answer.SecretBytes {
		if n != 32 {
			t.Errorf("a key of %d bytes", n)
		}
	}
	return answer.IDs, answer.Good
}

func TestSignaturesVerifyElsewhereWithOldAndNewKeys(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hook(m{"signed": true})
	d := f.deal("Żółw <b>&</b>")
	first := f.run()[0]
	ids, good := f.verified(t, first)
	if len(ids) != 1 || !good[0] {
		t.Fatalf("keys %v, verified %v", ids, good)
	}
	if first.header.Get("webhook-id") != first.meta()["id"] || first.header.Get("webhook-timestamp") != "1795428000" {
		t.Errorf("sent %v", first.header)
	}
	forged := first
	forged.raw = append([]byte(" "), first.raw...)
	if _, good := f.verified(t, forged); good[0] {
		t.Error("a body that was changed verifies")
	}
	rotated := f.c.Must("POST", "/api/v2/webhooks/keys/rotate", nil).Data()
	f.rename(d, "B")
	second := f.run()[0]
	both, good := f.verified(t, second)
	if len(both) != 2 || both[0] != rotated["id"] || both[1] != ids[0] || !good[0] || !good[1] {
		t.Errorf("after rotating: keys %v, verified %v", both, good)
	}
	f.Later(24 * time.Hour)
	f.rename(d, "C")
	if ids, good := f.verified(t, f.run()[0]); len(ids) != 1 || ids[0] != rotated["id"] || !good[0] {
		t.Errorf("a day later: keys %v, verified %v", ids, good)
	}
}
