package privacy_test

import (
	"slices"
	"strings"
	"testing"

	"agent-telemetry/internal/jsontree"
	"agent-telemetry/internal/privacy"
)

const abc = `"digest":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","bytes":3,"lines":1`

func TestLevels(t *testing.T) {
	paths := func(l privacy.Level) privacy.Levels {
		all := everything
		all.PathsAndCommands = l
		return all
	}
	contents := func(l privacy.Level) privacy.Levels {
		all := everything
		all.Contents = l
		return all
	}
	for _, c := range []struct {
		name     string
		levels   privacy.Levels
		in, want string
	}{
		{"contents digest", contents(privacy.Digest), `{"tool_name":"Write","tool_input":{"content":"abc"}}`, `{"tool_name":"Write","tool_input":{"content":{` + abc + `}}}`},
		{"contents redacted", contents(privacy.Redacted), `{"tool_name":"Write","tool_input":{"content":"a\né"}}`, `{"tool_name":"Write","tool_input":{"content":{"bytes":4,"lines":2,"chars":3}}}`},
		{
			"contents diff", contents(privacy.Diff),
			`{"tool_name":"Edit","tool_input":{"old_string":"a","new_string":"b"},"tool_response":{"oldString":"a","newString":"b","originalFile":"abc","structuredPatch":[{"lines":["-a"]}]}}`,
			`{"tool_name":"Edit","tool_input":{"old_string":"a","new_string":"b"},"tool_response":{"oldString":"a","newString":"b","originalFile":{` + abc + `},"structuredPatch":[{"lines":["-a"]}]}}`,
		},
		{"outputs redacted", privacy.Levels{Outputs: privacy.Redacted}, `{"tool_name":"Bash","tool_response":{"stdout":"abc","stderr":"","interrupted":false}}`, `{"tool_name":"Bash","tool_response":{"stdout":{"bytes":3,"lines":1,"chars":3},"stderr":{"bytes":0,"lines":0,"chars":0},"interrupted":false}}`},
		{"a whole answer", privacy.Levels{Outputs: privacy.Redacted}, `{"tool_name":"mcp__a__b","tool_response":[1,2]}`, `{"tool_name":"mcp__a__b","tool_response":{"bytes":5,"lines":1}}`},
		{"null says nothing", privacy.Levels{}, `{"tool_name":"Write","tool_response":{"originalFile":null}}`, `{"tool_name":"Write","tool_response":{"originalFile":null}}`},
		{"path", paths(privacy.Redacted), `{"cwd":"/home/me/secret project/","file_path":"C:\\a\\b.txt"}`, `{"cwd":"secret project","file_path":"b.txt"}`},
		{"url", paths(privacy.Redacted), `{"tool_name":"WebFetch","tool_input":{"url":"https://me@example.com:80/a?b=c"}}`, `{"tool_name":"WebFetch","tool_input":{"url":"example.com:80"}}`},
		{"name and text", paths(privacy.Redacted), `{"tool_name":"Agent","tool_input":{"subagent_type":"x","description":"do y"}}`, `{"tool_name":"Agent","tool_input":{"subagent_type":"x","description":{"bytes":4,"lines":1,"chars":4}}}`},
		{"path digest", paths(privacy.Digest), `{"cwd":"abc"}`, `{"cwd":{` + abc + `}}`},
	} {
		if got := apply(t, c.levels, c.in); got != c.want {
			t.Errorf("%s: %s\n gives %s\n  want %s", c.name, c.in, got, c.want)
		}
	}
}

