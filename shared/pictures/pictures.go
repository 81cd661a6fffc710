// Package pictures makes squares of the pictures that people upload: it reads GIF, JPEG and PNG, turns them upright and scales
// them. It trusts nothing that it reads: a small file can hold a picture that fills the memory, so a picture's dimensions are
// looked at before its pixels are.
package pictures

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	_ "image/gif"
	"image/jpeg"
	_ "image/png"
	"slices"

	"golang.org/x/image/draw"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/persons"
)

const (
	// maxPixels keeps the worst of them, a progressive JPEG at about 15 bytes a pixel, well below the function's memory.
	maxPixels = 16_000_000
	// minSide is what Pipedrive asks for, and the smallest that still shows a face.
	minSide = 128
	// maxScans bounds the work in a progressive JPEG, each of whose scans goes over the whole picture; cameras make ten or so.
	maxScans = 100
	quality  = 85
)

// Squares are JPEG pictures of these sides: of the whole picture or the part of it that crop says, the square in the middle. What
// is transparent becomes white.
func Squares(file []byte, crop persons.Crop, sides ...int) ([][]byte, error) {
	img, turned, err := decode(file)
	if err != nil {
		return nil, err
	}
	part, err := cut(img.Bounds(), turned, crop)
	if err != nil {
		return nil, err
	}
	// The largest is made of the picture, the others of the largest.
	largest := image.NewRGBA(image.Rect(0, 0, slices.Max(sides), slices.Max(sides)))
	draw.Draw(largest, largest.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.BiLinear.Scale(largest, largest.Bounds(), img, part, draw.Over, nil)
	largest = turned.upright(largest)
	out := make([][]byte, len(sides))
	for i, side := range sides {
		square := largest
		if side != largest.Rect.Dx() {
			square = image.NewRGBA(image.Rect(0, 0, side, side))
			draw.BiLinear.Scale(square, square.Bounds(), largest, largest.Bounds(), draw.Src, nil)
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, square, &jpeg.Options{Quality: quality}); err != nil {
			return nil, fmt.Errorf("pictures.Squares: %w", err)
		}
		out[i] = b.Bytes()
	}
	return out, nil
}

// decode reads the picture as it is stored, and how it is to be turned.
func decode(file []byte) (image.Image, orientation, error) {
	unread := fault.BadField("file", "must be a picture: GIF, JPEG or PNG")
	size, format, err := image.DecodeConfig(bytes.NewReader(file))
	switch {
	case err != nil:
		return nil, 0, unread.Because(err)
	case int64(size.Width)*int64(size.Height) > maxPixels:
		return nil, 0, fault.BadField("file", "must have at most %d million pixels, not %d × %d", maxPixels/1_000_000, size.Width, size.Height)
	case format == "jpeg" && bytes.Count(file, []byte{0xff, 0xda}) > maxScans:
		return nil, 0, fault.BadField("file", "must be a JPEG picture of at most %d scans", maxScans)
	}
	img, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, 0, unread.Because(err)
	}
	turned := orientation(1)
	if format == "jpeg" {
		turned = orientationOf(file)
	}
	return img, turned, nil
}

// cut is the square to show, in the coordinates in which the picture is stored.
func cut(stored image.Rectangle, turned orientation, crop persons.Crop) (image.Rectangle, error) {
	width, height := turned.size(stored.Dx(), stored.Dy())
	x, y := crop.X.Or(0), crop.Y.Or(0)
	w, h := crop.Width.Or(int64(width)-x), crop.Height.Or(int64(height)-y)
	var bad fault.Fields
	for _, c := range []struct {
		at, length string
		from, n    int64
		all        int
	}{{"crop_x", "crop_width", x, w, width}, {"crop_y", "crop_height", y, h, height}} {
		switch most := int64(c.all); {
		case c.all < minSide:
			bad.Add("file", "must be at least %d pixels wide and high, is %d × %d", minSide, width, height)
			return image.Rectangle{}, bad.Err()
		case c.from > most-minSide:
			bad.Add(c.at, "must be at most %d: the picture is %d × %d, and %d pixels are the least to keep", most-minSide, width, height, minSide)
		case c.n < minSide || c.n > most-c.from:
			bad.Add(c.length, "must be from %d to %d: the picture is %d × %d", minSide, most-c.from, width, height)
		}
	}
	if err := bad.Err(); err != nil {
		return image.Rectangle{}, err
	}
	side := int(min(w, h))
	sx, sy := turned.stored(stored.Dx(), stored.Dy(), int(x)+(int(w)-side)/2, int(y)+(int(h)-side)/2, side)
	return image.Rect(sx, sy, sx+side, sy+side).Add(stored.Min), nil
}
