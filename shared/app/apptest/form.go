package apptest

import (
	"bytes"
	"encoding/base64"
	"mime/multipart"
)

// Form is the body of a multipart form: its files by the names of their fields, and its other fields.
type Form struct {
	Files  map[string]string
	Fields map[string]string
}

// encode is the form as API Gateway hands on what is no text, and its media type.
func (f Form) encode() (body, mediaType string) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, text := range f.Fields {
		_ = w.WriteField(name, text) // a buffer takes everything
	}
	for name, content := range f.Files {
		part, _ := w.CreateFormFile(name, name+".bin")
		_, _ = part.Write([]byte(content))
	}
	_ = w.Close()
	return base64.StdEncoding.EncodeToString(b.Bytes()), w.FormDataContentType()
}