func TestCommandOutline(t *testing.T) {
	l := everything
	l.PathsAndCommands = privacy.Redacted
	for in, want := range map[string]string{
		"git push --force origin main":        "git … --force …",
		"git push":                            "git …",
		"ls -la /etc && rm -r x":              "ls -l… … && rm -r …",
		"A=secret /usr/bin/env python x.py":   "… env …",
		"echo 'a b; rm' | tee out":            "echo … | tee …",
		"x --key=secret":                      "x --key=…",
		"mysql -psecret db":                   "mysql -p… …",
		"words=(one two); echo $words":        "… ( … ) ; echo …",
		"if true; then cat f; fi # to do":     "if true ; then cat … ; fi",
		"echo $(cat f)":                       "echo … ( cat … )",
		"cat <<EOF\nEOF sekret here\nEOF\nls": "cat … ; ls",
	} {
		got := apply(t, l, `{"tool_name":"Bash","tool_input":{"command":`+string(jsontree.AppendString(nil, in))+`}}`)
		got = strings.TrimSuffix(strings.TrimPrefix(got, `{"tool_name":"Bash","tool_input":{"command":"`), `"}}`)
		if strings.Contains(in, "EOF") {
			if strings.Contains(got, "sekret") {
				t.Errorf("%q\n gives %q", in, got)
			}
		} else if got != want {
			t.Errorf("%q\n gives %q\n  want %q", in, got, want)
		}
	}
}

func TestPrompts(t *testing.T) {
	long := "/x" + strings.Repeat(" --f", 40)
	for in, want := range map[string]string{
		"hello":               `{"bytes":5,"lines":1,"chars":5}`,
		"é\n":                 `{"bytes":3,"lines":1,"chars":2}`,
		"":                    `{"bytes":0,"lines":0,"chars":0}`,
		"see --flag in /foo":  `{"bytes":18,"lines":1,"chars":18}`,
		"/home/me is mine":    `{"bytes":16,"lines":1,"chars":16}`,
		"/9 x":                `{"bytes":4,"lines":1,"chars":4}`,
		"/sc:implement":       `{"slash_command":"/sc:implement","bytes":13,"lines":1,"chars":13}`,
		"/a it --b-c --d=e":   `{"slash_command":"/a","flags":["--b-c","--d"],"bytes":17,"lines":1,"chars":17}`,
		"/a -x --X --_ --é -": `{"slash_command":"/a","bytes":20,"lines":1,"chars":19}`,
		long:                  `{"slash_command":"/x","flags":["--f"` + strings.Repeat(`,"--f"`, 15) + `],"bytes":162,"lines":1,"chars":162}`,
		"<task-notification>\n<task-id>b4</task-id>\n<tool-use-id>t_1</tool-use-id>\n<output-file>/x</output-file>\n<status>completed</status>\n<summary>Background command \"my words\" completed (exit code 12)</summary>": `{"synthetic":true,"task_id":"b4","tool_use_id":"t_1","status":"completed","exit_code":12}`,
		"<task-notification><task-id>some words</task-id><status>x</status><summary>(exit code 0x)":                                                                                                                          `{"synthetic":true,"status":"x"}`,
	} {
		got := apply(t, privacy.Default(), `{"prompt":`+string(jsontree.AppendString(nil, in))+`}`)
		if got != `{"prompt":`+want+`}` {
			t.Errorf("%.300q\n gives %s\n  want %s", in, got, want)
		}
	}
}

