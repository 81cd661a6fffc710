// Package outbound is the only package that calls addresses which users name. Such an address may lead anywhere, and say something
// else when it is asked again; so where a connection goes is judged when it is made, by the number that is dialled. What is not
// public is not reached, by any name or notation. Redirects are answers like any other, proxies are not asked, certificates are
// verified, and of an answer nothing is read but its status.
package outbound

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/lejek/lejek/shared/webhooks"
)

// Client posts to addresses of users.
type Client struct {
	http  *http.Client
	local bool
}

var _ webhooks.Poster = (*Client)(nil)

// Option changes a client for tests.
type Option func(*net.Dialer, *http.Client)

// New is a client; local lets it reach this machine, and without TLS, for tests there.
func New(local bool, options ...Option) *Client {
	c := &Client{local: local}
	dialer := &net.Dialer{Timeout: webhooks.Timeout, KeepAlive: -1, ControlContext: c.control}
	c.http = &http.Client{
		Timeout:       webhooks.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for _, o := range options {
		o(dialer, c.http)
	}
	c.http.Transport = &http.Transport{
		Proxy: nil, DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		DisableKeepAlives:      true, // the function is frozen between events
		DisableCompression:     true,
		MaxResponseHeaderBytes: 64 << 10,
	}
	return c
}

// errPrivate is told to the webhook's owner, without the number: names inside a network are nobody's to find out.
var errPrivate = errors.New("the address is not public")

// control judges each connection before it is made.
func (c *Client) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !strings.HasPrefix(network, "tcp") {
		return errPrivate
	}
	if Public(to.Addr()) || c.local && to.Addr().IsLoopback() {
		return nil
	}
	return errPrivate
}

// Post sends the request and tells the status of the answer.
func (c *Client) Post(ctx context.Context, r webhooks.Request) (int, error) {
	u, err := url.Parse(r.URL)
	if err != nil || u.Scheme != "https" && !(c.local && u.Scheme == "http") {
		return 0, errors.New("the address is none of https")
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && a.Is4In6() {
		return 0, errPrivate // would be dialled as IPv4
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(r.Body))
	if err != nil {
		return 0, errors.New("the address cannot be used")
	}
	for name, v := range r.Header {
		req.Header.Set(name, v)
	}
	if r.User != nil || r.Password != nil {
		req.SetBasicAuth(deref(r.User), deref(r.Password))
	}
	res, err := c.http.Do(req)
	if err != nil {
		return 0, told(err)
	}
	res.Body.Close()
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		return res.StatusCode, errors.New("redirects are not followed")
	}
	return res.StatusCode, nil
}

// told is an error as the webhook's owner may read it.
func told(err error) error {
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	var cert *tls.CertificateVerificationError
	switch {
	case errors.Is(err, errPrivate):
		return errPrivate
	case errors.As(err, &dns) && dns.IsNotFound:
		return errors.New("the host name was not found")
	case errors.As(err, &cert):
		return errors.New("the certificate could not be verified")
	case errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("no answer within %d seconds", int(webhooks.Timeout/time.Second))
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.New("the connection was refused")
	}
	return errors.New("the connection failed")
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
