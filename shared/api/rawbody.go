package api

import (
	"mime"
	"reflect"

	"github.com/lejek/lejek/shared/fault"
)

// takes is what the body of a request may be besides JSON.
type takes struct {
	files bool   // a multipart form
	raw   string // bytes of this media type, nothing else
}

// takesOf reads it off an input: a field of bytes with a tag, `raw:"message/rfc822"`, gets the body as it is.
func takesOf(in reflect.Type) takes {
	t := takes{files: takesFiles(in)}
	for i := range in.NumField() {
		if kind := in.Field(i).Tag.Get("raw"); kind != "" {
			t.raw = kind
		}
	}
	return t
}

// rawBody fills the field that takes the body as it is.
func (d *decoder) rawBody(r *request, v reflect.Value) error {
	if len(r.body) == 0 {
		d.bad.Add("body", "must be given, as %s", r.takes.raw)
		return nil
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != r.takes.raw {
		return fault.New(fault.Unsupported, "The media type %q is not read here; please send %s", r.Header.Get("Content-Type"), r.takes.raw)
	}
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("raw") != "" {
			v.Field(i).SetBytes(r.body)
		}
	}
	return nil
}