// The body of a heredoc goes from every field that has a command.
func TestHeredocs(t *testing.T) {
	const cmd = `"cat > f <<EOF\none\nCANARY\nEOF\nls"`
	const want = `cat > f <<EOF\n[heredoc: 2 lines, 11 bytes, sha256:`
	for _, in := range []string{
		`{"tool_name":"Bash","tool_input":{"command":` + cmd + `}}`,
		`{"tool_name":"Monitor","tool_input":{"command":` + cmd + `}}`,
		`{"tool_calls":[{"tool_name":"Bash","tool_input":{"command":` + cmd + `}}]}`,
		`{"background_tasks":[{"command":` + cmd + `}]}`,
		`{"background_tasks":[{"description":` + cmd + `}]}`,
		`{"permission_suggestions":[{"rules":[{"toolName":"Bash","ruleContent":` + cmd + `}]}]}`,
	} {
		got := apply(t, privacy.Default(), in)
		if strings.Contains(got, "CANARY") || !strings.Contains(got, want) || !strings.Contains(got, `]\nEOF\nls"`) {
			t.Errorf("%s\n gives %s", in, got)
		}
		l := privacy.Default()
		l.Contents = privacy.Redacted
		if got := apply(t, l, in); strings.Contains(got, "sha256") || !strings.Contains(got, "11 bytes]") {
			t.Errorf("%s\n gives %s at level redacted", in, got)
		}
		if got := apply(t, everything, in); got != in {
			t.Errorf("%s\n gives %s at level full", in, got)
		}
	}
	// Nobody to find them, a command without its end, another shell.
	in := `{"tool_name":"Bash","tool_input":{"command":` + cmd + `}}`
	v := read(t, in, nil)
	privacy.Default().Apply(v, nil)
	if got := v.Str("tool_input", "command"); strings.Contains(got, "CANARY") {
		t.Errorf("without a parser %s", got)
	}
	v, _ = jsontree.Read(strings.NewReader(in), jsontree.Options{MaxText: 30})
	privacy.Default().Apply(v, heredocs)
	if got := v.Str("tool_input", "command"); strings.Contains(got, "CANARY") || !strings.HasPrefix(got, "cat > f <<[heredoc") {
		t.Errorf("shortened %s", got)
	}
	got := apply(t, privacy.Default(), `{"tool_name":"PowerShell","tool_input":{"command":"Set-Content f @'\nCANARY\n'@\nls"}}`)
	if strings.Contains(got, "CANARY") || !strings.Contains(got, `\n'@\nls`) {
		t.Errorf("PowerShell: %s", got)
	}
}

// Wrong offsets of heredocs do no harm.
func TestHostileSpans(t *testing.T) {
	v := read(t, `{"tool_name":"Bash","tool_input":{"command":"a << b"}}`, nil)
	privacy.Default().Apply(v, func(string) []privacy.Span { return []privacy.Span{{4, 2}, {-1, 1}, {3, 99}, {0, 2}, {50, 60}} })
	if got := v.Str("tool_input", "command"); strings.Count(got, "[heredoc") != 3 {
		t.Errorf("got %q", got)
	}
}

func TestSecretsOfTheTree(t *testing.T) {
	token := "gh" + "p_" + mix36
	for _, c := range []struct{ in, secret, rule string }{
		{`{"tool_name":"Bash","tool_input":{"command":"curl -u a:` + token + `"}}`, token, "flag"},
		{`{"tool_name":"Bash","tool_input":{"description":"use ` + token + `"}}`, token, "github-token"},
		{`{"tool_name":"Bash","tool_input":{"` + token + `":1}}`, token, "github-token"},
		{`{"tool_name":"mcp__a__b","tool_input":{"password":"hunter2"}}`, "hunter2", "assignment"},
		{`{"tool_name":"mcp__a__b","tool_input":{"headers":{"Authorization":"hunter2"}}}`, "hunter2", "assignment"},
		{`{"tool_name":"mcp__a__b","tool_input":{"env":[{"name":"API_KEY","value":"hunter2"}]}}`, "hunter2", "assignment"},
		{`{"tool_name":"mcp__a__b","tool_input":{"tokens":1,"pin":{"access_token":12345}}}`, "12345", "assignment"},
		{`{"tool_name":"mcp__a__b","tool_input":{"credentials":["hunter2"]}}`, "hunter2", "assignment"},
		{`{"tool_name":"mcp__a__b","tool_input":{"args":["x","--password","hunter2"]}}`, "hunter2", "assignment"},
		{`{"tool_name":"Edit","tool_response":{"structuredPatch":[{"lines":["+` + begin + `","+hunter2","+` + end + `","+x"]}]}}`, "hunter2", "private-key"},
		{`{"prompt":"my key is ` + token + `"}`, token, "github-token"},
	} {
		v := read(t, c.in, everything.Digest)
		report := everything.Apply(v, nil)
		got := string(jsontree.Append(nil, v))
		if strings.Contains(got, c.secret) || !slices.Contains(report.Rules, c.rule) {
			t.Errorf("%s\n gives %s, %+v", c.in, got, report)
		}
	}
}

