package objects

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/afero"
)

// durable is a file system below dir that has a written file, and its name, on disk when it is closed. S3 answers 200 only
// for what it will not lose, and the inbox answers 250 on the strength of that.
type durable struct {
	afero.Fs
	dir string
}

func (d durable) Create(name string) (afero.File, error) {
	return d.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o666)
}

func (d durable) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	f, err := d.Fs.OpenFile(name, flag, perm)
	if err != nil || flag&(os.O_WRONLY|os.O_RDWR) == 0 {
		return f, err
	}
	return &durableFile{File: f, folder: filepath.Dir(filepath.Join(d.dir, name))}, nil
}

type durableFile struct {
	afero.File
	folder string
	closed bool
}

func (f *durableFile) Close() error {
	if f.closed {
		return f.File.Close()
	}
	f.closed = true
	if err := errors.Join(f.Sync(), f.File.Close()); err != nil {
		return err
	}
	folder, err := os.Open(f.folder)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
