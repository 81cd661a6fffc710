package imports_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/imports"
	"github.com/lejek/lejek/shared/sheet"
)

// one keeps a single import; its other questions are not asked while a file is analysed.
type one struct {
	imports.Store
	m imports.Import
}

func (s *one) Get(context.Context, int64, int64) (imports.Import, error) { return s.m, nil }

func (s *one) Commit(_ context.Context, sets ...change.Set) error {
	m := sets[0].Records[0].Value.(imports.Import)
	if sets[0].Records[0].Expect != s.m.Version {
		return fault.New(fault.Conflict, "late")
	}
	m.Version = s.m.Version + 1
	s.m = m
	return nil
}

// disk has one file, and forgets the chunks. Every hundredth measures the heap.
type disk struct {
	imports.Objects
	path         string
	mu           sync.Mutex
	chunks, rows int
	peak         uint64
}

func (d *disk) Fetch(context.Context, string) (imports.File, int64, string, error) {
	f, err := os.Open(d.path)
	if err != nil {
		return nil, 0, "", err
	}
	info, err := f.Stat()
	return f, info.Size(), "e", err
}

func (d *disk) Write(_ context.Context, _ string, content []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rows += strings.Count(string(content), `"Number":`)
	if d.chunks++; d.chunks%10 == 0 {
		d.peak = max(d.peak, heap())
	}
	return nil
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestAnalysingTakesTheSameMemoryForAnyFile(t *testing.T) {
	analyse := func(rows int) (uint64, int64) {
		path := filepath.Join(t.TempDir(), "big.csv")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(f, "Organization name;Person name;Person email;Person phone;Deal title;Deal value;Activity subject;Note")
		for i := range rows {
			fmt.Fprintf(f, "Firm %d;Person %d;p%d@example.com;+48 600 %06d;Deal %d;%d,50;Call %d;%s\n", i, i, i, i, i, i, i, strings.Repeat("note ", 20))
		}
		size, _ := f.Seek(0, io.SeekCurrent)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		store := &one{m: imports.Import{ID: 1, Version: 1, Status: imports.WaitingForFile, AutoStart: true, Key: imports.UploadKey(1, 1)}}
		objects := &disk{path: path}
		w := imports.Worker{Store: store, Objects: objects, Open: sheet.Open, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
		before := heap()
		if err := w.Arrived(t.Context(), imports.Object{Key: imports.UploadKey(1, 1), ETag: "e"}); err != nil {
			t.Fatal(err)
		}
		if store.m.Status != imports.Running || store.m.RowsTotal != int64(rows) || objects.rows != rows || int64(objects.chunks) != store.m.Chunks || !store.m.Comma {
			t.Fatalf("%d rows in %d chunks of %+v", objects.rows, objects.chunks, store.m)
		}
		return objects.peak - min(before, objects.peak), size
	}
	few, small := analyse(2_000)
	start := time.Now()
	many, large := analyse(50_000)
	t.Logf("2,000 rows, %d KB: %d KB of heap; 50,000 rows, %d KB: %d KB of heap, in %v", small>>10, few>>10, large>>10, many>>10, time.Since(start))
	if many > few+1<<20 {
		t.Errorf("50,000 rows took %d KB of heap, 2,000 rows %d KB", many>>10, few>>10)
	}
}
