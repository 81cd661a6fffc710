package outbound

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/lejek/lejek/shared/webhooks"
)

func TestOnlyPublicAddressesAreReached(t *testing.T) {
	t.Parallel()
	for text, public := range map[string]bool{
		"93.184.216.34": true, "8.8.8.8": true, "1.1.1.1": true, "100.63.255.255": true, "100.128.0.0": true, "172.15.0.1": true, "172.32.0.1": true,
		"192.167.255.255": true, "223.255.255.255": true, "2606:4700::1111": true, "2a00:1450:4001::1": true,

		"0.0.0.0": false, "0.1.2.3": false, "127.0.0.1": false, "127.255.255.254": false, "10.0.0.1": false, "172.16.0.1": false, "172.31.255.255": false,
		"192.168.1.1": false, "169.254.169.254": false, "169.254.170.2": false, "100.64.0.1": false, "100.127.255.255": false, "192.0.0.8": false,
		"192.0.2.1": false, "198.18.0.1": false, "198.19.255.255": false, "198.51.100.1": false, "203.0.113.1": false, "192.88.99.1": false,
		"224.0.0.1": false, "239.255.255.255": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "fc00::1": false, "fd00:ec2::254": false, "fec0::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:8.8.8.8": false, "::127.0.0.1": false, "64:ff9b::7f00:1": false, "64:ff9b::808:808": false,
		"64:ff9b:1::1": false, "2002:7f00:1::": false, "2002:808:808::1": false, "2001::1": false, "2001:db8::1": false, "2001:20::1": false,
		"100::1": false, "3fff::1": false, "5f00::1": false, "4000::1": false,
	} {
		if got := Public(netip.MustParseAddr(text)); got != public {
			t.Errorf("%s: public is %v", text, got)
		}
	}
	if Public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

// counting is a server on this machine, and how many connections it was asked for.
func counting(t *testing.T) (*httptest.Server, *atomic.Int64) {
	var n atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			n.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	return s, &n
}

func TestThisMachineIsNotReachedHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	s, reached := counting(t)
	port := s.URL[strings.LastIndexByte(s.URL, ':')+1:]
	for _, host := range []string{
		"127.0.0.1", "localhost", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.000.000.001", "0", "0.0.0.0",
		"[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]",
		"localhost.", "LOCALHOST", "①②⑦.⓪.⓪.①", "127。0。0。1", "user:pass@127.0.0.1", "example.com@127.0.0.1", "127.0.0.1%2f@example.invalid",
	} {
		for _, scheme := range []string{"http", "https"} {
			status, err := New(false).Post(t.Context(), webhooks.Request{URL: scheme + "://" + host + ":" + port + "/", Body: []byte("{}")})
			if err == nil {
				t.Errorf("%s://%s is reached: %d", scheme, host, status)
			}
		}
	}
	if n := reached.Load(); n > 0 {
		t.Errorf("%d connections came through", n)
	}
}

func TestOtherAddressesThanHTTPSAreRefused(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"http://example.com", "file:///etc/passwd", "gopher://example.com", "example.com", "", "unix:///var/run/docker.sock"} {
		if _, err := New(false).Post(t.Context(), webhooks.Request{URL: address}); err == nil || err.Error() != "the address is none of https" {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// turning is a DNS server whose answers change: each address in turn.
func turning(t *testing.T, answers ...string) func(*net.Dialer, *http.Client) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for asked := 0; ; {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var q dnsmessage.Message
			if q.Unpack(buf[:n]) != nil || len(q.Questions) == 0 {
				continue
			}
			q.Header.Response, q.Header.RecursionAvailable, q.Additionals = true, true, nil
			if q.Questions[0].Type == dnsmessage.TypeA {
				ip := netip.MustParseAddr(answers[min(asked, len(answers)-1)]).As4()
				asked++
				q.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Questions[0].Name, Class: dnsmessage.ClassINET, TTL: 0}, Body: &dnsmessage.AResource{A: ip},
				}}
			}
			if out, err := q.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return func(d *net.Dialer, c *http.Client) {
		c.Timeout = 2 * time.Second
		d.Resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
		}}
	}
}

