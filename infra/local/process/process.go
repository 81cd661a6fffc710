// Package process runs a helper program whose life is tied to ours: it is killed on Close, and on Linux also when we die
// without a chance to say so (kill -9, a test's panic), so that no engine is left behind holding a port or a file.
package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"
)

// Process is a running helper.
type Process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // of Wait; valid once done is closed

	mu  sync.Mutex
	log []string // the last lines it printed, for error messages
}

const keepLines = 20

// Start runs the program and returns once it printed a line containing ready: within half a minute, or the context's deadline
// where it has one.
func Start(ctx context.Context, ready, path string, args ...string) (*Process, error) {
	p := &Process{cmd: exec.Command(path, args...), done: make(chan struct{})}
	p.cmd.SysProcAttr = dieWithParent()
	out, in := io.Pipe()
	p.cmd.Stdout, p.cmd.Stderr = in, in
	started := make(chan error)
	go p.run(in, started)
	if err := <-started; err != nil {
		return nil, fmt.Errorf("process.Start(%s): %w", path, err)
	}
	isReady := make(chan struct{})
	go p.follow(out, ready, isReady)
	select {
	case <-isReady:
		return p, nil
	case <-p.done:
		return nil, fmt.Errorf("process.Start(%s): it stopped at once: %w\n%s", path, p.err, p.Log())
	case <-ctx.Done():
	case <-time.After(patience(ctx)):
	}
	_ = p.Close()
	return nil, fmt.Errorf("process.Start(%s): it was not ready in time\n%s", path, p.Log())
}

func patience(ctx context.Context) time.Duration {
	if at, ok := ctx.Deadline(); ok {
		return time.Until(at)
	}
	return 30 * time.Second
}

// run keeps its thread: the kernel ties the child's life to the thread that started it, not to the process.
func (p *Process) run(in *io.PipeWriter, started chan<- error) {
	runtime.LockOSThread()
	if err := p.cmd.Start(); err != nil {
		started <- err
		return
	}
	started <- nil
	p.err = p.cmd.Wait()
	_ = in.Close()
	close(p.done)
}

func (p *Process) follow(out io.Reader, ready string, isReady chan struct{}) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if isReady != nil && strings.Contains(lines.Text(), ready) {
			close(isReady)
			isReady = nil
		}
		p.mu.Lock()
		p.log = append(p.log, lines.Text())
		if len(p.log) > keepLines {
			p.log = p.log[1:]
		}
		p.mu.Unlock()
	}
	_, _ = io.Copy(io.Discard, out) // a line too long to keep must not block the program
}

// Log is the last lines that the program printed.
func (p *Process) Log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.log, "\n")
}

// Done is closed when the program has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Close kills the program and waits for its end.
func (p *Process) Close() error {
	if err := p.cmd.Process.Kill(); err != nil {
		select {
		case <-p.done: // it had already ended
		default:
			return fmt.Errorf("process.Close: %w", err)
		}
	}
	<-p.done
	return nil
}

// FreePort is a TCP port of the loopback address that was free a moment ago; who gets it must be ready to lose it.
func FreePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("process.FreePort: %w", err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, errors.Join(l.Close())
}
