package api

import "errors"

// LoadToken reads the token, and makes one if there is none.
func LoadToken(path string) (string, error) { return "", errors.ErrUnsupported }

// ReadToken reads the token; fs.ErrNotExist if there is none.
func ReadToken(path string) (string, error) { return "", errors.ErrUnsupported }
