package shell

// grammar says which words of a command are paths. The zero value is a command nobody knows: any operand
// may be one.
type grammar struct {
	text    bool   // operands are text
	files   bool   // operands are files, whatever they look like
	lead    int    // operands in front that are text: a pattern, a script, a mode, a subcommand
	instead string // options that stand in for the leading operands
	values  string // options whose value is text
	paths   string // options whose value is a path that is read
	out     string // options whose value is a path that is written
	write   wrote  // operands that are written
}

type wrote uint8

const (
	writesNone wrote = iota
	writesAll
	writesLast
)

// grammarOf is the table of commands. A switch costs nothing at start.
func grammarOf(name string) grammar {
	switch name {
	case "true", "false", ":", "kill", "killall", "pkill", "pgrep", "sleep", "seq", "expr", "tr", "date", "which", "type",
		"hash", "whoami", "who", "id", "groups", "uname", "hostname", "yes", "factor", "jobs", "fg", "bg", "wait", "umask",
		"ulimit", "history", "ps", "man", "apropos", "info", "ping", "dig", "nslookup", "host", "tput", "stty", "clear",
		"reset", "nproc", "uptime", "free", "printenv", "locale", "logger", "wall", "notify-send", "say", "shopt", "disown",
		"let", "help", "times", "complete", "compgen", "bind", "enable", "getent", "systemctl", "service", "journalctl",
		"groupadd", "useradd", "usermod", "passwd", "login", "apt-cache", "brew", "gh", "glab", "uuidgen", "cal", "numfmt",
		"figlet", "cowsay", "tty", "arch", "lsb_release", "vmstat", "nc", "telnet", "ssh-add", "whois", "unalias", "logout":
		return grammar{text: true, paths: "-F --body-file --notes-file --input"}
	case "cat", "tac", "less", "more", "nl", "wc", "file", "df", "md5sum", "sha1sum", "sha256sum", "sha512sum", "shasum",
		"cksum", "b2sum", "md5", "realpath", "readlink", "cmp", "comm", "rev", "expand", "unexpand", "open", "xdg-open", "vi",
		"vim", "nvim", "nano", "emacs", "bat", "zcat", "bzcat", "xzcat", "zless", "ldd", "nm", "objdump", "readelf", "pr",
		"tsort", "look", "lsof", "getfacl", "lsattr", "chdir", "rmdir", "fmt", "ls", "dir", "vdir", "exa", "eza", "lsd":
		return grammar{files: true, values: "--color --sort --ignore --time-style --pager --style"}
	case "stat":
		return grammar{files: true, values: "-c -f -t --format --printf"}
	case "du", "tree":
		return grammar{files: true, values: "-d -L -I -P --max-depth --exclude --threshold"}
	case "diff":
		return grammar{files: true, values: "-U -I -x --unified --exclude --label --color"}
	case "xxd", "hexdump", "strings", "fold", "base64", "base32", "iconv", "paste", "join", "column":
		return grammar{files: true, values: "--wrap --width --bytes --from-code --to-code --separator", out: "-o --output"}
	case "head", "tail":
		return grammar{files: true, values: "-n -c --lines --bytes --pid"}
	case "cut":
		return grammar{files: true, values: "-d -f -c -b --delimiter --fields --output-delimiter"}
	case "sort":
		return grammar{files: true, values: "-k -t -S --key --field-separator", paths: "-T --files0-from", out: "-o --output"}
	case "uniq":
		return grammar{files: true, values: "-f -s -w"}
	case "split", "csplit":
		return grammar{files: true, values: "-b -l -n -a -C"}
	case "rm", "mkdir", "touch", "unlink", "truncate", "shred", "tee", "mkfifo", "mknod", "chattr":
		return grammar{files: true, values: "--mode --size --date --context", paths: "--reference", write: writesAll}
	case "gzip", "gunzip", "bzip2", "bunzip2", "xz", "unxz", "zstd", "unzstd", "lz4":
		return grammar{files: true, values: "-S --suffix", out: "-o", write: writesAll}
	case "cp":
		return grammar{files: true, values: "-S --suffix", out: "-t --target-directory", write: writesLast}
	case "install":
		return grammar{files: true, values: "-S -m -o -g --mode --owner --group --suffix", out: "-t --target-directory", write: writesLast}
	case "rsync":
		return grammar{
			files: true, values: "-e -f --rsh --exclude --include --filter --bwlimit --chmod", write: writesLast,
			paths: "--files-from --exclude-from --include-from --link-dest --compare-dest --backup-dir --log-file",
		}
	case "scp":
		return grammar{files: true, values: "-P -o -c -J -l", paths: "-i -F", write: writesLast}
	case "mv":
		return grammar{files: true, values: "-S --suffix", out: "-t --target-directory", write: writesAll}
	case "chmod", "chown", "chgrp", "setfacl":
		return grammar{files: true, lead: 1, instead: "--reference", paths: "--reference", write: writesAll}
	case "grep", "egrep", "fgrep", "zgrep", "ugrep", "pcregrep", "rgrep":
		return grammar{
			files: true, lead: 1, instead: "-e -f --regexp --file", paths: "-f --file --exclude-from",
			values: "-e -A -B -C -m -d -D --regexp --include --exclude --exclude-dir --max-count --color --colour " +
				"--context --after-context --before-context --label --binary-files --directories",
		}
	case "rg", "ag", "ack":
		return grammar{
			files: true, lead: 1, instead: "-e -f --regexp --file --files --type-list", paths: "-f --file --ignore-file --pre",
			values: "-e -A -B -C -m -g -t -T -d -j -M -E --regexp --glob --iglob --type --type-not --max-count --color --colors " +
				"--context --after-context --before-context --max-depth --replace --sort --threads --encoding --ignore",
		}
	case "sed", "gsed":
		return grammar{files: true, lead: 1, instead: "-e -f --expression --file", values: "-e --expression", paths: "-f --file"}
	case "jq", "yq", "gojq", "jaq":
		return grammar{files: true, lead: 1, instead: "-f --from-file", values: "--indent", paths: "-f --from-file -L"}
	case "fd", "fdfind":
		return grammar{
			files: true, lead: 1, values: "-e -t -d -E -S -c --extension --type --max-depth --exclude --size --color",
			paths: "--base-directory --search-path",
		}
	case "wget":
		return grammar{
			text: true, values: "-U -t -T --user-agent --header --method --body-data --timeout",
			paths: "-i --input-file --post-file --body-file --ca-certificate",
			out:   "-O -P -o -a --output-document --directory-prefix --output-file --append-output",
		}
	case "ssh", "mosh", "sftp", "autossh":
		return grammar{text: true, values: "-l -p -o -L -R -D -J -W -w -b -c -m -e -B", paths: "-i -F -S", out: "-E"}
	case "ssh-keygen":
		return grammar{text: true, values: "-t -b -C -N -P", out: "-f"}
	case "make", "gmake", "ninja":
		return grammar{paths: "-f --file --makefile -I"}
	case "zip", "unzip", "7z", "7za", "rar", "unrar":
		return grammar{files: true, values: "-P", out: "-d"}
	case "gcc", "g++", "cc", "c++", "clang", "clang++", "ld", "ar", "as", "rustc", "javac":
		return grammar{
			files: true, values: "-D -std --edition --target",
			paths: "-I -L -isystem -include -cp -classpath", out: "-o -d",
		}
	case "go", "cargo", "npm", "pnpm", "yarn", "bun", "deno", "pip", "pip3", "uv", "poetry", "bundle", "gem", "mvn", "gradle",
		"dotnet", "rustup", "swift", "apt", "apt-get", "dnf", "yum", "pacman", "apk", "snap", "helm", "terraform", "conda", "composer":
		return grammar{
			lead: 1, values: "-run -bench -tags -ldflags -gcflags -timeout --features --bin --package --filter",
			paths: "-C --prefix --manifest-path --target-dir --project -r --requirement", out: "-o",
		}
	case "kubectl", "oc":
		return grammar{
			text: true, values: "-n -o -l -c --namespace --output",
			paths: "-f --filename --kubeconfig -k --kustomize --from-file",
		}
	case "pytest", "tox", "jest", "vitest":
		return grammar{values: "-k"}
	case "sqlite3", "psql", "mysql", "mongosh", "redis-cli":
		return grammar{values: "-c -e --command --execute --eval -cmd"}
	case "ffmpeg", "ffprobe", "convert", "magick":
		return grammar{values: "-vf -af -filter_complex -map -preset -crf"}
	case "openssl":
		return grammar{
			lead: 1, values: "-subj -days -newkey -passout -passin -pass -connect -servername -name",
			paths: "-in -CAfile -CA -config -key -inkey -cert", out: "-out -keyout",
		}
	}
	return grammar{}
}
