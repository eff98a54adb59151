package archive

// syncFolder does nothing: the file system's own journal has to do.
func syncFolder(string) error { return nil }
