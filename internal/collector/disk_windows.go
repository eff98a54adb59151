package collector

import (
	"agent-telemetry/internal/api"

	"golang.org/x/sys/windows"
)

func diskHealth(folder string) api.DiskHealth {
	h := api.DiskHealth{Path: folder}
	path, err := windows.UTF16PtrFromString(folder)
	if err != nil || windows.GetDiskFreeSpaceEx(path, &h.Free, &h.Total, nil) != nil {
		return api.DiskHealth{Path: folder}
	}
	return h
}
