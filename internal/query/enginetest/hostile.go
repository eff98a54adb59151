package enginetest

import (
	"strings"

	"agent-telemetry/internal/event"
)

// hostile has the texts that an agent can be made to write.
func hostile(s *script) {
	for i, text := range []string{
		"\x1b[31mred\x1b[0m", "nul\x00inside", "\x00", "line\nbreak\r\ttab", "\u202eright to left", "e\u0301 and é and É", "K is no k, ſ is no s",
		"日本語のパス", "👩‍👩‍👧‍👦 family", "' OR 1=1; DROP TABLE events; --", `"quoted" \back\slash`, "%percent_underscore%", "star*and?mark[ab]{c,d}",
		"</script><img src=x onerror=alert(1)>", "${jndi:ldap://x}", " leading and trailing ", "UPPER lower MiXeD", "\ufeffmark", "\ufffd", "a", "ab", "NULL", "true", "main", "-1", "..", "/",
		strings.Repeat("long ", 20_000), strings.Repeat("日", 3000), "needle at the very end of something long " + strings.Repeat("x", 5000) + "END",
	} {
		call := "toolu_" + text
		if i%2 == 0 {
			s.session = text
		}
		for _, hook := range []string{"PreToolUse", "PostToolUse"} {
			r := s.add(hook, call)
			r.ToolName, r.AgentType, r.AgentID = text, text, "a"+text
			r.ProjectName, r.ProjectPath = text, "/home/dev/"+text
			r.Metadata.UserID, r.PromptID = text, text
			a := &r.Action
			a.FilePath, a.Command, a.SearchPattern = "/home/dev/"+text, text, text
			if i%3 == 0 {
				a.FilePath, a.SearchPath, a.URL, a.Query = "", text, "https://example.com/"+text, text
			}
			a.Description, a.Error = text, text
		}
		s.batch(call+" result", "b"+text+" denied")
	}
	s.session = "5e55-one"
	r := s.add("\x1b]0;hook\x07", "")
	r.EventType, r.Level = event.Type("made up"), event.Level("LOUD")
	s.add("SessionEnd", "")
}
