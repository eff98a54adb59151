package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestOpenAPIDocument(t *testing.T) {
	_, body := serve(t).get("/openapi.json", bare)
	golden(t, "openapi.json", body+"\n")
	var doc map[string]any
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		t.Fatal(err)
	}
	l := &lint{t: t, doc: doc, ids: map[string]bool{}}
	l.document()
}

// lint holds a document to OpenAPI 3.1 and to what a client generator needs.
type lint struct {
	t   *testing.T
	doc map[string]any
	ids map[string]bool
}

func (l *lint) document() {
	if v, _ := l.doc["openapi"].(string); !strings.HasPrefix(v, "3.1.") {
		l.t.Errorf("openapi is %q", v)
	}
	info, _ := l.doc["info"].(map[string]any)
	if info["title"] == "" || info["version"] == "" {
		l.t.Error("info has no title or version")
	}
	paths, _ := l.doc["paths"].(map[string]any)
	if len(paths) < 15 {
		l.t.Errorf("only %d paths", len(paths))
	}
	for path, item := range paths {
		for method, op := range item.(map[string]any) {
			if !slices.Contains([]string{"get", "post", "delete"}, method) {
				l.t.Errorf("%s has a member %s", path, method)
				continue
			}
			l.operation(method+" "+path, path, op.(map[string]any))
		}
	}
	l.refs("#", l.doc)
	l.schemas()
}

func (l *lint) operation(name, path string, op map[string]any) {
	id, _ := op["operationId"].(string)
	if id == "" || l.ids[id] {
		l.t.Errorf("%s: operationId %q is missing or taken", name, id)
	}
	l.ids[id] = true
	if s, _ := op["summary"].(string); s == "" || strings.HasSuffix(s, ".") {
		l.t.Errorf("%s: summary %q", name, s)
	}
	tags, _ := op["tags"].([]any)
	if len(tags) != 1 || !l.hasTag(tags[0]) {
		l.t.Errorf("%s: tags %v", name, tags)
	}
	l.responses(name, op)
	l.parameters(name, path, op)
	if needs := op["security"] != nil; needs == slices.Contains([]string{"healthz", "readyz", "create-session"}, id) {
		l.t.Errorf("%s: security %v", name, op["security"])
	}
}

func (l *lint) hasTag(name any) bool {
	tags, _ := l.doc["tags"].([]any)
	return slices.ContainsFunc(tags, func(t any) bool { return t.(map[string]any)["name"] == name })
}

func (l *lint) responses(name string, op map[string]any) {
	responses, _ := op["responses"].(map[string]any)
	good, bad := 0, 0
	for code, r := range responses {
		r := r.(map[string]any)
		if d, _ := r["description"].(string); d == "" {
			l.t.Errorf("%s: response %s has no description", name, code)
		}
		content, _ := r["content"].(map[string]any)
		switch code[0] {
		case '2':
			good++
			if len(content) == 0 && code != "204" {
				l.t.Errorf("%s: response %s has no content", name, code)
			}
		case '4', '5':
			bad++
			if content["application/problem+json"] == nil {
				l.t.Errorf("%s: response %s is no problem+json", name, code)
			}
		default:
			l.t.Errorf("%s: response %s", name, code)
		}
	}
	if good != 1 || bad == 0 || !slices.ContainsFunc(keys(responses), func(c string) bool { return c[0] == '4' }) {
		l.t.Errorf("%s: %d good and %d bad responses", name, good, bad)
	}
}

func (l *lint) parameters(name, path string, op map[string]any) {
	inPath := regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1)
	seen := map[string]bool{}
	params, _ := op["parameters"].([]any)
	for _, p := range params {
		p := p.(map[string]any)
		id := fmt.Sprint(p["in"], " ", p["name"])
		if seen[id] || p["schema"] == nil || p["description"] == nil {
			l.t.Errorf("%s: parameter %s stands twice, or has no schema or description", name, id)
		}
		seen[id] = true
		if p["in"] == "path" && p["required"] != true {
			l.t.Errorf("%s: parameter %s is in the path, but not required", name, id)
		}
	}
	for _, m := range inPath {
		if !seen["path "+m[1]] {
			l.t.Errorf("%s: %s is not declared", name, m[1])
		}
	}
}

// refs follows every $ref.
func (l *lint) refs(at string, node any) {
	switch node := node.(type) {
	case map[string]any:
		if ref, ok := node["$ref"].(string); ok && !l.resolves(ref) {
			l.t.Errorf("%s: %s leads nowhere", at, ref)
		}
		for name, child := range node {
			l.refs(at+"/"+name, child)
		}
	case []any:
		for i, child := range node {
			l.refs(fmt.Sprint(at, "/", i), child)
		}
	}
}

func (l *lint) resolves(ref string) bool {
	path, ok := strings.CutPrefix(ref, "#/")
	var node any = l.doc
	for _, name := range strings.Split(path, "/") {
		m, is := node.(map[string]any)
		if !is {
			return false
		}
		node = m[name]
	}
	return ok && node != nil
}

// schemas: what is required is there, and no list can be null.
func (l *lint) schemas() {
	schemas := l.doc["components"].(map[string]any)["schemas"].(map[string]any)
	for name, s := range schemas {
		s := s.(map[string]any)
		properties, _ := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		for _, r := range required {
			if properties[r.(string)] == nil {
				l.t.Errorf("schema %s requires %s, which it has not", name, r)
			}
		}
		for p, v := range properties {
			if types, ok := v.(map[string]any)["type"].([]any); ok && slices.Contains(types, any("array")) && slices.Contains(types, any("null")) {
				l.t.Errorf("schema %s: %s may be null", name, p)
			}
		}
	}
}

func keys(m map[string]any) (list []string) {
	for k := range m {
		list = append(list, k)
	}
	return list
}

// Nothing but the document itself: no page that loads scripts from elsewhere.
func TestNoDocumentationPage(t *testing.T) {
	r := serve(t)
	for _, path := range []string{"/docs", "/schemas/Health.json", "/openapi.yaml", "/openapi-3.0.json"} {
		if answer, _ := r.get(path); answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, answer.Status)
		}
	}
}
