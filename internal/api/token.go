package api

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// LoadToken reads the token, and makes one if there is none. Of several processes
// that make one at once all get the same.
func LoadToken(path string) (string, error) {
	token, err := ReadToken(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return token, err
	}
	if err := makeToken(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("make the API's token: %w", err)
	}
	return ReadToken(path)
}

// ReadToken reads the token; fs.ErrNotExist if there is none. A file that others
// can read is refused: its token is no secret.
func ReadToken(path string) (string, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return "", fmt.Errorf("read the API's token: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > 1024 {
		return "", fmt.Errorf("%s is not the API's token: remove it, and a new one is made", path)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("%s can be read by others (mode %04o): remove it, and a new token is made", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the API's token: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if len(token) < minToken {
		return "", fmt.Errorf("%s holds no token: remove it, and a new one is made", path)
	}
	return token, nil
}

// makeToken writes a token to a file of its own and then links it to its place,
// which fails if there is one already: nobody ever reads half a token.
func makeToken(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".api-token-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(randomSecret() + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Link(f.Name(), path)
}
