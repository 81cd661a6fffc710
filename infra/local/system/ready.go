package system

import (
	"os"
	"path/filepath"

	"github.com/lejek/lejek/infra/local/demo"
	"github.com/lejek/lejek/infra/local/disk"
)

// Ready tells other programs where everything is. It is what <data>/ready.json holds while a runner is up.
type Ready struct {
	URL       string    `json:"url"`
	SMTP      string    `json:"smtp"`
	SES       string    `json:"ses"`
	S3        string    `json:"s3"`
	Buckets   Buckets   `json:"buckets"`
	DynamoDB  string    `json:"dynamodb"`
	Table     string    `json:"table"`
	demo.Team           // of the demo team: team, token, user_email, inbound_address
	Second    demo.Team `json:"second_team"`
}

// Buckets are the names of the two buckets.
type Buckets struct {
	Mail string `json:"mail"`
	Data string `json:"data"`
}

// Ready is where everything of this system is.
func (s *System) Ready() Ready {
	return Ready{
		URL: s.URL, SMTP: s.SMTP, SES: s.Outbox.URL, S3: s.Objects.URL, Buckets: Buckets{MailBucket, DataBucket},
		DynamoDB: s.Engine.URL, Table: s.Options.Table, Team: s.Demo.Team, Second: s.Demo.Second,
	}
}

// ReadyFile is the file in a data folder.
func ReadyFile(dir string) string { return filepath.Join(dir, "ready.json") }

// WriteReady says, in one step, that all is up.
func (s *System) WriteReady() error {
	file := ReadyFile(s.DataDir)
	s.onClose(func() error { return os.Remove(file) })
	return disk.WriteJSON(file, s.Ready())
}
