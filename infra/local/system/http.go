package system

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/lejek/lejek/infra/local/gateway"
	"github.com/lejek/lejek/shared/manifest"
)

// TakenError says that somebody else listens on an address.
type TakenError struct{ Flag, Addr string }

func (e TakenError) Error() string {
	_, port, _ := net.SplitHostPort(e.Addr)
	return fmt.Sprintf("port %s is taken by another program: stop it, or choose another port with %s (port 0 picks a free one)", port, e.Flag)
}

func taken(flag, addr string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return TakenError{flag, addr}
	}
	return err
}

// listen takes the address of the API, which functions are told. Whoever calls waits until the functions are there.
func (s *System) listen(context.Context) error {
	l, err := net.Listen("tcp", s.Options.HTTP)
	if err != nil {
		return taken("-http", s.Options.HTTP, fmt.Errorf("system.Start: %w", err))
	}
	s.listener, s.URL = l, "http://"+l.Addr().String()
	s.onClose(func() error {
		if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	return nil
}

func (s *System) startHTTP(context.Context) error {
	var present []manifest.Function
	for _, f := range manifest.Functions {
		if _, ok := s.functions[f.Name]; ok {
			present = append(present, f)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /_local/run/{function}", s.run)
	mux.HandleFunc("GET /_local/queues", s.queuesPage)
	api := gateway.New(present, s.Invoke, s.Now)
	s.server = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The mux cleans paths by redirecting, which the gateway does not: it sees only our own two pages.
		if _, pattern := mux.Handler(r); pattern != "" && len(r.URL.Path) > 8 && r.URL.Path[:8] == "/_local/" {
			mux.ServeHTTP(w, r)
			return
		}
		api.ServeHTTP(w, r)
	})}
	go func() { _ = s.server.Serve(s.listener) }()
	s.onClose(s.closeHTTP)
	return nil
}

func (s *System) closeHTTP() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("system.Close: %w", err), s.server.Close())
	}
	return nil
}

// run invokes a function that has no routes, as an operator with AWS credentials can in production. Browsers are kept out:
// any page they show could otherwise post here.
func (s *System) run(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("function")
	f, ok := manifest.ByName(name)
	switch {
	case r.Header.Get("Origin") != "":
		reply(w, http.StatusForbidden, map[string]string{"error": "functions are not run from web pages"})
		return
	case !ok || s.functions[name] == nil:
		reply(w, http.StatusNotFound, map[string]string{"error": fmt.Sprintf("there is no function %q", name)})
		return
	case len(f.Operations) > 0 || f.Default:
		reply(w, http.StatusNotFound, map[string]string{"error": fmt.Sprintf("function %q has routes of its own: use them", name)})
		return
	}
	event, err := io.ReadAll(http.MaxBytesReader(w, r.Body, gateway.MaxEvent))
	if err != nil {
		reply(w, http.StatusRequestEntityTooLarge, map[string]string{"error": "the event is too large"})
		return
	}
	if len(event) == 0 {
		event = []byte("{}")
	}
	answer, err := s.Invoke(context.WithoutCancel(r.Context()), name, event)
	if err != nil {
		reply(w, http.StatusInternalServerError, map[string]string{"error": err.Error()})
		return
	}
	if len(answer) == 0 {
		answer = []byte("null")
	}
	reply(w, http.StatusOK, json.RawMessage(answer))
}

func (s *System) queuesPage(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, s.Queues())
}

func reply(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}
