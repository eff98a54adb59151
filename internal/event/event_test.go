package event_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"agent-telemetry/internal/event"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// line puts a record together as the journal does.
func line(r *event.Record) []byte {
	out := []byte(`{"timestamp":`)
	out = event.AppendTime(out, r.Timestamp)
	out = r.AppendChain(out)
	out = append(out, `,"metadata":{`...)
	out = append(r.Metadata.AppendMetadata(out), "},"...)
	return append(r.AppendRest(out), '}')
}

// Every field of the struct must come out of the hand-written encoder under the
// name in its tag: what encoding/json reads back equals what went in.
func TestAppendWritesEveryField(t *testing.T) {
	var want event.Record
	fill(reflect.ValueOf(&want).Elem())
	want.Seq, want.Prev, want.Metadata.Journal = 0, "", ""
	var got event.Record
	if err := json.Unmarshal(line(&want), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// An empty record has the members of the specification and none that is optional.
func TestEmptyRecordHasTheSpecifiedMembers(t *testing.T) {
	var r event.Record
	std, err := json.Marshal(&r)
	if err != nil {
		t.Fatal(err)
	}
	var want, got map[string]any
	if err := json.Unmarshal(std, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(line(&r), &got); err != nil {
		t.Fatal(err)
	}
	delete(want, "seq")
	delete(want, "prev")
	delete(want["metadata"].(map[string]any), "journal")
	got["timestamp"] = want["timestamp"]
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestStringsSurvive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := event.Record{SessionID: rapid.String().Draw(t, "s")}
		r.Action.Command = rapid.String().Draw(t, "c")
		var got event.Record
		if err := json.Unmarshal(line(&r), &got); err != nil {
			t.Fatal(err)
		}
		if got.SessionID != r.SessionID || got.Action.Command != r.Action.Command {
			t.Fatalf("%q, %q came back as %q, %q", r.SessionID, r.Action.Command, got.SessionID, got.Action.Command)
		}
	})
}

// fill sets every field to something that is not its zero value.
func fill(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Date(2026, 7, 1, 12, 0, 0, 123456789, time.UTC)
		return
	case *event.RawJSON:
		*x = event.RawJSON(`{"a":[1]}`)
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("x-" + v.Type().Name())
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int64:
		v.SetInt(7)
	case reflect.Uint64:
		v.SetUint(8)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	default:
		panic(v.Kind().String())
	}
}
