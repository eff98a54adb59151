package shell

import (
	"path"
	"strings"
)

// cleanDir makes the starting folder absolute, since a relative or missing one must not make an operand
// look like a path of its own.
func cleanDir(dir string) string { return path.Clean("/" + dir) }

// use records that the command names a path; relative ones lie below every folder the shell may be in.
func (r *run) use(s *state, a arg, write, bare bool) {
	if a.open {
		r.undecided(a.why)
	}
	if a.text == "" || strings.IndexByte(a.text, 0) >= 0 {
		return
	}
	u := Use{Word: a.raw, Write: write, Bare: bare, Prefix: a.open}
	if a.text[0] == '/' {
		r.record(u, a.text)
		return
	}
	for _, dir := range s.cwd {
		if !r.spend(1) {
			return
		}
		if dir.open {
			r.undecided(dir.why)
			if dir.text != "" {
				u := u
				u.Prefix = true
				r.record(u, dir.text)
			}
			continue
		}
		r.record(u, strings.TrimSuffix(dir.text, "/")+"/"+a.text)
	}
}

func (r *run) record(u Use, full string) {
	u.Full, u.Path = full, cleanPath(full, u.Prefix)
	if isDevice(u.Path) || strings.HasPrefix(u.Path, "/dev/fd/") {
		return
	}
	if len(r.out.Uses) >= maxUses {
		r.undecided("too many paths")
		return
	}
	if len(u.Word) > maxText {
		u.Word = strings.ToValidUTF8(u.Word[:maxText], "")
	}
	if _, have := r.seen[u]; have {
		return
	}
	r.seen[u] = struct{}{}
	r.out.Uses = append(r.out.Uses, u)
}

// cleanPath cleans the folder part only of a prefix, whose last element is not complete.
func cleanPath(full string, prefix bool) string {
	if !prefix {
		return path.Clean(full)
	}
	i := strings.LastIndexByte(full, '/')
	dir := path.Clean(full[:i+1])
	return strings.TrimSuffix(dir, "/") + full[i:]
}

// isDevice names what is not a place: devices that hold nothing, and the streams of the process itself.
func isDevice(p string) bool {
	rest, ok := strings.CutPrefix(p, "/dev/")
	if !ok {
		return false
	}
	return listed("null zero full random urandom tty stdin stdout stderr fd", rest) ||
		strings.HasPrefix(rest, "tcp/") || strings.HasPrefix(rest, "udp/")
}
