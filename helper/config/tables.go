package config

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"maps"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// tables are parts of the file that their owner gives a form to.
type tables map[string]any

// Protocol reads the table [name] into options, a pointer to a struct. An
// unknown key is an error that names it.
func (c *Config) Protocol(name string, options any) error {
	return c.tables.read(name, name, options)
}

// Backend reads the table [backends.name] into options.
func (c *Config) Backend(name string, options any) error {
	return c.stores.read(name, "backends."+name, options)
}

// read prints a table again, for its owner's form to read it.
func (t tables) read(name, shown string, options any) error {
	table, ok := t[name]
	if !ok {
		return nil
	}
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
	if len(unknown) > 0 {
		return unknownKey(append([]string{shown}, unknown[0]...)...)
	}
	return nil
}

// Stores yields the names of the tables [backends.NAME].
func (c *Config) Stores() iter.Seq[string] { return maps.Keys(c.stores) }

// strict reads data into a struct, and returns the keys that it does not know.
func strict(data []byte, into any) (unknown []toml.Key, err error) {
	err = toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(into)
	if missing, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		for _, key := range missing.Errors {
			unknown = append(unknown, key.Key())
		}
		return unknown, nil
	}
	return nil, err
}

func unknownKey(key ...string) error { return fmt.Errorf("unknown key %q", strings.Join(key, ".")) }

// clean keeps of a TOML error the line, not what is there.
func clean(err error) error {
	line := 0
	if at, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ = at.Position()
	}
	return fmt.Errorf("line %d: not valid TOML, or a value of the wrong type", line)
}
