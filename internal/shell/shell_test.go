package shell_test

import (
	"slices"
	"strings"
	"testing"

	"agent-telemetry/internal/shell"
)

var env = shell.Env{Cwd: "/home/u/p", Home: "/home/u"}

func TestHeredocs(t *testing.T) {
	for _, c := range []struct {
		name, src string
		want      []string
	}{
		{"none", "echo a < b", nil},
		{"plain", "cat <<EOF\none\ntwo\nEOF\necho x", []string{"one\ntwo\n"}},
		{"quoted", "cat > f <<'EOF'\n$X `y`\nEOF", []string{"$X `y`\n"}},
		{"tabs", "cat <<-A\n\tone\n\tA\n", []string{"\tone\n"}},
		{"empty", "cat <<A\nA\n", nil},
		{"two", "cat <<A <<B\n1\nA\n2\nB\n", []string{"1\n", "2\n"}},
		{"with substitution", "cat <<A\n$(ls)\n${X}\nA\n", []string{"$(ls)\n${X}\n"}},
		{"here-string", `cat <<< "one two" > x`, []string{`"one two"`}},
		{"in a function nobody calls", "f() {\ncat <<A\n1\nA\n}", []string{"1\n"}},
		{"in a substitution", "git commit -m \"$(cat <<'EOF'\nwhy\nEOF\n)\"", []string{"why\n"}},
		{"in a quoted script", "bash -c 'cat <<A\nsecret\nA\nls'", []string{"secret\n"}},
		{"in a remote script", "ssh h \"cat <<A\nsecret\nA\"", []string{"secret\nA\""}},
		{"in an escaped script", `eval $'cat <<A\nsecret\nA'`, []string{`<<A\nsecret\nA'`}},
		{"without an end", "cat <<EOF\nsecret\n", []string{"secret\n"}},
		{"does not parse", "if; cat <<EOF\nsecret\nEOF\n(", []string{"secret\n"}},
		{"arithmetic", "echo $((1 << n))\necho b", nil},
		{"shift in code", "python3 -c 'x = 1 << n\ny = 2'", nil},
		{"umlauts before", "echo äöü; cat <<A\nü\nA\n", []string{"ü\n"}},
	} {
		a := shell.Analyze(c.src, env)
		var got []string
		for _, s := range a.Heredocs {
			got = append(got, c.src[s.Start:s.End])
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestUses(t *testing.T) {
	for _, c := range []struct {
		src  string
		want []shell.Use
	}{
		{"rm a/../b", []shell.Use{{Word: "a/../b", Path: "/home/u/p/b", Full: "/home/u/p/a/../b", Write: true}}},
		{"foo bar", []shell.Use{{Word: "bar", Path: "/home/u/p/bar", Full: "/home/u/p/bar", Bare: true}}},
		{"cp a b", []shell.Use{
			{Word: "a", Path: "/home/u/p/a", Full: "/home/u/p/a"},
			{Word: "b", Path: "/home/u/p/b", Full: "/home/u/p/b", Write: true},
		}},
		{`cat "$X" </etc/y$Z`, []shell.Use{{Word: "/etc/y$Z", Path: "/etc/y", Full: "/etc/y", Prefix: true}}},
		{"find /x -exec rm {} +", []shell.Use{
			{Word: "/x", Path: "/x", Full: "/x"},
			{Word: "/x", Path: "/x", Full: "/x", Write: true},
		}},
		{"cat a a a", []shell.Use{{Word: "a", Path: "/home/u/p/a", Full: "/home/u/p/a"}}},
	} {
		if got := shell.Analyze(c.src, env).Uses; !slices.Equal(got, c.want) {
			t.Errorf("%s\n\tgot  %+v\n\twant %+v", c.src, got, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	got := shell.Analyze(`cd x && sudo -n /usr/bin/make -j | tee y; "$E" z; ls "$(date)"; make`, env).Names
	if want := []string{"cd", "sudo", "make", "tee", "date", "ls"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Whatever is over a limit is undecided for the reason named; the time it takes shows in the test's own.
func TestLimits(t *testing.T) {
	n := 125 << 10
	for _, c := range []struct{ name, src, why string }{
		{"too large", strings.Repeat("a ", 200_000), "too large"},
		{"subshells", strings.Repeat("(", n), "nested too deeply"},
		{"substitutions", strings.Repeat("$(", n/2), "nested too deeply"},
		{"parameters", strings.Repeat("${a:-", n/5), "nested too deeply"},
		{"ifs", strings.Repeat("if ", n/3), "nested too deeply"},
		{"negations", strings.Repeat("! ", n/2), "nested too deeply"},
		{"times", strings.Repeat("time ", n/5), "nested too deeply"},
		{"arithmetic", "echo $((" + strings.Repeat("-", n) + "1))", "nested too deeply"},
		{"statements", strings.Repeat("a;", n/2), "too large"},
		{"pipe", strings.Repeat("a|", n/2) + "a", "nested too deeply"},
		{"lists", strings.Repeat("a&&", n/3) + "a", "nested too deeply"},
		{"braces", "cat " + strings.Repeat("{a,b}", 40), "too many braces"},
		{"doubling", "X=aaaa;" + strings.Repeat("X=$X$X;", 40) + "cat $X", "variable $X"},
		{"loops", "X=a;" + strings.Repeat("while a; do X=$X/b; ", 300) + strings.Repeat("done;", 300), "too large"},
		{"endless recursion", "f() { f; f; }; f", "nested too deeply"},
		{"scripts", "x='eval \"$x\"'; eval \"$x\"", "nested too deeply"},
		{"paths", "cat $(ls) /" + strings.Repeat(" /{a,b,c,d}{a,b,c,d}{a,b,c,d}$RANDOM", 200), "$(…)"},
		{"heredocs", strings.Repeat("<< a\n", n/5), "does not parse"},
		{"quotes", strings.Repeat(`"$(`, 400) + strings.Repeat(`)"`, 400), ""},
		{"backquotes", strings.Repeat("`", n), ""},
		{"variables", strings.Repeat("A$RANDOM=1;(", 900), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := shell.Analyze(c.src, env).Undecided
			if c.why != "" && !slices.Contains(got, c.why) {
				t.Errorf("got %q, want %q", got, c.why)
			}
		})
	}
}

func FuzzAnalyze(f *testing.F) {
	for _, seed := range []string{
		"cat <<EOF | sh\n$(x)\nEOF", `f() { cat "$@"; }; f ${a[@]} {a,b}{1..3}`, `cat $'\x2f\u00e9' ~bob`,
		"0&0\xed", "for f in *; do cd $f && rm -rf ./x; done", `bash -c 'eval "$x"'`, "case $x in (a|b) ;; esac", "[[ -f a && b =~ c ]]",
		"find . -exec cat {} \\;", "tar xzf - -C /x", "docker run -v a:b c", "git -C", "env -S", "ln -s", "x=(a b) y+=c", "<<<",
		"awk -f", "dd if", "select x; do :; done", "coproc x { a; }", "let x=1", "((x++))", "declare -A x=([a]=b)", "`a \\`b\\``",
		"cd - && pushd && popd", "printf -v", "mktemp -p", "sudo -u", "timeout", "xargs -I", "jq --arg", "find -exec",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		a := shell.Analyze(src, env)
		if slices.Contains(a.Undecided, "the parser failed") {
			t.Fatal("panic")
		}
		end := -1
		for _, s := range a.Heredocs {
			if s.Start <= end || s.End <= s.Start || s.End > len(src) {
				t.Fatalf("spans %v of %d bytes", a.Heredocs, len(src))
			}
			end = s.End
		}
		for _, u := range a.Uses {
			if u.Path == "" || u.Path[0] != '/' || u.Full[0] != '/' {
				t.Fatalf("a use that is not absolute: %+v", u)
			}
		}
		if again := shell.Analyze(src, env); !slices.Equal(a.Uses, again.Uses) || !slices.Equal(a.Undecided, again.Undecided) {
			t.Fatalf("two answers:\n%+v\n%+v", a, again)
		}
	})
}

func BenchmarkAnalyze(b *testing.B) {
	for _, c := range []struct{ name, src string }{
		{"short", `ls -la src`},
		{"typical", `cd /home/u/p && go test ./internal/... 2>&1 | grep -v '^ok' | head -50; git status --short > /tmp/x`},
		{"heredoc", "cat > f.go <<'EOF'\n" + strings.Repeat("\tif x := f(); x != nil { return \"$(y)\" }\n", 500) + "EOF"},
		{"largest", strings.Repeat("cat a;", 20_000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				shell.Analyze(c.src, env)
			}
		})
	}
}
