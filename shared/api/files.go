package api

import (
	"context"
	"fmt"
	"strings"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/flow"
	"github.com/lejek/lejek/shared/value"
)

// fileWire is a file in v1 (contract §3.2).
type fileWire struct {
	ID             int64   `json:"id"`
	UserID         int64   `json:"user_id"`
	DealID         *int64  `json:"deal_id"`
	PersonID       *int64  `json:"person_id"`
	OrgID          *int64  `json:"org_id"`
	ProductID      *int64  `json:"product_id"`
	ActivityID     *int64  `json:"activity_id"`
	LeadID         *string `json:"lead_id"`
	ProjectID      *int64  `json:"project_id"`
	LogID          *int64  `json:"log_id"`
	AddTime        *string `json:"add_time"`
	UpdateTime     *string `json:"update_time"`
	FileName       string  `json:"file_name"`
	Name           string  `json:"name"`
	FileType       string  `json:"file_type"`
	FileSize       int64   `json:"file_size"`
	ActiveFlag     bool    `json:"active_flag"`
	InlineFlag     bool    `json:"inline_flag"`
	RemoteLocation string  `json:"remote_location"`
	RemoteID       string  `json:"remote_id"`
	CID            *string `json:"cid"`
	S3Bucket       *string `json:"s3_bucket"`
	MailMessageID  *int64  `json:"mail_message_id"`
	MailTemplateID *int64  `json:"mail_template_id"`
	DealName       *string `json:"deal_name"`
	PersonName     *string `json:"person_name"`
	PeopleName     *string `json:"people_name"`
	OrgName        *string `json:"org_name"`
	ProductName    *string `json:"product_name"`
	LeadName       *string `json:"lead_name"`
	ProjectName    *string `json:"project_name"`
	URL            string  `json:"url"`
	Description    *string `json:"description"`
}

func (h v1Out) file(f files.File) fileWire {
	w := fileWire{
		ID: f.ID, UserID: f.UserID, DealID: f.DealID, OrgID: f.OrganizationID, ActivityID: f.ActivityID, AddTime: value.Stamp(&f.AddTime),
		UpdateTime: value.Stamp(&f.UpdateTime), FileName: f.Key[strings.LastIndexByte(f.Key, '/')+1:], Name: f.Name, FileType: f.Kind(),
		FileSize: f.Size, ActiveFlag: !f.Deleted, InlineFlag: f.Inline, RemoteLocation: "s3", MailMessageID: f.MailMessageID,
		DealName: h.nameOf(change.Deal, f.DealID), OrgName: h.nameOf(change.Organization, f.OrganizationID),
		URL: fmt.Sprintf("%s/v1/files/%d/download", h.BaseURL, f.ID), Description: f.Description,
	}
	if f.ContentID != "" {
		w.CID = &f.ContentID
	}
	if len(f.PersonIDs) > 0 {
		w.PersonID = &f.PersonIDs[0]
		w.PersonName = h.nameOf(change.Person, w.PersonID)
		w.PeopleName = w.PersonName
	}
	return w
}

// fileSort is v1's order: "id", "update_time", each with ASC or DESC.
func fileSort(sort string, def files.Offset) (files.Offset, error) {
	name, direction, _ := strings.Cut(strings.TrimSpace(sort), " ")
	switch strings.ToLower(name) {
	case "":
		return def, nil
	case "id":
		def.Sort = value.SortID
	case "update_time":
		def.Sort = value.SortUpdateTime
	default:
		return def, fault.BadField("sort", "must be by id or update_time")
	}
	switch strings.ToUpper(strings.TrimSpace(direction)) {
	case "", "ASC":
		def.Desc = false
	case "DESC":
		def.Desc = true
	default:
		return def, fault.BadField("sort", "must end in ASC or DESC")
	}
	return def, nil
}

type filePage struct {
	Start int64  `query:"start" rule:"min=0,max=10000"`
	Limit int64  `query:"limit" rule:"min=1,max=100"`
	Sort  string `query:"sort" rule:"max=50"`
}

func (p filePage) offset(desc bool) (files.Offset, error) {
	limit := int(p.Limit)
	if limit == 0 {
		limit = 100
	}
	return fileSort(p.Sort, files.Offset{Start: int(p.Start), Limit: limit, Sort: value.SortID, Desc: desc})
}

// Files are the routes of files.
type Files struct {
	Files  files.Service
	Lookup Records
}

// Routes binds them.
func (h Files) Routes() []Route {
	return []Route{
		Handle("GET /v1/files", func(ctx context.Context, c Call, in filePage) (any, error) {
			o, err := in.offset(false)
			if err != nil {
				return nil, err
			}
			page, more, err := h.Files.List(ctx, c.Actor, o)
			return h.paged(ctx, c, o, page, more, err)
		}).Lists(fileWire{}, ByOffset),
		Handle("GET /v1/files/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			f, err := h.Files.Get(ctx, c.Actor, in.ID)
			return h.one(ctx, c, f, err)
		}).Returns(fileWire{}),
		Handle("GET /v1/files/{id}/download", func(ctx context.Context, c Call, in byID) (any, error) {
			url, err := h.Files.Download(ctx, c.Actor, in.ID)
			return Answer{Location: url}, err
		}).Redirects(),
	}
}

// paged is a page of files with the names of what they hang on, read at once.
func (h Files) paged(ctx context.Context, c Call, o files.Offset, page []files.File, more bool, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	out, err := h.out(ctx, c, page)
	return Answer{Data: out, Additional: pagination(o.Start, o.Limit, more)}, err
}

func (h Files) out(ctx context.Context, c Call, list []files.File) ([]fileWire, error) {
	var names []change.Ref
	for _, f := range list {
		names = append(names, flow.NamesOf(f)...)
	}
	records, err := h.Lookup.GetAny(ctx, c.Team, names)
	return each(list, v1Out{Call: c, known: records}.file), err
}
