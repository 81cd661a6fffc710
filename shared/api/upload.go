package api

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/url"
	"reflect"

	"github.com/lejek/lejek/shared/fault"
)

// Upload is a file in a multipart form. A field of this type with a tag, `file:"picture"`, makes its operation read such forms
// and takes the file from it; the form's other fields are decoded by their json tags, as those of any body.
type Upload struct {
	Name    string // as the client calls it
	Type    string // media type, as the client says; "" when it says none
	Content []byte
}

var uploadType = reflect.TypeFor[Upload]()

const (
	// maxUpload is what fits into Lambda's event of 6 MB: API Gateway encodes a body that is no text in base64.
	maxUpload = 4_500_000
	maxParts  = 100
)

// takesFiles reports whether an input reads multipart forms.
func takesFiles(t reflect.Type) bool {
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous && takesFiles(f.Type) || f.Tag.Get("file") != "" {
			return true
		}
	}
	return false
}

// readForm reads a multipart form that is in memory already. Of parts with the same name the first counts.
func (r *request) readForm(boundary string) error {
	r.form, r.files = url.Values{}, map[string]Upload{}
	parts := multipart.NewReader(bytes.NewReader(r.body), boundary)
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		if err == io.EOF && boundary != "" {
			return nil
		}
		var content []byte
		if err == nil {
			content, err = io.ReadAll(part)
		}
		switch {
		case err != nil:
			return fault.New(fault.Invalid, "The multipart form in the body could not be read").Because(err)
		case n == maxParts:
			return fault.New(fault.Invalid, "The form in the body has more than %d parts", maxParts)
		case part.FileName() == "":
			r.form.Add(part.FormName(), string(content))
		default:
			if _, has := r.files[part.FormName()]; !has {
				r.files[part.FormName()] = Upload{part.FileName(), part.Header.Get("Content-Type"), content}
			}
		}
	}
}

// uploads fills the fields that take files.
func (d *decoder) uploads(r *request, v reflect.Value) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			d.uploads(r, v.Field(i))
			continue
		}
		name := f.Tag.Get("file")
		if name == "" {
			continue
		}
		if f.Type != uploadType {
			panic("api: no decoding of a file into " + f.Type.String())
		}
		switch file, sent := r.files[name]; {
		case sent && len(file.Content) > 0:
			v.Field(i).Set(reflect.ValueOf(file))
		case sent:
			d.bad.Add(name, "is empty")
		case r.form.Has(name):
			d.bad.Add(name, "must be a file: a part with a file name")
		case hasRule(f.Tag.Get("rule"), "required"):
			d.bad.Add(name, "must be given")
		}
	}
}
