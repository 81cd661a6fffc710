package persons

import (
	"context"
	"fmt"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Sides are the widths and heights that a picture is kept in, in pixels.
var Sides = []int{128, 512}

// Picture of a person, as stored with the person. Its squares are objects whose keys are made of Key.
type Picture struct {
	ID      int64
	Key     string
	Size    int64 // bytes of the largest square
	UserID  int64 // who added it
	AddTime time.Time
}

// KeyOf is the key of the square of that side.
func (p Picture) KeyOf(side int) string { return fmt.Sprintf("%s-%d", p.Key, side) }

func (p *Picture) keys() (keys []string) {
	for _, side := range Sides {
		if p != nil {
			keys = append(keys, p.KeyOf(side))
		}
	}
	return keys
}

func (p *Picture) id() *int64 {
	if p == nil {
		return nil
	}
	return &p.ID
}

// PictureID is that of the picture; nil when there is none.
func (p Person) PictureID() *int64 { return p.Picture.id() }

// Objects are the keys of the person's picture, which go with the person.
func (p Person) Objects() []string { return p.Picture.keys() }

// Crop is the part of an uploaded picture that is kept, in pixels from its upper left corner; what is absent reaches to the edge.
type Crop struct{ X, Y, Width, Height value.Opt[int64] }

// PictureStore is where persons and the numbers of their pictures are kept.
type PictureStore interface {
	Get(ctx context.Context, team, id int64) (Person, error)
	NextPictureID(ctx context.Context, team int64) (int64, error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// PictureObjects is where the bytes of pictures are.
type PictureObjects interface {
	Put(ctx context.Context, key, mediaType string, content []byte) error
	// SignedURL is an address from which the object can be had for a few minutes, with these headers.
	SignedURL(ctx context.Context, key, disposition, mediaType string) (string, error)
}

// Pictures is what can be done with the pictures of persons.
type Pictures struct {
	Store   PictureStore
	Objects PictureObjects
	// Squares makes JPEG pictures of these sides of a file that came from outside; a wrong input when it is none that can be read.
	Squares func(file []byte, crop Crop, sides ...int) ([][]byte, error)
	Now     func() time.Time
}

const mediaType = "image/jpeg"

// Get is the person's picture, and where its squares can be had.
func (s Pictures) Get(ctx context.Context, a auth.Actor, id int64) (Picture, map[int]string, error) {
	p, err := s.Store.Get(ctx, a.Team, id)
	if err != nil {
		return Picture{}, nil, err
	}
	if p.Picture == nil {
		return Picture{}, nil, fault.Missing("Picture")
	}
	urls, err := s.URLs(ctx, *p.Picture)
	return *p.Picture, urls, err
}

// URLs are where the squares of a picture can be had, by their sides.
func (s Pictures) URLs(ctx context.Context, p Picture) (urls map[int]string, err error) {
	urls = map[int]string{}
	for _, side := range Sides {
		if urls[side], err = s.Objects.SignedURL(ctx, p.KeyOf(side), "inline", mediaType); err != nil {
			return nil, err
		}
	}
	return urls, nil
}

// Set gives the person a picture instead of the one it has.
func (s Pictures) Set(ctx context.Context, a auth.Actor, id int64, file []byte, crop Crop) error {
	if _, err := s.alive(ctx, a, id); err != nil {
		return err
	}
	squares, err := s.Squares(file, crop, Sides...)
	if err != nil {
		return err
	}
	now := s.now()
	pic := Picture{UserID: a.User, AddTime: now}
	if pic.ID, err = s.Store.NextPictureID(ctx, a.Team); err != nil {
		return fmt.Errorf("persons.Pictures.Set %d: %w", id, err)
	}
	pic.Key = fmt.Sprintf("files/%d/picture-%d", a.Team, pic.ID)
	for i, side := range Sides {
		pic.Size = int64(len(squares[i]))
		if err := s.Objects.Put(ctx, pic.KeyOf(side), mediaType, squares[i]); err != nil {
			return fmt.Errorf("persons.Pictures.Set %d: %w", id, err)
		}
	}
	return s.replace(ctx, a, id, &pic)
}

// Remove takes the person's picture away.
func (s Pictures) Remove(ctx context.Context, a auth.Actor, id int64) error {
	return s.replace(ctx, a, id, nil)
}

func (s Pictures) replace(ctx context.Context, a auth.Actor, id int64, pic *Picture) error {
	return change.Retry(ctx, func() error {
		before, err := s.alive(ctx, a, id)
		if err != nil {
			return err
		}
		if before.Picture == nil && pic == nil {
			return fault.Missing("Picture")
		}
		now := before
		now.Picture, now.UpdateTime = pic, s.now()
		set := written(a, before, now, nil)
		set.Discard(now.UpdateTime, before.Picture.keys()...)
		if err := s.Store.Commit(ctx, set); err != nil {
			return fmt.Errorf("persons.Pictures.replace %d: %w", id, err)
		}
		return nil
	})
}

func (s Pictures) alive(ctx context.Context, a auth.Actor, id int64) (Person, error) {
	p, err := s.Store.Get(ctx, a.Team, id)
	if err == nil && p.Deleted {
		err = fault.Missing("Person")
	}
	return p, err
}

func (s Pictures) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }
