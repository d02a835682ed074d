// Package config reads config.toml, which people edit, and keeps the state
// file, which keyglot writes. Both lie in the user's own folders; nothing is
// read from the working directory or a repository.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/publicsuffix"
	"keyglot/helper/service"
)

// Config is config.toml. The zero Config is that of a user who has none.
type Config struct {
	Backends       []string // stores in order: new records go to the first; none: chosen by itself
	Sources        []string // what other tools keep, in the order it is asked; none: nothing
	DefaultService string
	AuthFile       string // the override file: the only source
	Providers      []Provider
	WarnArgv       bool // warn of a secret on the command line
	AllowPlaintext bool // plaintext storage may be chosen by name
	Policy         helper.Policy
	Timeout        time.Duration // of helper verbs; zero: the default

	text           []byte
	tables, stores tables // [git], [docker], ...: options of protocols; [backends.NAME]: options of stores
}

// file is the form of config.toml.
type file struct {
	Backend        any      `toml:"backend"`
	Sources        []string `toml:"sources"`
	DefaultService string   `toml:"default_service"`
	AuthFile       string   `toml:"auth_file"`
	WarnArgv       *bool    `toml:"warn_argv"`
	AllowPlaintext *bool    `toml:"allow_plaintext"`
	WildcardZones  []string `toml:"wildcard_zones"`
	Timeout        string   `toml:"timeout"`
	Security       struct {
		AllowHTTP []string `toml:"allow_http"`
	} `toml:"security"`
	Policy struct {
		Allow []string `toml:"allow"`
		Deny  []string `toml:"deny"`
	} `toml:"policy"`
	Backends  map[string]any      `toml:"backends"`
	Providers map[string]Provider `toml:"providers"`
}

// Name is the file's name in the configuration folder.
const Name = "config.toml"

// Read reads the file at path; there being none is the zero Config's defaults.
// A file that is broken, that everybody can write, or that has unknown keys is an
// error that names the file and the line, because it may hold rules that deny.
// protocols names the tables that protocols read.
func Read(path string, protocols []string) (Config, error) {
	c := Config{WarnArgv: true, AllowPlaintext: true, Policy: helper.Policy{Registrable: publicsuffix.Registrable}}
	data, err := atomicfile.Read(path, atomicfile.Settings, 1<<20) // people keep it in a repository of their own and link to it
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	if err := c.decode(data, protocols); err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	return c, nil
}

func (c *Config) decode(data []byte, protocols []string) error {
	c.text = data
	if err := toml.Unmarshal(data, &c.tables); err != nil {
		return clean(err)
	}
	var f file
	unknown, err := strict(data, &f)
	if err != nil {
		return clean(err)
	}
	for _, key := range unknown {
		if !slices.Contains(protocols, key.Key()[0]) {
			return unknownKey(&key)
		}
	}
	c.stores = f.Backends
	return c.fill(f)
}

// fill reads the values into their forms.
func (c *Config) fill(f file) error {
	var err error
	if c.Backends, err = backends(f.Backend); err != nil {
		return err
	}
	for i, name := range f.Sources {
		if slices.Contains(f.Sources[:i], name) {
			return errors.New("sources: a name stands there twice")
		}
	}
	c.Sources, c.DefaultService = f.Sources, f.DefaultService
	c.AuthFile = f.AuthFile
	if f.AuthFile != "" && !filepath.IsAbs(f.AuthFile) {
		return errors.New("auth_file: not an absolute path")
	}
	if err := c.providers(f.Providers); err != nil {
		return err
	}
	if f.WarnArgv != nil {
		c.WarnArgv = *f.WarnArgv
	}
	if f.AllowPlaintext != nil {
		c.AllowPlaintext = *f.AllowPlaintext
	}
	if f.Timeout != "" {
		if c.Timeout, err = time.ParseDuration(f.Timeout); err != nil || c.Timeout <= 0 {
			return errors.New(`timeout: not a time such as "8s"`)
		}
	}
	for _, host := range f.Security.AllowHTTP {
		host, err := helper.ParseHost(helper.SchemeHTTP, host)
		if err != nil {
			return errors.New("security.allow_http: not a host[:port]")
		}
		c.Policy.AllowHTTP = append(c.Policy.AllowHTTP, host)
	}
	for _, zone := range f.WildcardZones {
		zone, err := helper.ParseHost(helper.SchemeHTTPS, zone)
		if err != nil {
			return errors.New("wildcard_zones: not a zone")
		}
		if publicsuffix.ICANN(zone) { // AUTH-17
			return errors.New("wildcard_zones: a zone in which everybody can have a name")
		}
		c.Policy.WildcardZones = append(c.Policy.WildcardZones, zone)
	}
	if c.Policy.Allow, err = c.Targets(f.Policy.Allow); err != nil {
		return fmt.Errorf("policy.allow: %w", err)
	}
	if c.Policy.Deny, err = c.Targets(f.Policy.Deny); err != nil {
		return fmt.Errorf("policy.deny: %w", err)
	}
	return nil
}

// backends reads "auto", a name, or a list of names.
func backends(value any) ([]string, error) {
	wrong := errors.New("backend: not a name or a list of names")
	var names []string
	switch value := value.(type) {
	case nil:
	case string:
		names = []string{value}
	case []any:
		for _, item := range value {
			name, ok := item.(string)
			if !ok {
				return nil, wrong
			}
			names = append(names, name)
		}
	default:
		return nil, wrong
	}
	if len(names) == 1 && names[0] == "auto" {
		return nil, nil
	}
	return names, nil
}

// Targets reads the targets of a rule: services as people type them, wildcards
// included, and item:NAME for opaque names.
func (c *Config) Targets(texts []string) ([]helper.Target, error) {
	var list []helper.Target
	reader := c.Services()
	for _, text := range texts {
		if name, ok := strings.CutPrefix(text, "item:"); ok && name != "" {
			list = append(list, helper.Target{Scheme: helper.SchemeItem, Host: name})
			continue
		}
		s, err := reader.Read(text)
		if err != nil {
			return nil, err
		}
		list = append(list, s.Target)
	}
	return list, nil
}

// Services is the reader of typed services under this configuration.
func (c *Config) Services() service.Reader {
	return service.Reader{AllowHTTP: c.Policy.AllowHTTP, Zones: c.Policy.WildcardZones}
}

// Path is where config.toml lies in a configuration folder.
func Path(dir string) string { return filepath.Join(dir, Name) }
