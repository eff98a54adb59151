package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

func cursorPath(data, sink string) string {
	return filepath.Join(data, "cursors", sink+".json")
}

// readJSON reads what writeJSON wrote. A file that is not there, or holds something
// else, is as if nothing had been written: a sink then begins anew, which costs time
// only.
func readJSON[T any](path string) (v T, err error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return v, nil
	}
	if err != nil {
		return v, fmt.Errorf("read the cursor: %w", err)
	}
	var got T
	if json.Unmarshal(text, &got) != nil {
		return v, nil
	}
	return got, nil
}

// writeJSON replaces a file in one step. When it returns, the file is durable.
func writeJSON(path string, v any) error {
	text, err := json.Marshal(v)
	if err == nil {
		err = replaceFile(path, append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write the cursor %s: %w", path, err)
	}
	return nil
}

func replaceFile(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp := path + ".tmp"
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// syncFolder makes a folder's names durable, where the system can: on Windows its
// file system's own journal has to do.
func syncFolder(path string) {
	d, err := os.Open(path)
	if err != nil {
		return
	}
	_ = d.Sync()
	_ = d.Close()
}
