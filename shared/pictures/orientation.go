package pictures

import (
	"bytes"
	"encoding/binary"
	"image"
)

// orientation is how a picture is to be turned before it is shown, as cameras write it into their files (Exif 2.3, tag 0x0112):
// 1 is upright, 3 stands on its head, 6 and 8 lie on a side, the others are seen in a mirror.
type orientation int

// size is width and height when upright.
func (o orientation) size(w, h int) (int, int) {
	if o >= 5 {
		return h, w
	}
	return w, h
}

// stored is where the square at x, y of the upright picture lies in the stored one, which is w × h.
func (o orientation) stored(w, h, x, y, side int) (int, int) {
	right, below := w-side, h-side
	switch o {
	case 2:
		return right - x, y
	case 3:
		return right - x, below - y
	case 4:
		return x, below - y
	case 5:
		return y, x
	case 6:
		return y, below - x
	case 7:
		return right - y, below - x
	case 8:
		return right - y, x
	}
	return x, y
}

// upright turns a square.
func (o orientation) upright(in *image.RGBA) *image.RGBA {
	if o == 1 {
		return in
	}
	out := image.NewRGBA(in.Rect)
	side := in.Rect.Dx()
	for y := range side {
		for x := range side {
			out.SetRGBA(x, y, in.RGBAAt(o.stored(side, side, x, y, 1)))
		}
	}
	return out
}

// orientationOf looks for the Exif segment of a JPEG file; 1 when there is none, or none that can be read.
func orientationOf(file []byte) orientation {
	for rest := file[2:]; len(rest) > 4 && rest[0] == 0xff && rest[1] != 0xda; {
		n := 2 + int(binary.BigEndian.Uint16(rest[2:]))
		if n < 4 || n > len(rest) {
			break
		}
		if exif, ok := bytes.CutPrefix(rest[4:n], []byte("Exif\x00\x00")); ok && rest[1] == 0xe1 {
			return readExif(exif)
		}
		rest = rest[n:]
	}
	return 1
}

func readExif(tiff []byte) orientation {
	var order binary.ByteOrder = binary.LittleEndian
	if bytes.HasPrefix(tiff, []byte("MM")) {
		order = binary.BigEndian
	}
	if len(tiff) < 8 {
		return 1
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == 0x0112 {
			if o := orientation(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			break
		}
		entries = entries[12:]
	}
	return 1
}