// TestNamesAreJudgedByWhereTheyLeadNow has a name lead to a public address, as long as one might look, and to this machine then.
func TestNamesAreJudgedByWhereTheyLeadNow(t *testing.T) {
	t.Parallel()
	s, reached := counting(t)
	port := s.URL[strings.LastIndexByte(s.URL, ':')+1:]
	for _, answers := range [][]string{{"127.0.0.1"}, {"169.254.169.254"}, {"10.1.2.3"}} {
		dns := turning(t, answers...)
		c := New(false, dns)
		_, err := c.Post(t.Context(), webhooks.Request{URL: "https://hooks.example:" + port + "/"})
		if err == nil || err.Error() != "the address is not public" {
			t.Errorf("a name that leads to %v: %v", answers, err)
		}
	}
	// Looked up twice: the first answer would pass a check made beforehand, the connection is judged by the second.
	var lookup net.Dialer
	client := http.Client{}
	dns := turning(t, "93.184.216.34", "127.0.0.1")
	dns(&lookup, &client)
	before, err := lookup.Resolver.LookupNetIP(t.Context(), "ip4", "hooks.example")
	if err != nil || !Public(before[0].Unmap()) {
		t.Fatalf("the first answer is %v, %v", before, err)
	}
	if _, err := New(false, dns).Post(t.Context(), webhooks.Request{URL: "https://hooks.example:" + port + "/"}); err == nil || err.Error() != "the address is not public" {
		t.Errorf("a name that turned: %v", err)
	}
	if n := reached.Load(); n > 0 {
		t.Errorf("%d connections came through", n)
	}
}

func TestLocalClientReachesThisMachineAndNothingElsePrivate(t *testing.T) {
	t.Parallel()
	s, reached := counting(t)
	if status, err := New(true).Post(t.Context(), webhooks.Request{URL: s.URL}); err != nil || status != 200 || reached.Load() != 1 {
		t.Errorf("%d, %v, %d connections", status, err, reached.Load())
	}
	for _, address := range []string{"http://10.0.0.1", "http://169.254.169.254/latest/meta-data/", "http://192.168.0.1", "http://[fd00:ec2::254]/"} {
		if _, err := New(true).Post(t.Context(), webhooks.Request{URL: address}); err == nil || err.Error() != "the address is not public" {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestProxiesOfTheEnvironmentAreNotAsked(t *testing.T) {
	s, reached := counting(t)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, s.URL)
	}
	// One that may reach this machine, where the proxy is.
	_, err := New(true).Post(t.Context(), webhooks.Request{URL: "http://192.0.2.1/"})
	if n := reached.Load(); n > 0 || err == nil || err.Error() != "the address is not public" {
		t.Error(err)
		t.Errorf("the proxy was asked %d times", n)
	}
}

func TestAnswersThatHangAndRedirectAndSelfSignedOnesFail(t *testing.T) {
	t.Parallel()
	free := make(chan struct{})
	t.Cleanup(func() { close(free) })
	var redirected atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("/hang", func(http.ResponseWriter, *http.Request) { <-free })
	mux.HandleFunc("/late-body", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		w.(http.Flusher).Flush()
		<-free // the status came in time: the rest is of no interest
	})
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		for i := 0; r.Context().Err() == nil && i < 1<<16; i++ {
			if _, err := fmt.Fprint(w, strings.Repeat("x", 1<<16)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/target", http.StatusFound) })
	mux.HandleFunc("/target", func(http.ResponseWriter, *http.Request) { redirected.Add(1) })
	mux.HandleFunc("/headers", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X", strings.Repeat("x", 1<<20)) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.CloseClientConnections)
	secure := httptest.NewUnstartedServer(mux)
	secure.TLS = &tls.Config{}
	secure.StartTLS()
	t.Cleanup(secure.CloseClientConnections)
	quick := func(_ *net.Dialer, c *http.Client) { c.Timeout = 300 * time.Millisecond }
	for _, c := range []struct {
		url    string
		status int
		err    string
	}{
		{s.URL + "/hang", 0, "no answer within 10 seconds"}, {s.URL + "/late-body", 202, ""}, {s.URL + "/endless", 200, ""},
		{s.URL + "/redirect", 302, "redirects are not followed"}, {s.URL + "/headers", 0, "the connection failed"},
		{secure.URL + "/target", 0, "the certificate could not be verified"}, {"http://127.0.0.1:1/", 0, "the connection was refused"},
	} {
		status, err := New(true, quick).Post(t.Context(), webhooks.Request{URL: c.url, Body: []byte("{}")})
		if status != c.status || (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
			t.Errorf("%s: %d, %v", c.url, status, err)
		}
	}
	if redirected.Load() != 0 {
		t.Error("a redirect was followed, or a certificate not verified")
	}
	if got := New(false).http.Timeout; got != 10*time.Second {
		t.Errorf("the time to answer is %v", got)
	}
}
