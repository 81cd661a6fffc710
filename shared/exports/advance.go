package exports

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/lejek/lejek/shared/fault"
)

var errTooLarge = errors.New("exports: more parts than an archive may have")

// advance packs chunk after chunk into the archive while there is time. It is done when the archive is there.
func (w Worker) advance(ctx context.Context, p Place, s *state) (done bool, err error) {
	key, began := Key(p.Team, p.Export), w.now()
	if s.Upload == "" {
		numbers, err := w.Records.Numbers(ctx, p.Team)
		if err != nil {
			return false, err
		}
		for _, walk := range walks {
			s.Numbers += numbers[walk.kind]
		}
		if s.Upload, err = w.Bucket.Begin(ctx, key); err != nil {
			return false, err
		}
	}
	a := pack{size: w.Limits.Part, tail: s.tail, offset: s.Offset, directory: s.listing, entries: s.Entries, at: s.Began, part: func(content []byte) error {
		if len(s.Parts) == w.Limits.Parts {
			return errTooLarge
		}
		etag, err := w.Bucket.Part(ctx, key, s.Upload, len(s.Parts)+1, content)
		s.Parts = append(s.Parts, etag)
		return err
	}}
	if err := a.open(); err != nil {
		return false, err
	}
	for chunks := 0; s.Walk < len(walks); chunks++ {
		if w.now().Sub(began) > w.Limits.Working || w.Limits.Chunks > 0 && chunks == w.Limits.Chunks {
			break
		}
		if err := w.chunk(ctx, p.Team, s, &a, func() bool { return w.now().Sub(began) > w.Limits.Working }); err != nil {
			return false, fmt.Errorf("%s from %d: %w", walks[s.Walk].kind, s.Next, err)
		}
	}
	if done = s.Walk == len(walks); done {
		if err := w.describe(ctx, p, s, &a); err != nil {
			return false, err
		}
	}
	if err := a.close(); err != nil {
		return false, err
	}
	if done {
		if err := a.finish(); err != nil {
			return false, err
		}
		s.Offset = a.offset
		return true, w.complete(ctx, key, s)
	}
	err = a.flush(w.Limits.Least)
	s.tail, s.Offset, s.listing, s.Entries = a.tail, a.offset, a.directory, a.entries
	return false, err
}

// chunk packs the next records of a walk, up to where the time is over.
func (w Worker) chunk(ctx context.Context, team int64, s *state, a *pack, over func() bool) error {
	first, walked := s.Next, walks[s.Walk].kind
	groups, err := walks[s.Walk].next(w, ctx, team, walked, s)
	if err != nil {
		return err
	}
	if len(groups) == 0 {
		s.Walk, s.Next, s.Last, s.After = s.Walk+1, 1, -1, ""
		return nil
	}
	files := map[string]*bytes.Buffer{}
	for i, lines := range groups {
		for _, l := range lines {
			if files[l.Kind] == nil {
				files[l.Kind] = &bytes.Buffer{}
			}
			e := json.NewEncoder(files[l.Kind])
			e.SetEscapeHTML(false)
			if err := e.Encode(l); err != nil {
				return fmt.Errorf("%s: %w", l.Ref, err)
			}
			s.Counts[l.Kind]++
			if err := w.objects(ctx, s, a, l.Record); err != nil {
				return fmt.Errorf("objects of %s: %w", l.Ref, err)
			}
		}
		s.Next++
		if s.Last >= 0 {
			s.Passed++
		}
		if over() && i < len(groups)-1 {
			break
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(files)) {
		if _, err := a.add(fileName(kind, walked, first), false, files[kind]); err != nil {
			return err
		}
	}
	return nil
}

// objects packs those of a record, each once.
func (w Worker) objects(ctx context.Context, s *state, a *pack, record any) error {
	_, objects := w.Belongs(record)
	for _, o := range objects {
		if a.names[o.Name] {
			continue
		}
		content, err := w.Bucket.Open(ctx, o)
		if fault.Is(err, fault.NotFound) {
			if s.Lost++; len(s.Missing) < 1000 {
				s.Missing = append(s.Missing, o.Name)
			}
			continue
		}
		if err != nil {
			return err
		}
		_, err = a.add(o.Name, !o.Text, content)
		if err = errors.Join(err, content.Close()); err != nil {
			return err
		}
		s.Files++
	}
	return nil
}

// describe packs the manifest.
func (w Worker) describe(ctx context.Context, p Place, s *state, a *pack) error {
	numbers, err := w.Records.Numbers(ctx, p.Team)
	if err != nil {
		return err
	}
	content, err := json.MarshalIndent(Manifest{
		Format: Format, Version: FormatVersion, Team: p.Team, Export: p.Export, Began: s.Began, Ended: w.now(), Numbers: numbers,
		Lines: s.Counts, Objects: s.Files, Missing: s.Missing, Lost: s.Lost,
	}, "", "  ")
	if err == nil {
		_, err = a.add(ManifestName, false, bytes.NewReader(append(content, '\n')))
	}
	return err
}

// complete makes the archive of its parts. A try that died right after has made it already.
func (w Worker) complete(ctx context.Context, key string, s *state) error {
	err := w.Bucket.Complete(ctx, key, s.Upload, s.Parts)
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	size, sizeErr := w.Bucket.Size(ctx, key)
	if sizeErr != nil || size == 0 {
		return err
	}
	// The parts were packed anew and may differ in length from those of the first try; what is there is whole.
	s.Offset = size
	return nil
}
