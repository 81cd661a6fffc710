package api

import (
	"context"
	"net/http"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/value"
)

// fileLinks are what a file can hang on; several are allowed.
type fileLinks struct {
	DealID     value.Opt[int64]  `json:"deal_id" rule:"min=1"`
	PersonID   value.Opt[int64]  `json:"person_id" rule:"min=1"`
	OrgID      value.Opt[int64]  `json:"org_id" rule:"min=1"`
	ActivityID value.Opt[int64]  `json:"activity_id" rule:"min=1"`
	ProductID  value.Opt[int64]  `json:"product_id" rule:"unsupported,null"`
	LeadID     value.Opt[string] `json:"lead_id" rule:"unsupported,null"`
	ProjectID  value.Opt[int64]  `json:"project_id" rule:"unsupported,null"`
}

func (l fileLinks) input(name, mediaType string) files.Input {
	return files.Input{Name: name, MediaType: mediaType, DealID: l.DealID, PersonID: l.PersonID, OrgID: l.OrgID, ActivityID: l.ActivityID}
}

type fileCreate struct {
	File Upload `file:"file" rule:"required"`
	fileLinks
}

type fileUpdate struct {
	byID
	Name        value.Opt[string] `json:"name" rule:"notnull,nonempty,max=255,trim"`
	Description value.Opt[string] `json:"description" rule:"max=5000"`
}

type uploadCreate struct {
	FileName  value.Opt[string] `json:"file_name" rule:"required,max=255,trim"`
	FileSize  value.Opt[int64]  `json:"file_size" rule:"required,min=1"`
	MediaType value.Opt[string] `json:"media_type" rule:"notnull,max=200"`
	fileLinks
}

// announcedWire is an announced file (ours; Pipedrive takes files through its API alone).
type announcedWire struct {
	ID       int64       `json:"id"` // of the file that it becomes
	Status   string      `json:"status"`
	FileName string      `json:"file_name"`
	FileSize int64       `json:"file_size"`
	Error    *string     `json:"error"`
	Upload   *uploadWire `json:"upload,omitempty"` // when it is announced
}

func announcedOut(n files.Incoming) announcedWire {
	return announcedWire{ID: n.File.ID, Status: n.Status, FileName: n.File.Name, FileSize: n.File.Size, Error: nonEmpty(n.Reason)}
}

// WriteRoutes are those that take files in and change them.
func (h Files) WriteRoutes() []Route {
	return []Route{
		Handle("POST /v1/files", func(ctx context.Context, c Call, in fileCreate) (any, error) {
			if len([]rune(in.File.Name)) > 255 {
				return nil, fault.BadField("file", "must have a name of at most 255 characters")
			}
			f, err := h.Files.Add(ctx, c.Actor, in.input(in.File.Name, in.File.Type), in.File.Content)
			return h.one(ctx, c, f, err)
		}).Returns(fileWire{}),
		Handle("PUT /v1/files/{id}", func(ctx context.Context, c Call, in fileUpdate) (any, error) {
			f, err := h.Files.Rename(ctx, c.Actor, in.ID, in.Name, in.Description)
			return h.one(ctx, c, f, err)
		}).Returns(fileWire{}),
		Handle("DELETE /v1/files/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Files.Delete(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
		Handle("POST /v1/files/remote", remote).Returns(fileWire{}),
		Handle("POST /v1/files/remoteLink", remote).Returns(fileWire{}),
		Handle("POST /api/v2/files/uploads", func(ctx context.Context, c Call, in uploadCreate) (any, error) {
			n, up, err := h.Files.Announce(ctx, c.Actor, in.input(in.FileName.V, in.MediaType.V), in.FileSize.V)
			w := announcedOut(n)
			w.Upload = &uploadWire{up.Method, up.URL, up.Headers}
			return Answer{Status: http.StatusCreated, Data: w}, err
		}).Returns(announcedWire{}).Created(),
		Handle("GET /api/v2/files/uploads/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			n, err := h.Files.Announced(ctx, c.Actor, in.ID)
			return announcedOut(n), err
		}).Returns(announcedWire{}),
	}
}

// remote refuses files that another service is to keep: there is none that Lejek is connected to.
func remote(context.Context, Call, struct{}) (any, error) {
	return nil, fault.New(fault.Invalid, "Remote files are not supported: upload the file itself with POST /v1/files")
}

func (h Files) one(ctx context.Context, c Call, f files.File, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	out, err := h.out(ctx, c, []files.File{f})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}
