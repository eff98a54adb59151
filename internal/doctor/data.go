package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"agent-telemetry/internal/capture"
	"agent-telemetry/internal/claude/settings"
	"agent-telemetry/internal/journal"
)

// Codes of findings about the data folder.
const (
	CodeDataOK          = "data-ok"
	CodeDataMissing     = "data-missing"
	CodeDataUnusable    = "data-unusable"
	CodeDataOpen        = "data-open-to-others"
	CodeDataForeign     = "data-of-another-user"
	CodeDataNotWritable = "data-not-writable"
	CodeDiskLow         = "disk-low"
	CodeConfigInvalid   = "hook-config-invalid"
)

// Below lowSpace a busy day may fill the disk, below noSpace an hour.
const (
	lowSpace = 1 << 30
	noSpace  = 32 << 20
)

// data examines the data folder, and reports whether it is there and writable.
func (x *examination) data() bool {
	info, err := os.Stat(x.Data)
	if errors.Is(err, fs.ErrNotExist) {
		if len(x.report.Installed) > 0 { // else init creates it
			x.add(settings.Finding{
				Level: settings.Warn, Code: CodeDataMissing, Title: "The data folder does not exist", File: x.Data,
				Detail: "The hook creates it with the next record. If there were records, they are gone.",
				Remedy: "mkdir -p -m 700 " + Quote(x.Data),
			})
		}
		return false
	}
	if err == nil && !info.IsDir() {
		err = errors.New("it is not a folder")
	}
	if err != nil {
		x.add(settings.Finding{
			Level: settings.Fail, Code: CodeDataUnusable, Title: "The data folder cannot be used", File: x.Data,
			Detail: err.Error() + ".", Remedy: "mv " + Quote(x.Data) + " " + Quote(x.Data+".old"),
		})
		return false
	}
	x.modes()
	writable := x.writable(info)
	room := x.space()
	if writable && room != "" {
		x.ok(CodeDataOK, "The data folder is writable, with "+room+" free", x.Data+".")
	}
	return writable
}

// modes looks for what others than the user may read or write: a record names
// files, commands and hosts.
func (x *examination) modes() {
	if runtime.GOOS == "windows" {
		return // access is by lists there, which the profile's folder passes on
	}
	var open []string
	for _, path := range x.files() {
		info, err := os.Lstat(path)
		if err == nil && path == x.Data {
			info, err = os.Stat(path)
		}
		if err == nil && info.Mode()&fs.ModeSymlink == 0 && info.Mode().Perm()&0o077 != 0 {
			open = append(open, fmt.Sprintf("%s has mode %04o", path, info.Mode().Perm()))
		}
	}
	if len(open) == 0 {
		return
	}
	detail := open[0] + "."
	if len(open) > 1 {
		detail = fmt.Sprintf("%s, and %d more.", open[0], len(open)-1)
	}
	x.add(settings.Finding{
		Level: settings.Fail, Code: CodeDataOpen, Title: "Other users of this machine can get at the records",
		Detail: detail, File: x.Data, Remedy: "chmod -R go-rwx " + Quote(x.Data),
	})
}

// files are the data folder and what lies in it and in the folders that the hook
// writes to.
func (x *examination) files() []string {
	all := []string{x.Data}
	for _, folder := range []string{x.Data, journal.LogsDir(x.Data), journal.SpoolDir(x.Data), capture.SessionsDir(x.Data)} {
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue
		}
		for _, e := range entries {
			all = append(all, filepath.Join(folder, e.Name()))
		}
	}
	return all
}

// writable tries what the hook does: make a file in each folder, and open the
// active segment.
func (x *examination) writable(info fs.FileInfo) bool {
	if owner := foreign(info); owner != "" {
		x.add(settings.Finding{
			Level: settings.Fail, Code: CodeDataForeign, Title: "The data folder belongs to another user", File: x.Data,
			Detail: "Its owner is " + owner + ".", Remedy: `sudo chown -R "$(id -un)" ` + Quote(x.Data),
		})
		return false
	}
	err := tryFile(x.Data)
	if err == nil {
		if err = tryFile(journal.LogsDir(x.Data)); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	if err == nil {
		err = tryAppend(journal.ActivePath(x.Data))
	}
	if err == nil {
		return true
	}
	x.add(settings.Finding{
		Level: settings.Fail, Code: CodeDataNotWritable, Title: "The data folder cannot be written to", File: x.Data,
		Detail: err.Error() + ".", Remedy: "chmod -R u+rwX " + Quote(x.Data),
	})
	return false
}

func tryFile(folder string) error {
	f, err := os.CreateTemp(folder, "doctor-*.tmp")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func tryAppend(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file", path)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

// space tells how much room the disk has, "" after a finding.
func (x *examination) space() string {
	left, err := x.Free(x.Data)
	if err != nil {
		return "an unknown amount"
	}
	text := fmt.Sprintf("%.1f GB", float64(left)/1e9)
	if left < lowSpace {
		text = fmt.Sprintf("%.1f MB", float64(left)/1e6)
		f := settings.Finding{
			Level: settings.Warn, Code: CodeDiskLow, Title: "The disk is nearly full: " + text + " left", File: x.Data,
			Remedy: "df -h " + Quote(x.Data) + "  # and make room",
		}
		if left < noSpace {
			f.Level = settings.Fail
		}
		x.add(f)
		return ""
	}
	return text
}

// config examines the hook's configuration.
func (x *examination) config() {
	if _, err := capture.LoadConfig(x.Data); err != nil {
		path := capture.ConfigPath(x.Data)
		x.add(settings.Finding{
			Level: settings.Fail, Code: CodeConfigInvalid, Title: "The hook's configuration is not valid", File: path,
			Detail: err.Error() + ". The hook works with the defaults in its place.",
			Remedy: "mv " + Quote(path) + " " + Quote(path+".broken") + " && " + x.command("init "+Quote(x.Project)),
		})
	}
}
