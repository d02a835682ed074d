// Package cargotoml reads the tokens in cargo's credentials.toml, and from its
// config.toml which registry each is for.
// https://doc.rust-lang.org/cargo/reference/config.html#credentials
package cargotoml

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"keyglot/helper"
)

// cratesIO is what crates.io's own registry is filed under. It has two indexes
// (CARGO-6).
var cratesIO = helper.Target{Scheme: helper.SchemeHTTPS, Host: "crates.io"}

const sparse, git = "sparse+https://index.crates.io/", "https://github.com/rust-lang/crates.io-index"

// AttrScheme says how cargo sends a token: AttrRaw is bare, without "Bearer".
const (
	AttrScheme = "cargo_scheme"
	AttrRaw    = "raw"
)

type registry struct {
	Token  *string `toml:"token"`
	Secret *string `toml:"secret-key"`
	Index  string  `toml:"index"`
}

type file struct {
	Registry   registry            `toml:"registry"`
	Registries map[string]registry `toml:"registries"`
}

// Parse reads the tokens of credentials.toml. config is config.toml, for the
// registries' addresses; a registry that it does not name is skipped.
func Parse(credentials, config []byte) ([]helper.Item, []helper.Skip, error) {
	var kept, known file
	if err := decode(credentials, &kept); err != nil {
		return nil, nil, err
	}
	if err := decode(config, &known); err != nil {
		return nil, nil, fmt.Errorf("config.toml: %w", err)
	}
	var items []helper.Item
	var skipped []helper.Skip
	add := func(header, index string, r registry) {
		line := lineOf(credentials, header)
		c, reason := credential(index, r)
		if reason != "" {
			skipped = append(skipped, helper.Skip{Line: line, Reason: reason})
			return
		}
		items = append(items, helper.Item{Credential: c, Line: line})
	}
	if kept.Registry != (registry{}) {
		add("registry", sparse, kept.Registry)
	}
	for _, name := range slices.Sorted(maps.Keys(kept.Registries)) {
		index := known.Registries[name].Index
		if name == "crates-io" && index == "" {
			index = sparse
		}
		add("registries."+name, index, kept.Registries[name])
	}
	return items, skipped, nil
}

func decode(data []byte, into *file) error {
	if !utf8.Valid(data) {
		return fmt.Errorf("not UTF-8: %w", helper.ErrInvalid)
	}
	if err := toml.Unmarshal(data, into); err != nil {
		return broken(err)
	}
	return nil
}

// broken keeps of a TOML error the line, not the text there.
func broken(err error) error {
	line := 0
	if at, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ = at.Position()
	}
	return fmt.Errorf("line %d: not valid TOML, or a value of the wrong type: %w", line, helper.ErrInvalid)
}

// lineOf is the line of a table's header, 0 if it is written in another form.
func lineOf(data []byte, header string) int {
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		if strings.ReplaceAll(strings.TrimSpace(line), `"`, "") == "["+header+"]" {
			return n
		}
	}
	return 0
}

func credential(index string, r registry) (c helper.Credential, reason string) {
	switch {
	case r.Token == nil && r.Secret != nil:
		return c, "a secret key, which signs and is never sent"
	case r.Token == nil || *r.Token == "":
		return c, "no token"
	case index == "":
		return c, "config.toml names no index for this registry"
	}
	t, err := Target(index)
	if err != nil {
		return c, "the registry's index is not an address"
	}
	c = helper.Foreign(t, helper.User{}, helper.NewSecret(*r.Token))
	c.Attr = map[string]string{AttrScheme: AttrRaw}
	return c, ""
}

// Target is what an index address names, "sparse+" or "registry+" cut.
func Target(index string) (helper.Target, error) {
	if index == sparse || strings.TrimPrefix(index, "registry+") == git {
		return cratesIO, nil
	}
	a, err := helper.SplitAddress(strings.TrimPrefix(strings.TrimPrefix(index, "sparse+"), "registry+"))
	if err != nil || a.HasUser || a.Rest != "" || a.Scheme != helper.SchemeHTTPS && a.Scheme != helper.SchemeHTTP {
		return helper.Target{}, fmt.Errorf("index: %w", helper.ErrInvalid)
	}
	t, err := a.Target(a.Scheme)
	if err != nil || helper.Evasive(t.Path) {
		return helper.Target{}, fmt.Errorf("index: %w", helper.ErrInvalid)
	}
	return t, nil
}
