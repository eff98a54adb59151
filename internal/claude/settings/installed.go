package settings

import "slices"

// Installed is the hook as one settings file or plugin starts it.
type Installed struct {
	File    File     `json:"file"`
	Plugin  string   `json:"plugin,omitempty"` // its id, where File is a plugin's
	Program string   `json:"program"`          // absolute; "" where it is not found
	Args    []string `json:"args"`
}

// Place says for people where it is installed.
func (i Installed) Place() string {
	s := source{File: i.File, plugin: i.Plugin}
	return s.name()
}

// installed lists the ways in which live entries start the hook, each once,
// from the lowest precedence to the highest.
func (in *inspection) installed(live []entry) []Installed {
	var list []Installed
	for _, e := range live {
		i := Installed{e.source.File, e.source.plugin, in.resolve(e, executable(e.command, e.execForm)), e.args}
		same := func(o Installed) bool {
			return o.File == i.File && o.Program == i.Program && slices.Equal(o.Args, i.Args)
		}
		if !slices.ContainsFunc(list, same) {
			list = append(list, i)
		}
	}
	return list
}
