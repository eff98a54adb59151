package settings

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// variable is a place that sets a variable of the environment hooks run in: the
// env block of a settings file, or the process where source is nil.
type variable struct {
	name, value string
	source      *source
	overruledBy string // who sets it again with the last word, if anyone does
}

// variable lists every place that sets a variable, that with the last word first.
func (in *inspection) variable(name string) []variable {
	var places []variable
	overruledBy := ""
	for _, s := range slices.Backward(in.files) {
		env, _ := s.settings["env"].(map[string]any)
		value, ok := env[name]
		if !ok {
			continue
		}
		places = append(places, variable{name, text(value), s, overruledBy})
		if overruledBy == "" {
			overruledBy = s.name()
		}
	}
	if value := in.env.Getenv(name); value != "" {
		places = append(places, variable{name, value, nil, overruledBy})
	}
	return places
}

// gate says of a finding where the variable is set and how it goes away.
func (v variable) gate(finding Finding, hits func(entry) bool) gate {
	if v.source != nil {
		finding.File, finding.Remedy = v.source.Path, edit(v.source.File, fmt.Sprintf("remove %q from \"env\"", v.name))
	} else {
		finding.Title += " in the environment"
		finding.Remedy = "unset " + v.name
	}
	if v.overruledBy != "" {
		finding.Detail = "Without effect: the variable is set again in " + v.overruledBy + "."
		hits = nil
	}
	return gate{finding, hits}
}

// breaking are the variables that the Go runtime of our hook reads before the
// hook has a say. In the environment of the process only values that break it
// are worth a word, since Go programmers set the others for their own work.
func (in *inspection) breaking() []gate {
	var gates []gate
	for _, name := range [...]string{"GODEBUG", "GOMEMLIMIT", "GOMAXPROCS", "GOGC", "GOTRACEBACK"} {
		for _, v := range in.variable(name) {
			if why := breaks(name, v.value); why != "" {
				gates = append(gates, v.gate(Finding{Code: CodeEnvBreaks, Title: "The hook cannot run with this " + name, Detail: why}, anyEntry))
			} else if v.source != nil {
				gates = append(gates, v.gate(Finding{
					Code: CodeEnvBreaks, Title: name + " changes how the hook runs",
					Detail: "The hook is a Go program, whose runtime obeys it: it may be slower or print. Records are written all the same.",
				}, nil))
			}
		}
	}
	return gates
}

// breaks says why our hook records nothing with a value, "" where it does.
func breaks(name, value string) string {
	refused := false
	switch name {
	case "GOMEMLIMIT":
		refused = value != "" && value != "off" && !isByteCount(value)
	case "GODEBUG":
		refused = refusesDebug(value)
	case "GOMAXPROCS":
		// Setting up as many takes ten seconds on a small machine, and that grows
		// with the square; the greatest numbers crash at once.
		const most = 1 << 15
		if n, err := strconv.ParseInt(value, 10, 32); err == nil && n >= most {
			return "The Go runtime crashes, or takes longer to start than Claude Code waits. Claude Code goes on, and nothing is recorded."
		}
	}
	if refused {
		return "The Go runtime exits with code 2 before the hook starts. Claude Code takes that for a veto of every prompt and tool call, and nothing is recorded."
	}
	return ""
}

// isByteCount reports whether the Go runtime takes a value for a number of bytes.
func isByteCount(value string) bool {
	digits, shift := value, 0
	for i, unit := range [...]string{"B", "KiB", "MiB", "GiB", "TiB"} {
		if before, ok := strings.CutSuffix(value, unit); ok {
			digits, shift = before, 10*i
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return err == nil && n >= 0 && n <= math.MaxInt64>>shift
}

// refusesDebug reports whether the Go runtime gives up on a GODEBUG. The last
// word on a setting counts, a number only where it is one. Behind # stands who
// is to be told the value, which is taken to be everyone.
func refusesDebug(value string) bool {
	fips, cgocheck := "", int64(1)
	for setting := range strings.SplitSeq(value, ",") {
		key, value, ok := strings.Cut(setting, "=")
		switch {
		case !ok:
		case key == "fips140":
			fips, _, _ = strings.Cut(value, "#")
		case key == "cgocheck":
			if n, err := strconv.ParseInt(value, 10, 32); err == nil {
				cgocheck = n
			}
		}
	}
	return cgocheck > 1 || !slices.Contains([]string{"", "off", "on", "only", "debug"}, fips)
}

// diverting is the variable of an env block that sends the records of entries
// which name no data folder elsewhere than the process environment would. The
// hook asks in this order and takes absolute paths only. What managed settings
// say is policy, but users still look elsewhere.
func (in *inspection) diverting(live []entry) []gate {
	if !slices.ContainsFunc(live, entry.asks) {
		return nil
	}
	for _, name := range [...]string{"AGENT_TELEMETRY_DATA", "XDG_STATE_HOME", "HOME", "USERPROFILE"} {
		usual := usable(in.env.Getenv(name))
		places := in.variable(name)
		if len(places) == 0 || usable(places[0].value) == usual {
			if usual != "" {
				return nil
			}
			continue
		}
		v, hits := places[0], entry.asks
		if v.source.Level == Managed {
			hits = nil
		}
		detail := fmt.Sprintf("Where the hook is not given --data, they go below %q.", v.value)
		if usable(v.value) == "" {
			detail = "It is no absolute path, so that the hook does without it where it is not given --data."
		}
		return []gate{v.gate(Finding{
			Code: CodeEnvDiverts, Title: name + " sends records to another data folder", Detail: detail,
		}, hits)}
	}
	return nil
}

// asks reports whether the environment decides where the entry's records go.
func (e entry) asks() bool {
	words := e.args
	if !e.execForm {
		words = strings.Fields(e.command)
	}
	return !slices.ContainsFunc(words, func(word string) bool { return word == "--data" || strings.HasPrefix(word, "--data=") })
}

// usable is a path as the hook takes it from a variable, "" where it does not.
func usable(path string) string {
	if !filepath.IsAbs(path) {
		return ""
	}
	return filepath.Clean(path)
}
