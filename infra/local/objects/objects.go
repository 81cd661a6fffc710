// Package objects is S3 on this machine: gofakes3 in this process, its buckets on disk or in memory. An object that was
// accepted is on disk (durable.go), and whoever asked for it is told of each new object in the words of an S3 event
// (events.go).
//
// What it does not show, and production will: signatures are not checked, lists are not cut into pages, a key is a path on
// disk, so that it must be made by a machine and stay under 200 bytes.
package objects

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3afero"
	"github.com/spf13/afero"
)

// Store is a running S3.
type Store struct {
	URL     string
	backend gofakes3.Backend
	server  *http.Server
}

// Options say where objects live and who hears of new ones.
type Options struct {
	Dir     string // "" keeps everything in memory
	Buckets []string
	// Created is called with the S3 event of each new object once it is stored; may be nil. While it fails, the put fails: what
	// was answered with 200 is known to have been told.
	Created func(event []byte) error
	Now     func() time.Time
}

// Start serves the buckets on a free port of the loopback address.
func Start(o Options) (*Store, error) {
	fs, err := fileSystem(o.Dir)
	if err != nil {
		return nil, err
	}
	var backend gofakes3.Backend
	if backend, err = s3afero.MultiBucket(fs); err != nil {
		return nil, fmt.Errorf("objects.Start: %w", err)
	}
	for _, b := range o.Buckets {
		if err := backend.CreateBucket(b); err != nil && !gofakes3.HasErrorCode(err, gofakes3.ErrBucketAlreadyExists) {
			return nil, fmt.Errorf("objects.Start: bucket %s: %w", b, err)
		}
	}
	if o.Created != nil {
		backend = notifying{Backend: backend, created: o.Created, now: o.Now}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("objects.Start: %w", err)
	}
	s := &Store{URL: "http://" + l.Addr().String(), backend: backend}
	// No skew limit: tests set the clock, and nothing here believes a signature anyway.
	s.server = &http.Server{Handler: overrides(gofakes3.New(backend, gofakes3.WithTimeSkewLimit(0)).Server()), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.server.Serve(l) }()
	return s, nil
}

func fileSystem(dir string) (afero.Fs, error) {
	if dir == "" {
		return afero.NewMemMapFs(), nil
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("objects.Start: %w", err)
	}
	fs, err := s3afero.FsPath(dir, s3afero.FsPathCreateAll)
	if err != nil {
		return nil, fmt.Errorf("objects.Start(%s): %w", dir, err)
	}
	return durable{fs, dir}, nil
}

// Put stores an object as a service of AWS does that writes into our bucket.
func (s *Store) Put(bucket, key string, content []byte) error {
	_, err := s.backend.PutObject(bucket, key, map[string]string{}, bytes.NewReader(content), int64(len(content)), nil)
	if err != nil {
		return fmt.Errorf("objects.Put(%s, %s): %w", bucket, key, err)
	}
	return nil
}

// Close lets running requests finish.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := s.server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("objects.Close: %w", err), s.server.Close())
	}
	return nil
}
