package enginetest

import (
	"math/rand/v2"
	"strconv"
)

// project is a folder that sessions work in.
type project struct {
	name, path string
	files      []string
	popular    *rand.Zipf // index of a file: few are touched often
	share      int        // of the sessions, in percent
}

func (w *office) newProjects() (list []*project) {
	for _, p := range [...]struct {
		name         string
		files, share int
		dirs, kinds  []string
	}{
		{"storefront", 3000, 40, []string{"src/components", "src/pages", "src/hooks", "src/lib/api", "tests/unit", "public/locales"}, []string{".tsx", ".ts", ".test.ts", ".css", ".json"}},
		{"payments-service", 1400, 25, []string{"internal/ledger", "internal/http", "internal/store", "cmd/paymentsd", "docs"}, []string{".go", "_test.go", ".sql", ".md"}},
		{"mobile", 900, 14, []string{"app/src/main/kotlin/ui", "app/src/main/kotlin/data", "app/src/test/kotlin"}, []string{".kt", ".xml", "Test.kt"}},
		{"data-pipelines", 600, 10, []string{"pipelines/daily", "pipelines/shared", "tests", "notebooks"}, []string{".py", ".sql", ".yaml", ".ipynb"}},
		{"infra", 350, 7, []string{"modules/network", "modules/cluster", "envs/prod", "envs/staging"}, []string{".tf", ".yaml", ".sh"}},
		{"website", 200, 4, []string{"content/posts", "layouts", "assets"}, []string{".md", ".html", ".scss"}},
	} {
		made := &project{name: p.name, path: "/home/dev/code/" + p.name, share: p.share}
		for i := range p.files {
			made.files = append(made.files, made.path+"/"+pick(w, p.dirs)+"/"+pick(w, nouns)+"-"+pick(w, nouns)+strconv.Itoa(i)+pick(w, p.kinds))
		}
		made.popular = rand.NewZipf(w.Rand, 1.2, 4, uint64(p.files-1))
		list = append(list, made)
	}
	return list
}

// project is one that a session may work in.
func (w *office) project() *project {
	at := w.IntN(100)
	for _, p := range w.projects {
		if at -= p.share; at < 0 {
			return p
		}
	}
	return w.projects[0]
}

// file is one of the project's, of which few are touched often.
func (p *project) file() string { return p.files[p.popular.Uint64()] }

func pick[T any](w *office, list []T) T { return list[w.IntN(len(list))] }

var nouns = []string{
	"account", "address", "audit", "balance", "basket", "batch", "billing", "budget", "cache", "catalog", "checkout", "client",
	"config", "coupon", "customer", "dashboard", "delivery", "device", "discount", "event", "export", "filter", "health", "import",
	"index", "inventory", "invoice", "layout", "ledger", "login", "metric", "migration", "notice", "order", "payment", "policy",
	"price", "product", "profile", "queue", "refund", "report", "retry", "route", "schema", "search", "session", "settings",
	"shipment", "stock", "summary", "tax", "token", "upload", "user", "wallet", "webhook", "worker",
}
