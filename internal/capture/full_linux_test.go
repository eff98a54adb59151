package capture_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"agent-telemetry/internal/journal"
)

// mounted makes the hook run where sh mounted something, in a mount namespace of
// its own. Where the system allows none, TestJournalCannotBeWritten and
// TestNoFileMayGrow still hold the hook to failing writes.
func (r *rig) mounted(script string) {
	r.t.Helper()
	attr := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	probe := exec.Command("/bin/sh", "-c", "mount --make-rprivate / && mount -t tmpfs none "+r.temp)
	probe.SysProcAttr = attr
	if out, err := probe.CombinedOutput(); err != nil {
		r.t.Skipf("no mount namespace here: %v: %s", err, out)
	}
	r.throughShell("set -e; mount --make-rprivate /; DATA='" + r.data + "'; " + script)
	inner := r.configure
	r.configure = func(cmd *exec.Cmd) {
		inner(cmd)
		cmd.SysProcAttr = attr
	}
}

// On a full disk the line goes to the temp folder's log; the journal is whole and
// goes on once there is room.
func TestFullDisk(t *testing.T) {
	r := newRig(t)
	r.mkdir(r.data)
	copyTo := filepath.Join(r.base, "copy")
	r.mounted(`mount -t tmpfs -o size=64k none "$DATA"
cat > ` + r.base + `/payload
"$@" < ` + r.base + `/payload
cat /dev/zero > "$DATA/fill" 2> /dev/null || true
n=0; while [ $n -lt 5 ]; do "$@" < ` + r.base + `/payload; n=$((n+1)); done
rm "$DATA/fill"
"$@" < ` + r.base + `/payload
cp -a "$DATA" ` + copyTo)
	r.send(r.payload("one", "true"))
	r.data = copyTo
	r.configure = nil
	// What fits the last page of the journal before the disk is full is written.
	got := r.complaints()
	records, spooled := len(r.records()), len(r.spooled())
	if records+spooled+len(got[0])+len(got[1]) != 7 || len(got[1]) == 0 {
		t.Errorf("of seven calls %d records, %d spooled, complaints %q", records, spooled, got)
	}
	for _, line := range got[1] {
		if !strings.Contains(line, "no space left on device") {
			t.Errorf("the error log says %q", line)
		}
	}
	if faults := r.verify().Faults; len(faults) > 0 {
		t.Errorf("verify: %v", faults)
	}
}

// On a read-only file system, which stops root as well.
func TestReadOnlyFileSystem(t *testing.T) {
	r := newRig(t)
	r.mkdir(journal.LogsDir(r.data))
	r.mounted(`mount --bind "$DATA" "$DATA"; mount -o remount,bind,ro "$DATA"; exec "$@"`)
	r.send(r.payload("one", "true"))
	got := r.complaints()
	if len(got[0]) != 0 || len(got[1]) != 1 || !strings.Contains(got[1][0], "read-only file system") {
		t.Errorf("the error logs have, of one call, %q", got)
	}
	if files := below(t, r.data); len(files) > 0 {
		t.Errorf("files in the read-only folder: %q", files)
	}
}
