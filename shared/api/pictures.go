package api

import (
	"context"
	"strconv"

	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/value"
)

// pictureWire is a person's picture (contract §2.2), in v1 with its times.
type pictureWire struct {
	ID            int64             `json:"id"`
	ItemType      string            `json:"item_type"`
	ItemID        int64             `json:"item_id"`
	AddedByUserID int64             `json:"added_by_user_id"`
	ActiveFlag    bool              `json:"active_flag"`
	FileSize      int64             `json:"file_size"`
	AddTime       *string           `json:"add_time,omitempty"`
	UpdateTime    *string           `json:"update_time,omitempty"`
	Pictures      map[string]string `json:"pictures"`
}

type pictureUpload struct {
	byID
	File   Upload           `file:"file" rule:"required"`
	X      value.Opt[int64] `json:"crop_x" rule:"min=0"`
	Y      value.Opt[int64] `json:"crop_y" rule:"min=0"`
	Width  value.Opt[int64] `json:"crop_width" rule:"min=1"`
	Height value.Opt[int64] `json:"crop_height" rule:"min=1"`
}

// Pictures are the routes of persons' pictures.
type Pictures struct{ Pictures persons.Pictures }

// Routes binds them.
func (h Pictures) Routes() []Route {
	return []Route{
		Handle("GET /api/v2/persons/{id}/picture", h.get).Returns(pictureWire{}),
		Handle("POST /v1/persons/{id}/picture", func(ctx context.Context, c Call, in pictureUpload) (any, error) {
			crop := persons.Crop{X: in.X, Y: in.Y, Width: in.Width, Height: in.Height}
			if err := h.Pictures.Set(ctx, c.Actor, in.ID, in.File.Content, crop); err != nil {
				return nil, err
			}
			return h.get(ctx, c, in.byID)
		}).Returns(pictureWire{}),
		Handle("DELETE /v1/persons/{id}/picture", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Pictures.Remove(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
	}
}

func (h Pictures) get(ctx context.Context, c Call, in byID) (any, error) {
	p, urls, err := h.Pictures.Get(ctx, c.Actor, in.ID)
	if err != nil {
		return nil, err
	}
	w := pictureOut(in.ID, p, urls)
	if c.V1 {
		w.AddTime, w.UpdateTime = value.Stamp(&p.AddTime), value.Stamp(&p.AddTime)
	}
	return w, nil
}

func pictureOut(person int64, p persons.Picture, urls map[int]string) pictureWire {
	w := pictureWire{
		ID: p.ID, ItemType: "person", ItemID: person, AddedByUserID: p.UserID, ActiveFlag: true, FileSize: p.Size, Pictures: map[string]string{},
	}
	for side, url := range urls {
		w.Pictures[strconv.Itoa(side)] = url
	}
	return w
}
