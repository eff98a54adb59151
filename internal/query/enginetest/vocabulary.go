package enginetest

import (
	"maps"
	"slices"
	"strings"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// vocabulary is what a set of records can be asked about.
type vocabulary struct {
	values map[query.Field][]string
	times  []time.Time // of records, in order
	hosts  []string
	last   uint64 // the highest number
}

func newVocabulary(records []event.Record) *vocabulary {
	v := &vocabulary{values: map[query.Field][]string{}}
	seen := map[query.Field]map[string]bool{}
	note := func(f query.Field, text string) {
		if seen[f] == nil {
			seen[f] = map[string]bool{}
		}
		if text != "" && len(text) <= query.MaxValue {
			seen[f][text] = true
		}
	}
	hosts := map[string]bool{}
	for i := range records {
		r := &records[i]
		for _, f := range query.GroupFields() {
			note(f, f.Value(r))
		}
		note(query.Project, r.ProjectName)
		note(query.Agent, r.AgentID)
		note(query.Path, r.Action.SearchPath)
		for _, text := range query.Texts(&r.Action) {
			note(query.Text, text)
		}
		v.times = append(v.times, r.Timestamp)
		hosts[r.Metadata.Host] = true
		v.last = max(v.last, r.Seq)
	}
	for f, values := range seen {
		v.values[f] = slices.Sorted(maps.Keys(values))
	}
	v.hosts = slices.Sorted(maps.Keys(hosts))
	slices.SortFunc(v.times, time.Time.Compare)
	return v
}

// named is a filter with a name.
type named struct {
	name string
	query.Filter
}

// filters lists what is asked of every set: each field by itself, alone and negated,
// times, and some of it together.
func (v *vocabulary) filters() []named {
	list := []named{{"everything", query.Filter{}}}
	add := func(name string, f *query.Filter) { list = append(list, named{name, *f}) }
	for _, f := range query.Fields() {
		for _, value := range v.some(f) {
			add(string(f)+" "+value, new(query.Filter).Where(f, value))
			add("not "+string(f)+" "+value, new(query.Filter).WhereNot(f, value))
		}
		if some := v.some(f); len(some) > 1 {
			add("two of "+string(f), new(query.Filter).Where(f, some[0], some[len(some)-1]))
		}
		if f != query.Outcome && f != query.Level && f != query.Outside {
			add("no such "+string(f), new(query.Filter).Where(f, "no such thing"))
			add("not no such "+string(f), new(query.Filter).WhereNot(f, "no such thing"))
		}
	}
	add("no outcome", new(query.Filter).Where(query.Outcome, ""))
	add("any outcome", new(query.Filter).WhereNot(query.Outcome, ""))
	add("the main agent", new(query.Filter).Where(query.Agent, query.MainAgent))
	add("subagents", new(query.Filter).WhereNot(query.Agent, query.MainAgent))
	add("denied", new(query.Filter).Where(query.Outcome, "DENIED"))
	add("any path", new(query.Filter).Where(query.Path, "*"))
	add("no path", new(query.Filter).WhereNot(query.Path, "*"))
	add("some paths", new(query.Filter).Where(query.Path, "*.go", "/etc/*", "*test*s?"))
	add("a letter", new(query.Filter).Where(query.Text, "e"))
	add("two letters", new(query.Filter).Where(query.Text, "eS"))
	add("a common word", new(query.Filter).Where(query.Text, strings.ToUpper(Common)))
	add("a rare word", new(query.Filter).Where(query.Text, Needle))
	add("neither", new(query.Filter).WhereNot(query.Text, Needle, Common))
	add("contradiction", new(query.Filter).Where(query.Outside, "true").WhereNot(query.Outside, "true"))
	add("three", new(query.Filter).Where(query.Tool, "bash", "read").WhereNot(query.Outcome, "success").Where(query.Level, "info", "warn"))
	if n := len(v.times); n > 0 {
		first, middle, last := v.times[0], v.times[n/2], v.times[n-1]
		add("since the middle", &query.Filter{Since: middle})
		add("until the middle", &query.Filter{Until: middle})
		add("the last moment", &query.Filter{Since: last, Until: last.Add(1)})
		add("an empty moment", &query.Filter{Since: middle, Until: middle})
		add("all of the time", &query.Filter{Since: first, Until: last.Add(1)})
		add("before everything", &query.Filter{Until: first})
		add("after everything", &query.Filter{Since: last.Add(1)})
		add("far away", &query.Filter{Since: time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC), Until: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)})
		within := query.Filter{Since: v.times[n/4], Until: v.times[n*3/4]}
		add("within", within.Where(query.Tool, "Bash").Where(query.Text, "te"))
	}
	return list
}

// some lists a few of a field's values, and what else may be written for them.
func (v *vocabulary) some(f query.Field) []string {
	all := v.values[f]
	var list []string
	few := 4
	if len(v.times) > 1000 {
		few = 2
	}
	for i := 0; i < len(all); i += 1 + len(all)/few {
		list = append(list, all[i])
	}
	for _, value := range slices.Clone(list) {
		switch half := value[:(len(value)+1)/2]; f {
		case query.Session, query.Agent:
			list = append(list, half)
		case query.Path:
			list = append(list, half+"*", "*"+value[len(half):], "?"+value[1:])
		case query.Text:
			list = append(list, half, strings.ToUpper(value[len(half)/2:]))
		case query.Tool, query.Event, query.Hook:
			list = append(list, strings.ToUpper(value))
		case query.Project:
			list = append(list, value+"/", half)
		}
	}
	return slices.Compact(slices.DeleteFunc(list, func(s string) bool { return s == "" }))
}
