package settings

import (
	"errors"
	"os"
	"os/exec"
	"testing"
)

// The judge of what breaks a Go program is a Go program: this test, run again.
func TestBreaks(t *testing.T) {
	tests := []struct {
		name, value string
		want        bool
	}{
		{"GOMEMLIMIT", "nonsense", true},
		{"GOMEMLIMIT", "-1", true},
		{"GOMEMLIMIT", " 1GiB", true},
		{"GOMEMLIMIT", "1.5GiB", true},
		{"GOMEMLIMIT", "1GB", true},
		{"GOMEMLIMIT", "1G", true},
		{"GOMEMLIMIT", "1iB", true},
		{"GOMEMLIMIT", "1gib", true},
		{"GOMEMLIMIT", "B", true},
		{"GOMEMLIMIT", "MiB", true},
		{"GOMEMLIMIT", "1BB", true},
		{"GOMEMLIMIT", "1BKiB", true},
		{"GOMEMLIMIT", "OFF", true},
		{"GOMEMLIMIT", "9223372036854775808", true},
		{"GOMEMLIMIT", "8388608TiB", true},
		{"GOMEMLIMIT", "8388607TiB", false},
		{"GOMEMLIMIT", "9223372036854775807", false},
		{"GOMEMLIMIT", "", false},
		{"GOMEMLIMIT", "off", false},
		{"GOMEMLIMIT", "4096000000", false},
		{"GOMEMLIMIT", "4096000000B", false},
		{"GOMEMLIMIT", "4096000KiB", false},
		{"GOMEMLIMIT", "+4GiB", false},
		{"GODEBUG", "fips140=bad", true},
		{"GODEBUG", "fips140=ON", true},
		{"GODEBUG", "fips140=on ", true},
		{"GODEBUG", "fips140==on", true},
		{"GODEBUG", "gctrace=0,fips140=bad#y,", true},
		{"GODEBUG", "fips140=off,fips140=bad", true},
		{"GODEBUG", "fips140=bad,fips140", true},
		{"GODEBUG", "fips140=bad,fips140=off", false},
		{"GODEBUG", "fips140=bad,fips140=", false},
		{"GODEBUG", "fips140=#bad", false},
		{"GODEBUG", "fips140", false},
		{"GODEBUG", " fips140=bad", false},
		{"GODEBUG", "#fips140=bad", false},
		{"GODEBUG", "cgocheck=2", true},
		{"GODEBUG", "cgocheck=+02", true},
		{"GODEBUG", "cgocheck=2,cgocheck=x", true},
		{"GODEBUG", "cgocheck=2,cgocheck=1", false},
		{"GODEBUG", "cgocheck=-1", false},
		{"GODEBUG", "cgocheck=99999999999", false},
		{"GODEBUG", "nonsense", false},
		{"GODEBUG", "", false},
		{"GOMAXPROCS", "nonsense", false},
		{"GOMAXPROCS", "-1", false},
		{"GOMAXPROCS", "64", false},
		{"GOMAXPROCS", "99999999999", false},
		{"GOGC", "nonsense", false},
		{"GOGC", "off", false},
		{"GOTRACEBACK", "nonsense", false},
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.name+"="+test.value, func(t *testing.T) {
			if got := breaks(test.name, test.value); got != "" != test.want {
				t.Errorf("breaks says %q", got)
			}
			again := exec.Command(self, "-test.run=^$")
			again.Env = append(os.Environ(), test.name+"="+test.value)
			out, err := again.CombinedOutput()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			if (err != nil) != test.want {
				t.Errorf("the Go runtime: %v: %.200s", err, out)
			}
		})
	}
	// The runtime would take seconds and gigabytes to show these.
	for _, value := range []string{"100000", "2147483647"} {
		if breaks("GOMAXPROCS", value) == "" {
			t.Errorf("GOMAXPROCS=%s is let pass", value)
		}
	}
}
