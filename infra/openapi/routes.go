package openapi

import (
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/boot"
)

// Routes are those of all functions. They are constructed with clients that lead nowhere: nothing is called.
func Routes() (all []api.Description) {
	env := boot.New(boot.Config{}, aws.Config{Region: "eu-central-1"})
	env.Now, env.Log = time.Now, slog.New(slog.DiscardHandler)
	for _, name := range slices.Sorted(maps.Keys(functions.All)) {
		if h, ok := functions.All[name](env).(api.Described); ok {
			all = append(all, h.Describe()...)
		}
	}
	return all
}
