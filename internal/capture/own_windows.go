package capture

import "os"

// openOwn opens a file for appending. The temp folder is the user's own here.
func openOwn(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
}
