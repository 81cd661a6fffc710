package pictures

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/value"
)

var (
	red, green   = color.RGBA{200, 0, 0, 255}, color.RGBA{0, 200, 0, 255}
	blue, yellow = color.RGBA{0, 0, 200, 255}, color.RGBA{200, 200, 0, 255}
)

// quarters is a picture whose upper left is red, upper right green, lower left blue and lower right yellow.
func quarters(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := red
			switch {
			case x >= w/2 && y >= h/2:
				c = yellow
			case x >= w/2:
				c = green
			case y >= h/2:
				c = blue
			}
			img.Set(x, y, c)
		}
	}
	return img
}

func encoded(t *testing.T, format string, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&b, img)
	case "gif":
		err = gif.Encode(&b, img, nil)
	default:
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 95})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// corners are the colours of a square, from the upper left clockwise.
func corners(t *testing.T, square []byte, side int) (list []color.RGBA) {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(square))
	if err != nil || img.Bounds() != image.Rect(0, 0, side, side) {
		t.Fatalf("%v %v", img.Bounds(), err)
	}
	far := side - side/8
	for _, p := range []image.Point{{side / 8, side / 8}, {far, side / 8}, {far, far}, {side / 8, far}} {
		r, g, b, _ := img.At(p.X, p.Y).RGBA()
		round := func(v uint32) uint8 { return uint8((v>>8 + 50) / 100 * 100) }
		list = append(list, color.RGBA{round(r), round(g), round(b), 255})
	}
	return list
}

func TestSquaresAreMadeOfEachFormat(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"png", "gif", "jpeg"} {
		for _, size := range []image.Point{{128, 128}, {700, 700}, {900, 300}, {150, 1000}} {
			squares, err := Squares(encoded(t, format, quarters(size.X, size.Y)), persons.Crop{}, persons.Sides...)
			if err != nil {
				t.Fatalf("%s %v: %v", format, size, err)
			}
			for i, side := range persons.Sides {
				if got := corners(t, squares[i], side); fmt.Sprint(got) != fmt.Sprint([]color.RGBA{red, green, yellow, blue}) {
					t.Errorf("%s %v, square of %d: %v", format, size, side, got)
				}
			}
		}
	}
}

func TestPicturesOfCamerasAreTurnedUpright(t *testing.T) {
	t.Parallel()
	// How each orientation stores a picture: the corners from the upper left clockwise, when upright they are red, green, yellow, blue.
	for o, stored := range map[int][]color.RGBA{
		1: {red, green, yellow, blue}, 2: {green, red, blue, yellow}, 3: {yellow, blue, red, green}, 4: {blue, yellow, green, red},
		5: {red, blue, yellow, green}, 6: {green, yellow, blue, red}, 7: {yellow, green, red, blue}, 8: {blue, red, green, yellow},
	} {
		w, h := 400, 200
		if o >= 5 {
			w, h = h, w
		}
		img := image.NewRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				img.Set(x, y, stored[map[[2]bool]int{{false, false}: 0, {true, false}: 1, {true, true}: 2, {false, true}: 3}[[2]bool{x >= w/2, y >= h/2}]])
			}
		}
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			squares, err := Squares(withExif(encoded(t, "jpeg", img), order, o), persons.Crop{}, 128)
			if err != nil {
				t.Fatal(err)
			}
			if got := corners(t, squares[0], 128); fmt.Sprint(got) != fmt.Sprint([]color.RGBA{red, green, yellow, blue}) {
				t.Errorf("orientation %d: %v", o, got)
			}
		}
		// The right half, of which a square is all green above and all yellow below.
		crop := persons.Crop{X: value.Some[int64](200), Width: value.Some[int64](200)}
		squares, err := Squares(withExif(encoded(t, "jpeg", img), binary.BigEndian, o), crop, 128)
		if err != nil {
			t.Fatal(err)
		}
		if got := corners(t, squares[0], 128); fmt.Sprint(got) != fmt.Sprint([]color.RGBA{green, green, yellow, yellow}) {
			t.Errorf("orientation %d, cropped: %v", o, got)
		}
	}
}

