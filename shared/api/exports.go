package api

import (
	"context"
	"net/http"

	"github.com/lejek/lejek/shared/exports"
)

// exportWire is an archive of all that a team has (ours; Pipedrive's API has none).
type exportWire struct {
	ID          int64   `json:"id"`
	Status      string  `json:"status"`
	Progress    int64   `json:"progress"` // percent
	UserID      int64   `json:"user_id"`
	Records     int64   `json:"records"`
	Files       int64   `json:"files"`
	Size        *int64  `json:"size"` // of the archive, when it is done
	Error       *string `json:"error"`
	AddTime     *string `json:"add_time"`
	UpdateTime  *string `json:"update_time"`
	DoneTime    *string `json:"done_time"`
	ExpireTime  *string `json:"expire_time"`            // when the archive is removed
	DownloadURL *string `json:"download_url,omitempty"` // of one export, while its archive is there
}

func exportOut(e exports.Export) exportWire {
	w := exportWire{
		ID: e.ID, Status: e.Status, Progress: e.Progress(), UserID: e.UserID, Records: e.Records, Files: e.Files, Error: nonEmpty(e.Reason),
		AddTime: seconds(&e.AddTime), UpdateTime: seconds(&e.UpdateTime), DoneTime: seconds(e.DoneTime), ExpireTime: seconds(e.Expiry()),
	}
	if e.Size > 0 {
		w.Size = &e.Size
	}
	return w
}

type exportList struct{ v2Page }

// Exports are the routes of exports.
type Exports struct{ Exports exports.Service }

// Routes binds them.
func (h Exports) Routes() []Route {
	return []Route{
		Handle("GET /api/v2/exports", h.list).Lists(exportWire{}, ByCursor),
		Handle("POST /api/v2/exports", func(ctx context.Context, c Call, _ struct{}) (any, error) {
			e, err := h.Exports.Create(ctx, c.Actor)
			if err != nil {
				return nil, err
			}
			return Answer{Status: http.StatusCreated, Data: exportOut(e)}, nil
		}).Returns(exportWire{}).Created(),
		Handle("GET /api/v2/exports/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			e, link, err := h.Exports.Get(ctx, c.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			w := exportOut(e)
			w.DownloadURL = nonEmpty(link)
			return w, nil
		}).Returns(exportWire{}),
		Handle("DELETE /api/v2/exports/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Exports.Delete(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
	}
}

func (h Exports) list(ctx context.Context, c Call, in exportList) (any, error) {
	l, err := in.list()
	if err != nil {
		return nil, err
	}
	page, err := h.Exports.List(ctx, c.Actor, l)
	if err != nil {
		return nil, err
	}
	return listed(each(page.Items, exportOut), page.Next), nil
}
