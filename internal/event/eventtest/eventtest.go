// Package eventtest holds records to the published schema, docs/record.schema.json.
//
// It is for tests: whoever makes or changes records calls Validate on their
// lines, so that what is written and what is published cannot drift apart.
package eventtest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Validate reports a test failure if line is not a record by the schema.
func Validate(t testing.TB, line []byte) {
	t.Helper()
	if err := Check(line); err != nil {
		t.Errorf("not a record by the published schema: %v\n%.2000s", err, line)
	}
}

// Check is Validate for tests that have no testing.TB at hand.
func Check(line []byte) error {
	schema, err := compiled()
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	path, err := SchemaPath()
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	return c.Compile(path)
})

// SchemaPath finds the schema from the working folder upwards: tests run in the
// folder of their package.
func SchemaPath() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		path := filepath.Join(dir, "docs", "record.schema.json")
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		if filepath.Dir(dir) == dir {
			return "", fmt.Errorf("find docs/record.schema.json: %w", os.ErrNotExist)
		}
		dir = filepath.Dir(dir)
	}
}
