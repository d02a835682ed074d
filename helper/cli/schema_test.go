package cli

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write docs/schema and the golden files anew")

// payloads are the versioned objects of the commands.
func payloads() map[string]any {
	return map[string]any{
		"auth.entry/1": entryView{}, "auth.login/1": loginView{}, "auth.logout/1": logoutView{}, "auth.token/1": tokenView{},
		"auth.status/1": statusView{}, "auth.source/1": sourceView{}, "auth.list/1": listView{}, "auth.profiles/1": profilesView{},
		"auth.switch/1": switchView{}, "auth.dir/1": dirView{}, "auth.providers/1": providersView{},
		"auth.move/1": moveView{}, "auth.lock/1": lockView{}, "auth.import/1": importView{}, "auth.export/1": exportView{},
		"setup/1": setupView{}, "setup.all/1": allView{}, "setup.tools/1": toolsView{}, "doctor/1": doctorView{},
		"error/1": failure{},
	}
}

// TestSchemas: docs/schema holds the JSON schema of every payload as it is
// encoded: all members required, in order, null only where it can be (AUTH-7,
// L3).
func TestSchemas(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "docs", "schema")
	for name, value := range payloads() {
		schema := schemaOf(reflect.TypeOf(value), "", name)
		schema[0] = pair{"$schema", "https://json-schema.org/draft/2020-12/schema"}
		var want bytes.Buffer
		if err := writeJSON(&want, schema, "  "); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, strings.ReplaceAll(name, "/", "-")+".json")
		if *update {
			if err := os.WriteFile(path, want.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s is not what the program prints (%v); go test ./helper/cli -run TestSchemas -update writes it", path, err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(files) != len(payloads()) {
		t.Errorf("%d schemas in %s, %d payloads (%v)", len(files), dir, len(payloads()), err)
	}
}

// object is a JSON object that keeps its order.
type object []pair

type pair struct {
	name  string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(p.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(p.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// schemaOf describes a type; its first pair is free for the caller at the top.
func schemaOf(t reflect.Type, oneof, name string) object {
	nullable := t.Kind() == reflect.Pointer
	if nullable {
		t = t.Elem()
	}
	kind := func(name string) any {
		if nullable {
			return []string{name, "null"}
		}
		return name
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{{"type", kind("string")}, {"format", "date-time"}}
	case oneof != "":
		values := []any{}
		for value := range strings.SplitSeq(oneof, " ") {
			values = append(values, value)
		}
		if nullable {
			values = append(values, nil)
		}
		return object{{"enum", values}}
	case t.Kind() == reflect.String:
		return object{{"type", kind("string")}}
	case t.Kind() == reflect.Bool:
		return object{{"type", kind("boolean")}}
	case t.Kind() == reflect.Int:
		return object{{"type", kind("integer")}}
	case t.Kind() == reflect.Slice:
		return object{{"type", "array"}, {"items", schemaOf(t.Elem(), "", "")}}
	}
	var members object
	required := []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		member, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if member == "schema" {
			members = append(members, pair{member, object{{"const", name}}})
			if name == "" {
				members[len(members)-1].value = object{{"type", "string"}}
			}
		} else {
			schema := schemaOf(f.Type, f.Tag.Get("oneof"), "")
			if f.Tag.Get("null") != "" {
				schema[0].value = []string{"array", "null"}
			}
			members = append(members, pair{member, schema})
		}
		required = append(required, member)
	}
	o := object{{"type", kind("object")}, {"properties", members}, {"required", required}}
	if name != "" {
		o = append(object{{}, {"title", name}}, o...)
	}
	return o
}

// TestMembersStay: no member is left out where it is empty (AUTH-7).
func TestMembersStay(t *testing.T) {
	t.Parallel()
	for name, value := range payloads() {
		var b bytes.Buffer
		if err := writeJSON(&b, value, ""); err != nil {
			t.Fatal(err)
		}
		var members map[string]any
		if err := json.Unmarshal(b.Bytes(), &members); err != nil {
			t.Fatal(err)
		}
		if len(members) != reflect.TypeOf(value).NumField() || !strings.HasPrefix(b.String(), `{"schema":`) {
			t.Errorf("%s: %s", name, b.String())
		}
	}
}

// TestWriteJSON: no HTML escapes, and nothing that rewrites a terminal
// (AUTH-7, AUTH-10, SEC-60).
func TestWriteJSON(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	text := "<a&b> \x1b[2J \u009b \u202e \u200b \U000e0041 \u2028 ü"
	if err := writeJSON(&b, text, ""); err != nil {
		t.Fatal(err)
	}
	want := `"<a&b> \u001b[2J \u009b \u202e \u200b \udb40\udc41 \u2028 ü"` + "\n"
	if b.String() != want {
		t.Errorf("%s, want %s", b.String(), want)
	}
	var back string
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || back != text {
		t.Errorf("%q comes back (%v)", back, err)
	}
}
