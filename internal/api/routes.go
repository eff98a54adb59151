package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"agent-telemetry/internal/query"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// routes registers everything the server answers and stacks what stands before it.
func (s *Server) routes() error {
	s.api = humago.New(s.mux, document(s.cfg.Version))
	s.questions()
	s.live()
	s.export()
	s.signIn()
	s.aboutItself()
	s.mux.HandleFunc("/", s.page)
	s.mux.HandleFunc("/api/", s.nowhere)
	s.handler = s.measured(s.caught(s.guard(s.bounded(s.mux))))
	return s.openAPI()
}

// document is the frame of the OpenAPI document. Nothing in it makes anybody load
// a page from elsewhere.
func document(version string) huma.Config {
	format := huma.Format{Marshal: marshal, Unmarshal: json.Unmarshal}
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Agent Telemetry", Version: version,
				Description: "What AI coding agents did on this machine: records, tool calls, sessions, numbers, a live stream.",
			},
			Tags: []*huma.Tag{
				{Name: "record", Description: "What was recorded"},
				{Name: "numbers", Description: "How much of it there is"},
				{Name: "collector", Description: "How the collector is"},
				{Name: "access", Description: "Who may ask"},
			},
			Components: &huma.Components{
				Schemas:         huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "The collector's token, or a session's."}},
			},
		},
		Formats:       map[string]huma.Format{"application/json": format, "json": format},
		DefaultFormat: "application/json",
	}
	config.AllowAdditionalPropertiesByDefault = true // fields are added without notice
	return config
}

// marshal writes JSON in which nothing reads as HTML, but for records' own lines:
// those have to stay byte for byte what was hashed.
func marshal(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(!holdsLines(v))
	return e.Encode(v)
}

func holdsLines(v any) bool {
	switch v := v.(type) {
	case *query.EventsPage:
		for i := range v.Entries {
			if v.Entries[i].Record != nil {
				return true
			}
		}
	case *query.Entry:
		return v.Record != nil
	}
	return false
}

// openAPI serves the document, in which lists are never null: answers are tidied.
func (s *Server) openAPI() error {
	for _, schema := range s.api.OpenAPI().Components.Schemas.Map() {
		for _, p := range schema.Properties {
			p.Nullable = p.Nullable && p.Type != huma.TypeArray
		}
	}
	text, err := json.MarshalIndent(s.api.OpenAPI(), "", "  ")
	if err != nil {
		return fmt.Errorf("write the OpenAPI document: %w", err)
	}
	s.mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(text)
	})
	return nil
}

// nowhere answers what the API has no operation for.
func (s *Server) nowhere(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
		other := *r
		other.Method = method
		if _, pattern := s.mux.Handler(&other); pattern != "/api/" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		refuse(w, http.StatusNotFound, "there is nothing at this address; /openapi.json lists what there is")
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	refuse(w, http.StatusMethodNotAllowed, "this takes "+strings.Join(allowed, " or "))
}