func TestReport(t *testing.T) {
	v := read(t, `{"prompt":"x","cwd":"/x?token=a","tool_name":"Write","tool_input":{"content":"c","file_path":"password=b"}}`, nil)
	if got := privacy.Default().Apply(v, nil); got.Reduced != 2 || !slices.Equal(got.Rules, []string{"assignment"}) {
		t.Errorf("got %+v", got)
	}
}

// However a text is cut, no half of a secret stays at its end.
func TestSecretsAtTheCut(t *testing.T) {
	for name, secret := range map[string]string{
		"token": "gh" + "p_" + mix36, "jwt": jwt, "id": awsID, "url": "https://me:" + mix20 + "@h/",
		"flag": "--password " + mix20, "assignment": "API_KEY='" + mix20 + "'", "key": begin + "\n" + pemBody + pemBody + end,
	} {
		text := "some words before " + secret + " and after"
		doc := `{"prompt":` + string(jsontree.AppendString(nil, text)) + `}`
		for n := len("prompt") + 20; n < len(text); n++ {
			v, err := jsontree.Read(strings.NewReader(doc), jsontree.Options{MaxText: n})
			if err != nil {
				t.Fatal(err)
			}
			everything.Apply(v, nil)
			for line := range strings.Lines(secret) {
				line = strings.TrimSpace(line[max(0, len(line)-30):])
				if got := v.Str("prompt"); len(line) >= 20 && !strings.HasSuffix(line, "-----") && strings.Contains(got, line[:12]) {
					t.Errorf("%s, cut at %d: %q", name, n, got)
				}
			}
		}
	}
}

func FuzzApply(f *testing.F) {
	f.Add(`{"tool_name":"Bash","tool_input":{"command":"cat <<EOF\nx\nEOF"}}`)
	f.Add(`{"prompt":"/a --b <task-notification>"}`)
	f.Add(`{"tool_calls":[{"tool_name":"Edit","tool_response":[1]}]}`)
	levels := []privacy.Levels{privacy.Default(), {}, everything, {Contents: privacy.Diff, Outputs: privacy.Redacted, PathsAndCommands: privacy.Redacted}}
	f.Fuzz(func(t *testing.T, text string) {
		for _, l := range levels {
			v, _ := jsontree.Read(strings.NewReader(text), jsontree.Options{Digest: l.Digest, MaxText: 64, MaxNodes: 50, MaxDepth: 6})
			l.Apply(v, heredocs)
			out := string(jsontree.Append(nil, v))
			if _, err := jsontree.Read(strings.NewReader(out), jsontree.Options{}); err != nil {
				t.Fatalf("%q became %q: %v", text, out, err)
			}
		}
	})
}

func BenchmarkApply(b *testing.B) {
	const text = `{"session_id":"9e43999f-7db6-4f57-a3d6-05929260c9ca","cwd":"/home/dev/code/vb","hook_event_name":"PostToolUse","tool_name":"Edit","tool_input":{"file_path":"/home/dev/code/vb/a.txt","old_string":"two","new_string":"TWO","replace_all":false},"tool_response":{"filePath":"/home/dev/code/vb/a.txt","originalFile":"one\ntwo\nthree\n","structuredPatch":[{"oldStart":1,"lines":[" one","-two"]}],"userModified":false},"duration_ms":2}`
	l := privacy.Default()
	for b.Loop() {
		l.Apply(read(b, text, l.Digest), nil)
	}
}
