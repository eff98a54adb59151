//go:build unix

package collector

import (
	"agent-telemetry/internal/api"

	"golang.org/x/sys/unix"
)

func diskHealth(folder string) api.DiskHealth {
	var stat unix.Statfs_t
	if err := unix.Statfs(folder, &stat); err != nil {
		return api.DiskHealth{Path: folder}
	}
	block := uint64(stat.Bsize)
	return api.DiskHealth{Path: folder, Free: uint64(stat.Bavail) * block, Total: uint64(stat.Blocks) * block}
}
