package config

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// tables are parts of the file that their owner gives a form to.
type tables map[string]any

// Protocol reads the table [name] into options, a pointer to a struct. An
// unknown key is an error that names its line.
func (c *Config) Protocol(name string, options any) error {
	return c.read(c.tables, options, name)
}

// Backend reads the table [backends.name] into options.
func (c *Config) Backend(name string, options any) error {
	return c.read(c.stores, options, "backends", name)
}

// read prints the table at path again, for its owner's form to read it.
func (c *Config) read(of tables, options any, path ...string) error {
	table, ok := of[path[len(path)-1]]
	if !ok {
		return nil
	}
	shown := strings.Join(path, ".")
	if options == nil {
		return fmt.Errorf("[%s] has no options", shown)
	}
	wrong := fmt.Errorf("[%s]: a value is of the wrong type", shown)
	if _, ok := table.(map[string]any); !ok {
		return wrong
	}
	data, err := toml.Marshal(table)
	if err != nil {
		return wrong
	}
	unknown, err := strict(data, options)
	if err != nil {
		return wrong
	}
	if len(unknown) == 0 {
		return nil
	}
	whole := reflect.TypeOf(options)
	for _, name := range slices.Backward(path) {
		whole = reflect.StructOf([]reflect.StructField{{Name: "Table", Type: whole, Tag: reflect.StructTag(fmt.Sprintf("toml:%q", name))}})
	}
	unknown, _ = strict(c.text, reflect.New(whole).Interface()) // again, for the line in the file
	for _, key := range unknown {
		if len(key.Key()) > len(path) && slices.Equal(key.Key()[:len(path)], path) {
			return unknownKey(&key)
		}
	}
	return fmt.Errorf("[%s]: unknown key", shown)
}

// Stores yields the names of the tables [backends.NAME].
func (c *Config) Stores() iter.Seq[string] { return maps.Keys(c.stores) }

// strict reads data into a struct, and returns the keys that it does not know.
func strict(data []byte, into any) (unknown []toml.DecodeError, err error) {
	err = toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(into)
	if missing, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		return missing.Errors, nil
	}
	return nil, err
}

// unknownKey names the line alone: the key may be a secret that was pasted into
// the wrong place (SEC-61).
func unknownKey(key *toml.DecodeError) error {
	line, _ := key.Position()
	return fmt.Errorf("line %d: unknown key", line)
}

// clean keeps of a TOML error the line, not what is there.
func clean(err error) error {
	line := 0
	if at, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ = at.Position()
	}
	return fmt.Errorf("line %d: not valid TOML, or a value of the wrong type", line)
}
