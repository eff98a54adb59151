package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPercentile(t *testing.T) {
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = i + 1
	}
	tests := []struct {
		values        []int
		percent, want int
	}{
		{[]int{7}, 50, 7},
		{[]int{7}, 99, 7},
		{[]int{1, 2}, 50, 1},
		{[]int{1, 2, 3}, 50, 2},
		{hundred, 50, 50},
		{hundred, 95, 95},
		{hundred, 99, 99},
		{hundred[:50], 99, 50},
	}
	for _, tt := range tests {
		if got := Percentile(tt.values, tt.percent); got != tt.want {
			t.Errorf("percentile %d of %d values = %d, want %d", tt.percent, len(tt.values), got, tt.want)
		}
	}
}

func TestBarIsMetAtItsLimit(t *testing.T) {
	tests := []struct {
		bar  Bar
		want bool
	}{
		{Bar{Got: 1.8, Limit: 1.8}, true},
		{Bar{Got: 1.81, Limit: 1.8}, false},
		{Bar{Got: 6, Limit: 6, AtLeast: true}, true},
		{Bar{Got: 5.99, Limit: 6, AtLeast: true}, false},
	}
	for _, tt := range tests {
		if got := tt.bar.Met(); got != tt.want {
			t.Errorf("%v: met = %v", tt.bar, got)
		}
		if starts := strings.HasPrefix(tt.bar.String(), "met"); starts != tt.want {
			t.Errorf("%q does not begin with its verdict", tt.bar)
		}
	}
}

func TestFileSystemIsThatOfTheDeepestMount(t *testing.T) {
	const mounts = `22 27 0:21 / /proc rw - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 27 0:25 / /home/dev rw - btrfs /dev/vdb rw
31 27 0:26 / /home/developer rw - xfs /dev/vdc rw
`
	for dir, want := range map[string]string{
		"/home/dev/code": "btrfs", "/home/dev": "btrfs", "/home/developer/x": "xfs", "/srv": "ext4", "/home": "ext4",
	} {
		if got := fileSystemOf(mounts, dir); got != want {
			t.Errorf("file system of %s = %s, want %s", dir, got, want)
		}
	}
}

func TestMarkdownTable(t *testing.T) {
	var out strings.Builder
	r := Report{Out: &out, Markdown: true}
	r.Table([]string{"program", "ms"}, [][]string{{"naïve", "1.00"}})
	want := "| program |   ms |\n|---------|-----:|\n| naïve   | 1.00 |\n\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}
