package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestAnswers(t *testing.T) {
	r := serve(t)
	for name, target := range map[string]string{
		"events":        "/api/v1/events?since=24h&tool=Bash&not_path=*.md",
		"events-raw":    "/api/v1/events?raw=true&limit=3&order=oldest",
		"event":         "/api/v1/events/j.2",
		"event-none":    "/api/v1/events/j.77",
		"actions":       "/api/v1/actions?pending=true",
		"sessions":      "/api/v1/sessions",
		"session":       "/api/v1/sessions/s-1",
		"stats":         "/api/v1/stats?by=tool&bucket=5m&zone=Europe/Berlin",
		"top":           "/api/v1/top?by=path",
		"facets":        "/api/v1/facets?fields=tool",
		"integrity":     "/api/v1/integrity",
		"health":        "/api/v1/health",
		"export-jsonl":  "/api/v1/export",
		"export-csv":    "/api/v1/export?format=csv",
		"healthz":       "/healthz",
		"readyz":        "/readyz",
		"page":          "/",
		"bad-parameter": "/api/v1/events?toll=Bash",
		"nowhere":       "/api/v1/nothing",
		"no-page":       "/etc/passwd",
	} {
		t.Run(name, func(t *testing.T) {
			answer, body := r.get(target)
			golden(t, "answers/"+name+".txt", told(answer, target, body))
		})
	}
}

// told is an answer as text, without what changes from one to the next.
func told(answer *http.Response, target, body string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "GET %s\n%s\n", target, answer.Status)
	headers := answer.Header.Clone()
	for name, values := range answer.Trailer {
		headers["Trailer: "+name] = values
	}
	names := make([]string, 0, len(headers))
	for name := range headers {
		if name != "Date" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(headers[name], ", "))
	}
	return b.String() + "\n" + body
}

func TestOneRecordsLineIsTheJournals(t *testing.T) {
	r := serve(t)
	for _, target := range []string{"/api/v1/events?raw=true", "/api/v1/events/j.3", "/api/v1/stream?raw=true&after=j.2"} {
		answer, body := r.open(target)
		text := ""
		for !strings.Contains(text, `"seq":3,"prev"`) {
			line, err := body.ReadString('\n')
			if err != nil && line == "" {
				t.Fatal(err)
			}
			text += line
		}
		answer.Body.Close()
		if want := string(line(3, "a && b <c>\nd")); !strings.Contains(text, `"record":`+want) {
			t.Errorf("%s: the line is not %s in\n%s", target, want, text)
		}
	}
}

func TestAnswersHoldNoMarkup(t *testing.T) {
	r := serve(t)
	for _, target := range []string{
		"/api/v1/events", "/api/v1/actions", "/api/v1/sessions/s-1", "/api/v1/stats", "/api/v1/events?%3Cscript%3E=1", "/api/v1/events/%3Cscript%3E",
		"/%3Cscript%3E", "/api/v1/%3Cscript%3E", "/api/v1/top?by=%3Cscript%3E",
	} {
		answer, body := r.get(target)
		if strings.ContainsAny(body, "<>&") {
			t.Errorf("%s: %s", target, body)
		}
		if kind := answer.Header.Get("Content-Type"); kind != "application/json" && kind != "application/problem+json" {
			t.Errorf("%s: %s", target, kind)
		}
	}
}
