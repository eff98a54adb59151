package doctor

import (
	"io/fs"

	"golang.org/x/sys/windows"
)

// free is how many bytes this user may still write to a folder's disk.
func free(folder string) (left uint64, err error) {
	path, err := windows.UTF16PtrFromString(folder)
	if err != nil {
		return 0, err
	}
	err = windows.GetDiskFreeSpaceEx(path, &left, nil, nil)
	return left, err
}

// foreign has nothing to go by: access is by lists here.
func foreign(fs.FileInfo) string { return "" }
