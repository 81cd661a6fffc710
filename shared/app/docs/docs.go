// Package docs constructs the function that shows the API's description: openapi.json, made by infra/openapi from what the
// functions bind, and Swagger UI, a page on which it can be read and tried, with no script from elsewhere.
package docs

import (
	_ "embed"
	"net/http"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/swaggest/swgui"
	"github.com/swaggest/swgui/v5emb"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/boot"
)

//go:embed openapi.json
var description []byte

// New is the handler of the function. It reads nothing and knows no team.
func New(env boot.Env) lambda.Handler {
	page := v5emb.NewWithConfig(swgui.Config{
		ShowTopBar: true,
		// A token that was typed once is kept by the browser.
		SettingsUI: map[string]string{"persistAuthorization": "true", "tryItOutEnabled": "true", "docExpansion": `"none"`, "filter": "true"},
	})("Lejek API", "/openapi.json", "/docs")
	return api.New("docs", api.Options{Log: env.Log},
		api.Page("GET /openapi.json", http.HandlerFunc(serve)),
		api.Page("GET /docs", page),
		api.Page("GET /docs/{file}", page),
	)
}

func serve(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "max-age=300")
	_, _ = w.Write(description)
}