// withExif puts an Exif segment behind the file's first marker.
func withExif(file []byte, order binary.AppendByteOrder, o int) []byte {
	tiff := []byte("II")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		tiff = []byte("MM")
	}
	tiff = order.AppendUint16(tiff, 42)
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, entry := range [][2]uint16{{0x010f, 0}, {0x0112, uint16(o)}} {
		tiff = order.AppendUint16(tiff, entry[0])
		tiff = order.AppendUint16(tiff, 3)
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, entry[1])
		tiff = order.AppendUint16(tiff, 0)
	}
	segment := append([]byte("Exif\x00\x00"), tiff...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(segment)+2))
	return append(append(append(bytes.Clone(file[:2]), head...), segment...), file[2:]...)
}

func TestWhatIsTransparentBecomesWhite(t *testing.T) {
	t.Parallel()
	squares, err := Squares(encoded(t, "png", image.NewNRGBA(image.Rect(0, 0, 128, 128))), persons.Crop{}, 128)
	if err != nil {
		t.Fatal(err)
	}
	img, _ := jpeg.Decode(bytes.NewReader(squares[0]))
	if r, g, b, _ := img.At(64, 64).RGBA(); r < 0xf000 || g < 0xf000 || b < 0xf000 {
		t.Errorf("%x %x %x", r, g, b)
	}
}

// header is a PNG file that claims to be large.
func header(w, h uint32) []byte {
	ihdr := append([]byte("IHDR"), make([]byte, 13)...)
	binary.BigEndian.PutUint32(ihdr[4:], w)
	binary.BigEndian.PutUint32(ihdr[8:], h)
	ihdr[12], ihdr[13] = 8, 6
	file := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), ihdr...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(ihdr))
}

func TestWhatIsNoPictureToKeepIsRefused(t *testing.T) {
	t.Parallel()
	good := encoded(t, "jpeg", quarters(400, 200))
	num := value.Some[int64]
	scans := append(bytes.Clone(good[:2]), 0xff, 0xe5, 0x03, 0xeb) // a segment of 1001 bytes that says nothing
	scans = append(append(scans, bytes.Repeat([]byte{0xff, 0xda, 0}, 333)...), good[2:]...)
	for _, c := range []struct {
		name string
		file []byte
		crop persons.Crop
		want string
	}{
		{"text", []byte("<svg/>"), persons.Crop{}, "file: must be a picture: GIF, JPEG or PNG"},
		{"half", good[:len(good)/2], persons.Crop{}, "file: must be a picture"},
		{"a bomb", header(100_000, 100_000), persons.Crop{}, "file: must have at most 16 million pixels, not 100000 × 100000"},
		{"a long strip", header(1<<30, 1), persons.Crop{}, "file: must have at most 16 million pixels"},
		{"many scans", scans, persons.Crop{}, "at most 100 scans"},
		{"small", encoded(t, "png", quarters(127, 400)), persons.Crop{}, "file: must be at least 128 pixels wide and high, is 127 × 400"},
		{"beyond the edge", good, persons.Crop{X: num(300), Y: num(-1 + 73)}, "crop_x: must be at most 272: the picture is 400 × 200, and 128 pixels are the least to keep"},
		{"too wide", good, persons.Crop{X: num(100), Width: num(301)}, "crop_width: must be from 128 to 300: the picture is 400 × 200"},
		{"too flat", good, persons.Crop{Height: num(20)}, "crop_height: must be from 128 to 200"},
		{"far too much", good, persons.Crop{X: num(1 << 62), Width: num(1 << 62), Y: num(1 << 62), Height: num(1 << 62)}, "crop_y: must be at most 72"},
	} {
		if _, err := Squares(c.file, c.crop, 128); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func FuzzOrientation(f *testing.F) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		f.Add(withExif([]byte("\xff\xd8\xff\xda"), order, 6))
	}
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x00Exif"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) >= 2 {
			orientationOf(file)
		}
	})
}
