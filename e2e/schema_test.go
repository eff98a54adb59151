//go:build e2e

package e2e

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// recordSchema is the schema of a record as it is published.
func recordSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "docs", "record.schema.json"))
	if err != nil {
		t.Fatalf("compile the schema of the record: %v", err)
	}
	return schema
}

func validate(schema *jsonschema.Schema, line []byte) error {
	record, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
	if err != nil {
		return err
	}
	return schema.Validate(record)
}
