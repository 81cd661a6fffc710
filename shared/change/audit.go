package change

import (
	"time"

	"github.com/lejek/lejek/shared/auth"
)

// Audit is one administrative act in the team's audit log, written in the transaction of what it tells of.
type Audit struct {
	At     time.Time
	Act    string // what was done to what: user.created, field.deleted
	Object Ref    // to which
	User   int64  // who did it; 0 is an operator of the deployment
	Source string // how: api, or operator
	Agent  string // with which client
	Detail map[string]string
}

// Audit notes an act; detail never holds a secret.
func (s *Set) Audit(a auth.Actor, at time.Time, act string, object Ref, detail map[string]string) {
	entry := Audit{At: at, Act: act, Object: object, User: a.User, Source: a.Source, Agent: a.Agent, Detail: detail}
	if a.User == 0 {
		entry.Source = "operator"
	}
	s.Audits = append(s.Audits, entry)
}
