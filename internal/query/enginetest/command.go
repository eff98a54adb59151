package enginetest

import "strconv"

// command is one as agents write them: from few moulds, with names of the project's
// files in many and something unique in some.
func (w *office) command(p *project) string {
	mould := pick(w, moulds)
	b := make([]byte, 0, 160)
	for i := 0; i < len(mould); i++ {
		if mould[i] != '%' {
			b = append(b, mould[i])
			continue
		}
		switch i++; mould[i] {
		case 'f':
			b = append(b, p.file()[len(p.path)+1:]...)
		case 'w':
			b = append(b, pick(w, nouns)...)
		case 'n':
			b = strconv.AppendInt(b, 1+w.Int64N(200), 10)
		case 'x':
			b = w.appendHex(b, 12)
		case 'p':
			b = append(b, p.path...)
		}
	}
	return string(b)
}

// moulds of commands: %f a file, %w a word, %n a number, %x something unique, %p the
// project's folder.
var moulds = []string{
	"npm test -- --watch=false %f", "npm run lint", "npm run build 2>&1 | tail -%n", "npx tsc --noEmit -p .", "npm test 2>&1 | grep -A%n FAIL",
	"go test ./... 2>&1 | tail -%n", "go test -run 'Test%w' ./internal/...", "go vet ./... && go build ./...", "gofmt -l . | head", "pytest -q tests/%w -k test_%w",
	"python3 -m pytest %f -x --tb=short", "cargo test %w", "make test", "make lint && make build",
	"git status --short", "git diff --stat", "git diff HEAD~%n -- %f", "git log --oneline -%n", "git show %x --stat", "git add %f && git commit -m 'Let the %w tell its %w'",
	"git checkout -b fix/%w-%n", "git push -u origin HEAD", "gh pr view %n --json title,body", "gh run list --limit %n",
	"ls -la %p", "ls src | wc -l", "cat %f | head -%n", "sed -n '%n,240p' %f", "rg -n '%w' --type-add 'web:*.{ts,tsx}' -tweb | head -%n", "grep -rn \"%w\" src --include='*.ts' | head -%n",
	"find . -name '*%w*' -not -path '*/node_modules/*'", "wc -l %f", "jq '.%w | length' %f", "curl -s http://localhost:3000/api/%w/%n | jq .",
	"docker compose up -d %w", "docker logs %w-%n --tail %n", "kubectl get pods -n %w", "terraform plan -target=module.%w", "psql -c 'select count(*) from %w'",
	"mkdir -p tmp/%x && cp %f tmp/%x/", "node scripts/%w.js --id %x", "python3 - <<'EOF'\n(contents of %n bytes)\nEOF", "sleep %n; tail -%n logs/%w.log", "for f in $(git ls-files '*%w*'); do wc -l \"$f\"; done",
	"echo \"$%w\" && env | sort | head -%n", "rm -rf tmp/%x", "tar czf tmp/%x.tgz src/%w", "chmod +x scripts/%w.sh && ./scripts/%w.sh --dry-run",
}
