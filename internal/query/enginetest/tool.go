package enginetest

import (
	"strconv"

	"agent-telemetry/internal/event"
)

// call decides on the next call, by how often tools are used.
func (s *worker) call(l lane) call {
	c := call{lane: l, id: s.w.callID(), hash: s.w.hex(16), took: s.w.Int64N(40)}
	switch n := s.w.IntN(1000); {
	case n < 380:
		s.shell(&c)
	case n < 620:
		s.read(&c)
	case n < 745:
		s.edit(&c)
	case n < 840:
		s.grep(&c)
	case n < 875:
		s.glob(&c)
	case n < 920:
		s.write(&c)
	case n < 950:
		s.other(&c, "TodoWrite", "todos")
	case n < 962 && l.id == "":
		s.agent(&c)
	case n < 976:
		s.fetch(&c)
	case n < 996:
		c.before.MCPServer = pick(s.w, []string{"github", "linear", "playwright"})
		c.before.MCPTool = pick(s.w, []string{"get_issue", "list_comments", "search", "browser_click"})
		s.other(&c, "mcp__"+c.before.MCPServer+"__"+c.before.MCPTool, "arguments")
	default:
		c.before.Skill = pick(s.w, []string{"commit", "review-pr", "release-notes"})
		s.other(&c, "Skill", "args")
	}
	if c.before.InputHash = c.hash; !c.counted {
		c.fate = s.w.fate(c.tool)
	}
	switch c.fate {
	case goesOn:
		c.task = "b" + s.w.hex(8)
	case isUnknownTool:
		c.tool = "BrowserOpen"
	}
	return c
}

func (s *worker) shell(c *call) {
	c.tool, c.typ, c.took = "Bash", event.CommandExecution, s.w.Int64N(100)*s.w.Int64N(100)
	a := &c.before
	if a.Command = s.w.command(s.p); s.w.needleDue() {
		a.Command, c.counted = "grep -rn "+Needle+" src | head", true
	} else if s.w.IntN(150) == 0 {
		s.w.stray(a)
		a.FilePath, a.Command = "", "cat "+a.FilePath
	}
	a.Description = pick(s.w, []string{"Run the tests", "Look at the changes", "Build", "List the files", "Check the types", "Install what is missing"})
	command, description := a.Command, a.Description
	c.input = func(p *object) {
		p.str("command", command)
		p.str("description", description)
	}
}

// needleDue tells whether it is time for the next of the calls that are counted.
func (w *office) needleDue() bool {
	const calls = NeedleRecords / 2
	if w.n < NeedleFrom || w.needles == calls || w.made < (w.needles+1)*w.n/(calls+2) {
		return false
	}
	w.needles++
	return true
}

// path chooses the file that a call is about: mostly one of the project's, at times
// one that nobody has seen, once in 150 one that is outside.
func (s *worker) path(c *call) string {
	a := &c.before
	switch n := s.w.IntN(150); {
	case n == 0:
		s.w.stray(a)
	case n < 8:
		a.FilePath = s.p.path + "/tmp/run-" + s.w.hex(12) + ".log"
	default:
		a.FilePath = s.p.file()
	}
	return a.FilePath
}

// stray leads outside the project.
func (w *office) stray(a *event.ActionDetails) {
	a.FilePath = pick(w, []string{"/etc/hosts", "/etc/passwd", "/home/dev/.ssh/config", "/home/dev/.aws/credentials", "/home/dev/code/shared/README.md", "/var/log/syslog"})
	a.OutsideProjectScope, a.ScopeReason = true, a.FilePath+" is not below the project's root"
}

func (s *worker) read(c *call) {
	c.tool, c.typ = "Read", event.FileRead
	path := s.path(c)
	c.before.SizeBytes = 200 + s.w.Int64N(30_000)
	c.input = func(p *object) { p.str("file_path", path) }
}

func (s *worker) edit(c *call) {
	c.tool, c.typ = "Edit", event.FileEdit
	path := s.path(c)
	c.input = func(p *object) {
		p.str("file_path", path)
		p.digest("old_string", 120, 4)
		p.digest("new_string", 150, 5)
		p.raw("replace_all", "false")
	}
}

func (s *worker) write(c *call) {
	c.tool, c.typ = "Write", event.FileWrite
	path := s.path(c)
	bytes, lines := 100+s.w.Int64N(9000), 3+s.w.Int64N(200)
	c.before.ContentBytes, c.before.ContentLines, c.before.ContentSHA256 = &bytes, &lines, s.w.hex(64)
	c.input = func(p *object) {
		p.str("file_path", path)
		p.digest("content", bytes, lines)
	}
}

func (s *worker) grep(c *call) {
	c.tool, c.typ = "Grep", event.CodeSearch
	pattern := pick(s.w, nouns) + pick(s.w, []string{"Id", "Error", `\(`, "Handler", "_test", ".*=", ""})
	path := ""
	if s.w.IntN(2) == 0 {
		path = s.p.path + "/" + pick(s.w, []string{"src", "tests", "docs", "internal"})
	}
	c.before.SearchPattern, c.before.SearchPath = pattern, path
	c.input = func(p *object) {
		p.str("pattern", pattern)
		p.str("path", path)
		p.str("output_mode", "content")
	}
}

func (s *worker) glob(c *call) {
	c.tool, c.typ = "Glob", event.CodeSearch
	pattern := "**/*" + pick(s.w, nouns) + "*" + pick(s.w, []string{".ts", ".go", ".py", ".md"})
	c.before.SearchPattern = pattern
	c.input = func(p *object) { p.str("pattern", pattern) }
}

func (s *worker) fetch(c *call) {
	c.typ, c.took = event.ToolUsage, 200+s.w.Int64N(4000)
	if s.w.IntN(3) == 0 {
		query := "how to " + pick(s.w, nouns) + " " + pick(s.w, nouns)
		c.tool, c.before.Query = "WebSearch", query
		c.input = func(p *object) { p.str("query", query) }
		return
	}
	url := "https://docs.example.com/" + pick(s.w, nouns) + "/" + pick(s.w, nouns) + "#" + strconv.Itoa(s.w.IntN(50))
	c.tool, c.before.URL = "WebFetch", url
	c.input = func(p *object) {
		p.str("url", url)
		p.size("prompt", 80, 1)
	}
}

func (s *worker) agent(c *call) {
	c.tool, c.typ, c.took = "Agent", event.ToolUsage, 20_000+s.w.Int64N(200_000)
	c.turns = 2 + s.w.IntN(12)
	kind := pick(s.w, []string{"general-purpose", "Explore", "Explore", "code-reviewer"})
	c.before.SubagentType, c.before.SubagentID, c.before.Description = kind, "a"+s.w.hex(16), "Look into the "+pick(s.w, nouns)
	c.input = func(p *object) {
		p.str("subagent_type", kind)
		p.size("prompt", 700, 12)
	}
}

func (s *worker) other(c *call, tool, member string) {
	c.tool, c.typ = tool, event.ToolUsage
	c.input = func(p *object) { p.digest(member, 90, 3) }
}
