// Package restore reads an archive that an export made into an empty team. It is an operator's tool, part of no function: it writes
// the table and the buckets with the operator's own rights. Records keep their numbers and versions; what an archive leaves out, since
// it follows from the rest, is made anew by the same rules of the entities that made it first: rows, guards, summaries, figures. Words are
// filed by the indexer, which sees the records come.
//
// It can be stopped anywhere and begun again: each record goes in once, with what follows from it, in one transaction. The team must
// not be used meanwhile; that it is empty is known from the numbers it gave, which are set at last.
package restore

import (
	"archive/zip"
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sort"

	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/exports"
	"github.com/lejek/lejek/shared/fault"
)

// Archive is one being read into a team.
type Archive struct {
	Manifest exports.Manifest
	env      boot.Env
	db       *dynamo.DB
	team     int64
	zip      *zip.Reader
	moved    change.Redirects // what was absorbed
	done     int64
}

// Open reads the manifest of an archive that is meant for a team.
func Open(env boot.Env, team int64, content io.ReaderAt, size int64) (*Archive, error) {
	z, err := zip.NewReader(content, size)
	if err != nil {
		return nil, fmt.Errorf("this is no archive: %w", err)
	}
	a := &Archive{env: env, db: dynamo.New(env.DynamoDB, env.Table, env.Now), team: team, zip: z}
	f, err := z.Open(exports.ManifestName)
	if err != nil {
		return nil, fmt.Errorf("this is no archive of a team: %w", err)
	}
	defer f.Close()
	if err := json.NewDecoder(f).Decode(&a.Manifest); err != nil {
		return nil, fmt.Errorf("%s: %w", exports.ManifestName, err)
	}
	if m := a.Manifest; m.Format != exports.Format || m.Version != exports.FormatVersion {
		return nil, fmt.Errorf("this is a %q of version %d; a %q of version %d can be read", m.Format, m.Version, exports.Format, exports.FormatVersion)
	}
	return a, nil
}

// used are kinds of which an empty team has given no number.
var used = []string{change.Deal, change.Person, change.Organization, change.Activity, change.Note, change.File, change.MailThread}

// empty refuses a team that has given numbers, except where an earlier try ended while it set them: then some are those of the archive, and
// the others are not set.
func (a *Archive) empty(given map[string]int64) error {
	left := slices.ContainsFunc(used, func(kind string) bool { return given[kind] == 0 && a.Manifest.Numbers[kind] > 0 })
	for _, kind := range used {
		if n := given[kind]; n > 0 && (n != a.Manifest.Numbers[kind] || !left) {
			return fmt.Errorf("team %d is not empty: it has given %d numbers to records of kind %s", a.team, n, kind)
		}
	}
	return nil
}

// Restore puts everything into the team; the number of lines that it read.
func (a *Archive) Restore(ctx context.Context) (int64, error) {
	all := dynamo.Everything{DB: a.db}
	given, err := all.Numbers(ctx, a.team)
	if err != nil {
		return 0, err
	}
	if err := a.empty(given); err != nil {
		return 0, err
	}
	if a.moved, err = a.merges(); err != nil {
		return 0, err
	}
	if err := a.objects(ctx); err != nil {
		return 0, err
	}
	if err := a.company(ctx, all); err != nil {
		return 0, err
	}
	for _, kind := range order {
		err := a.each(kind, func(l line) error {
			a.done++
			return a.one(ctx, kind, l)
		})
		if err != nil {
			return a.done, fmt.Errorf("lines of %s: %w", kind, err)
		}
	}
	if err := a.aliases(ctx); err != nil {
		return a.done, fmt.Errorf("ids of messages: %w", err)
	}
	if err := a.figures(ctx); err != nil {
		return a.done, fmt.Errorf("figures: %w", err)
	}
	kinds := slices.Sorted(maps.Keys(a.Manifest.Numbers))
	slices.SortStableFunc(kinds, func(x, y string) int { return cmp.Compare(slices.Index(used, x), slices.Index(used, y)) }) // the used ones last
	for _, kind := range kinds {
		// Those of exports and imports are the new team's own.
		if more := a.Manifest.Numbers[kind] - given[kind]; more > 0 && kind != exports.Kind && kind != "import" {
			if _, err := a.db.NextIDs(ctx, a.team, kind, int(more)); err != nil {
				return a.done, err
			}
		}
	}
	return a.done, nil
}

// line of a file, its record not read yet.
type line struct {
	Ref    change.Ref      `json:"ref"`
	Record json.RawMessage `json:"record"`
}

// each hands on all lines of a kind in the order in which they were written.
func (a *Archive) each(kind string, do func(line) error) error {
	var files []*zip.File
	for _, f := range a.zip.File {
		if k, ok := exports.KindOf(f.Name); ok && k == kind {
			files = append(files, f)
		}
	}
	sort.Slice(files, func(i, j int) bool { return files[i].Name < files[j].Name })
	for _, f := range files {
		if err := a.lines(f, do); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

func (a *Archive) lines(f *zip.File, do func(line) error) error {
	content, err := f.Open()
	if err != nil {
		return err
	}
	defer content.Close()
	in := json.NewDecoder(bufio.NewReaderSize(content, 1<<16))
	for {
		var l line
		if err := in.Decode(&l); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if err := do(l); err != nil {
			return fmt.Errorf("%s: %w", l.Ref, err)
		}
	}
}

// commit writes a set once; what is there already came with an earlier try.
func (a *Archive) commit(ctx context.Context, set change.Set) error {
	set.Team = a.team
	if err := a.db.Commit(ctx, set); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	return nil
}
