package privacy

import "strings"

const flagRule = "flag"

// flag finds the value after --password and its like, and after the short flags
// that some programs take a password with. Byte i is a dash.
func (r *redactor) flag(i int) hit {
	s := r.s
	if i > r.done && !space.has(s[i-1]) && !quote.has(s[i-1]) && strings.IndexByte(",[(", s[i-1]) < 0 ||
		i == r.done && i > 0 {
		return hit{}
	}
	name := i + 1
	if hasPrefix(s[name:], "-") {
		name++
	}
	end := name + min(word.run(s[name:]), maxName+1)
	if end == name {
		return hit{}
	}
	if programFlag(s[i:end]) {
		r.cmd.advance(s, i)
		if h := r.programFlag(i, end); h.end > 0 {
			return h
		}
	}
	if end-name > 3 && secretFlag(s[name:end]) {
		return r.operand(end, flagRule)
	}
	return hit{}
}

// operand finds the word after a flag that ends at byte i: the next of the
// command, or of a list of quoted words.
func (r *redactor) operand(i int, rule string) hit {
	s := r.s
	at := i
	if at < len(s) && quote.has(s[at]) {
		at++
		at += blank.run(s[at:])
		if hasPrefix(s[at:], ",") {
			at++
		}
	}
	n := 0
	for at+n < len(s) && (space.has(s[at+n]) && s[at+n] != '\n' || hasPrefix(s[at+n:], "\\\n")) {
		if s[at+n] == '\\' {
			n++
		}
		n++
	}
	if n == 0 && at == i || hasPrefix(s[at+n:], "-") {
		return hit{}
	}
	return r.valueAt(at+n, rule)
}

// program is a flag of a program that takes a password.
type program struct {
	name, flag string
	attached   bool // only as -pvalue; -p alone asks for it
	user       bool // the value is user:password
}

var programs = [...]program{
	{name: "mysql", flag: "-p", attached: true},
	{name: "mysqldump", flag: "-p", attached: true},
	{name: "mysqladmin", flag: "-p", attached: true},
	{name: "mysqlimport", flag: "-p", attached: true},
	{name: "mariadb", flag: "-p", attached: true},
	{name: "mariadb-dump", flag: "-p", attached: true},
	{name: "7z", flag: "-p", attached: true},
	{name: "sshpass", flag: "-p"},
	{name: "login", flag: "-p"}, // of docker, podman, az, helm registry
	{name: "mongo", flag: "-p"},
	{name: "mongosh", flag: "-p"},
	{name: "mongodump", flag: "-p"},
	{name: "mongorestore", flag: "-p"},
	{name: "redis-cli", flag: "-a"},
	{name: "ldapsearch", flag: "-w"},
	{name: "sqlcmd", flag: "-P"},
	{name: "zip", flag: "-P"},
	{name: "unzip", flag: "-P"},
	{name: "curl", flag: "-u", user: true},
	{name: "curl", flag: "-U", user: true},
	{name: "curl", flag: "--user", user: true},
	{name: "curl", flag: "--proxy-user", user: true},
}

// programFlag reports whether some program has this flag for a password.
func programFlag(s string) bool {
	if len(s) > 2 && s[1] == '-' {
		return s == "--user" || s == "--proxy-user"
	}
	return strings.IndexByte("paPwuU", s[1]) >= 0
}

// programFlag finds the value of the flag from byte i to end, if the command it
// belongs to is of a program in the table.
func (r *redactor) programFlag(i, end int) hit {
	s := r.s
	for n := range programs {
		p := &programs[n]
		if r.cmd.seen>>n&1 == 0 || !hasPrefix(s[i:], p.flag) || p.flag[1] == '-' && end-i != len(p.flag) {
			continue
		}
		at := i + len(p.flag)
		switch {
		case at < len(s) && !space.has(s[at]) && p.flag[1] != '-':
		case p.attached:
			continue
		case at < len(s) && s[at] == '=':
			at++
		default:
			at += blank.run(s[at:])
		}
		h := r.valueAt(at, flagRule)
		if isPorts(s[h.start:h.end]) {
			continue
		}
		if h.end > 0 && p.user {
			colon := strings.IndexByte(s[h.start:h.end], ':')
			if colon < 0 || isReference(s[h.start+colon+1:h.end], '"') ||
				strings.HasSuffix(s[h.start:h.start+colon+1], markOpen) {
				continue
			}
			h.start += colon + 1
		}
		return h
	}
	return hit{}
}

// isPorts reports what docker takes as -p: 3306:3306.
func isPorts(s string) bool {
	return strings.Contains(s, ":") && strings.Trim(s, "0123456789.:") == ""
}

// commandScan knows which programs were named in the simple command around at.
type commandScan struct {
	at   int
	seen uint32 // by index in programs
}

// advance moves on to byte to. Every byte is passed once.
func (c *commandScan) advance(s string, to int) {
	for c.at < to {
		switch {
		case word.has(s[c.at]):
			n := min(word.run(s[c.at:to]), to-c.at)
			c.note(s[c.at : c.at+n])
			c.at += n
			continue
		case strings.IndexByte(";|&\n(", s[c.at]) >= 0:
			if s[c.at] != '\n' || c.at == 0 || s[c.at-1] != '\\' {
				c.seen = 0
			}
		}
		c.at++
	}
}

func (c *commandScan) note(w string) {
	if len(w) < 2 || len(w) > 12 {
		return
	}
	for n := range programs {
		if programs[n].name == w {
			c.seen |= 1 << n
		}
	}
}
