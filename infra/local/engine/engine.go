// Package engine runs DynamoDB on this machine: the dynoxide program, with its data in a file, and in it tables
// built from shared/schema exactly as the stack builds the deployed one. Tests call Table and get a fresh table of their own
// on one engine per test process.
//
// What it does not show, and production will: index reads lag (package lag imitates that), transactions conflict and are
// throttled, a stream has many shards, expired items disappear.
package engine

import (
	"context"
	_ "embed" // the empty database
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/lejek/lejek/infra/local/node"
	"github.com/lejek/lejek/infra/local/process"
)

// Region is the region that the local runner pretends to be in.
const Region = "eu-central-1"

// Engine is a running DynamoDB.
type Engine struct {
	URL     string
	process *process.Process
}

// Start runs an engine that keeps its data in the file; when file is "", in one that is out of sight at once and goes with the engine.
// It is never the engine's own memory, since it would make the stream's table there, without the index of the empty database.
func Start(ctx context.Context, tools node.Tools, file string) (*Engine, error) {
	path, err := tools.Engine()
	if err != nil {
		return nil, err
	}
	if file == "" {
		dir, err := os.MkdirTemp("", "lejek")
		if err != nil {
			return nil, fmt.Errorf("engine.Start: %w", err)
		}
		defer os.RemoveAll(dir) // the engine has opened what it needs by then
		file = filepath.Join(dir, "data.db")
	}
	if err := prepare(file); err != nil {
		return nil, fmt.Errorf("engine.Start: %w", err)
	}
	const tries = 5 // somebody else may take the free port before the engine does
	for range tries {
		var port int
		if port, err = process.FreePort(); err != nil {
			break
		}
		var p *process.Process
		if p, err = process.Start(ctx, "listening on", path, "serve", "--host", "127.0.0.1", "--port", strconv.Itoa(port), "--db-path", file); err == nil {
			return &Engine{URL: fmt.Sprintf("http://127.0.0.1:%d", port), process: p}, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("engine.Start: %w", err)
}

// empty is a database that holds nothing but the engine's own table of stream records, with an index that the engine does not
// make itself: without it each write looks through all earlier records for the last number, and a transaction takes six times as
// long after some thousand mails. It was made with
//
//	CREATE TABLE _stream_records (…as dynoxide 1.2.1 makes it…);
//	CREATE INDEX _stream_records_by_number ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
//
//go:embed empty.db
var empty []byte

// prepare puts the empty database where there is none yet; the engine makes the rest.
func prepare(file string) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil
	} else if err != nil {
		return err
	}
	_, err = f.Write(empty)
	return errors.Join(err, f.Close())
}

// Done is closed when the engine has ended, wanted or not.
func (e *Engine) Done() <-chan struct{} { return e.process.Done() }

// Close ends the engine.
func (e *Engine) Close() error { return e.process.Close() }

// Config makes clients that speak to the engine.
func (e *Engine) Config() aws.Config { return Local(e.URL) }

// Local makes clients of a service on this machine: any signature is accepted there.
func Local(url string) aws.Config {
	return aws.Config{
		Region:       Region,
		Credentials:  credentials.NewStaticCredentialsProvider("local", "local", ""),
		BaseEndpoint: aws.String(url),
	}
}
