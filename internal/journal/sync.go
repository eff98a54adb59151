package journal

import "os"

// syncDir makes the names in a folder durable. Where folders cannot be synced
// (Windows) the file system's own journal has to do.
func syncDir(path string) {
	d, err := os.Open(path)
	if err != nil {
		return
	}
	_ = d.Sync()
	_ = d.Close()
}
