package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

type record = map[string]any

const contact = "maria@winnica.example"

// records are a few of each kind, joined as in life: a person with a deal at work, one without, something to do and a note.
func (s *seeder) records(ctx context.Context) error {
	s.Contact = contact
	ids := map[string]int64{}
	due := func(days int) string { return time.Now().AddDate(0, 0, days).Format(time.DateOnly) }
	for _, r := range []struct {
		as, path string
		body     func() record
	}{
		{"winery", "/api/v2/organizations", func() record { return record{"name": "Winnica Jaworek"} }},
		{"bakery", "/api/v2/organizations", func() record { return record{"name": "Piekarnia Złoty Kłos"} }},
		{"maria", "/api/v2/persons", func() record {
			return record{"name": "Maria Jaworek", "org_id": ids["winery"], "emails": []record{{"value": contact, "primary": true, "label": "work"}},
				"phones": []record{{"value": "+48 601 000 001", "primary": true, "label": "mobile"}}}
		}},
		{"jan", "/api/v2/persons", func() record {
			return record{"name": "Jan Kowalski", "org_id": ids["bakery"], "emails": []record{{"value": "jan@zlotyklos.example", "primary": true, "label": "work"}}}
		}},
		{"labels", "/api/v2/deals", func() record {
			return record{"title": "Bottle labels for the spring harvest", "value": 4800, "currency": "EUR", "person_id": ids["maria"], "org_id": ids["winery"]}
		}},
		{"boxes", "/api/v2/deals", func() record {
			return record{"title": "Cake boxes, yearly contract", "value": 12500, "currency": "EUR", "person_id": ids["jan"], "org_id": ids["bakery"]}
		}},
		{"", "/api/v2/activities", func() record {
			return record{"subject": "Call about paper samples", "type": "call", "due_date": due(1), "due_time": "09:30", "deal_id": ids["labels"]}
		}},
		{"", "/api/v2/activities", func() record {
			return record{"subject": "Visit the bakery", "type": "meeting", "due_date": due(3), "deal_id": ids["boxes"]}
		}},
		{"", "/v1/notes", func() record {
			return record{"content": "Prefers uncoated paper; decides together with her brother.", "deal_id": ids["labels"]}
		}},
	} {
		id, err := s.post(ctx, r.path, r.body())
		if err != nil {
			return err
		}
		ids[r.as] = id
	}
	return nil
}

// post creates a record of the demo team and returns its id.
func (s *seeder) post(ctx context.Context, path string, body record) (int64, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	status, answer, err := s.do(ctx, "POST", path, s.Token, text)
	if err != nil {
		return 0, err
	}
	var created struct {
		Data struct {
			ID int64 `json:"id"`
		} `json:"data"`
	}
	if err := json.Unmarshal(answer, &created); err != nil || status/100 != 2 || created.Data.ID == 0 {
		return 0, fmt.Errorf("POST %s answered %d: %s", path, status, answer)
	}
	return created.Data.ID, nil
}

// valid asks the API whether it takes the token.
func (s *seeder) valid(ctx context.Context, token string) (bool, error) {
	status, answer, err := s.do(ctx, "GET", "/v1/users/me", token, nil)
	if err == nil && status != http.StatusOK && status != http.StatusUnauthorized {
		err = fmt.Errorf("GET /v1/users/me answered %d: %s", status, answer)
	}
	return status == http.StatusOK, err
}

func (s *seeder) do(ctx context.Context, method, path, token string, body []byte) (status int, answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	req.Header.Set("x-api-token", token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer res.Body.Close()
	if answer, err = io.ReadAll(res.Body); err != nil {
		return 0, nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	return res.StatusCode, answer, nil
}
