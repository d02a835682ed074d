// Package netrc keeps credentials in a netrc file, the one that curl, wget,
// Python, Go and many more read: in plain text, for those who have a tool that
// knows nothing else. It is chosen by name, or read as a source and then never
// touched. What the file may hold and how it is edited, package
// helper/format/netrc knows; what is not keyglot's stays as it was, byte for byte.
// https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html
package netrc

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
)

// limit is what a secret may have. A line of 4096 bytes is too long for some
// readers and counts as not portable.
const limit = 1 << 20

// Options is the section [backends.netrc] of config.toml.
type Options struct {
	// Path is the file; empty: $NETRC, else .netrc in the home folder.
	Path string `toml:"path"`
	// AllowUnportable writes values that some readers misread.
	AllowUnportable bool `toml:"allow_unportable"`
	// AllowLooseMode reads and writes a file that others can read.
	AllowLooseMode bool `toml:"allow_loose_mode"`
	// SecondLogin says what becomes of a machine's entry when another login is
	// stored: "" refuses, "replace" writes over it, "add" writes a second one.
	SecondLogin string `toml:"second_login"`
	// AnyPort lets an entry without port answer for every port of its host, as
	// curl, wget and requests have it.
	AnyPort bool `toml:"any_port"`
}

// Backend describes the store that is read and written.
func Backend() helper.Backend {
	return helper.Backend{
		Name:      "netrc",
		Summary:   "a netrc file in plain text, only for its owner",
		Kinds:     []helper.Kind{helper.Basic, helper.Bearer},
		Limit:     limit,
		Plaintext: true,
		Whole:     true,
		ByName:    true,
		Options:   func() any { return new(Options) },
		Open: func(_ context.Context, env helper.Env) (helper.Store, error) {
			return open(env)
		},
	}
}

// Source describes the same file as a source: it is read and never written.
func Source() helper.Backend {
	b := Backend()
	b.Summary = "the entries of a netrc file"
	b.ReadOnly = true
	b.Open = func(_ context.Context, env helper.Env) (helper.Store, error) {
		s, err := open(env)
		if err != nil {
			return nil, err
		}
		return source{s}, nil
	}
	return b
}

// Store is the file. It holds nothing open and nothing in memory.
type Store struct {
	Options
	paths  []string // that are read, in order; the first that is there is written
	state  string   // keyglot's own folder, for the lock
	notice func(string)
}

var (
	_ helper.Store     = (*Store)(nil)
	_ helper.Refuser   = (*Store)(nil)
	_ helper.Custodian = (*Store)(nil)
	_ helper.Writable  = (*Store)(nil)
	_ helper.Store     = source{}
	_ helper.Selector  = source{}
	_ helper.Filed     = source{}
)

func open(env helper.Env) (*Store, error) {
	o, _ := env.Options.(*Options)
	if o == nil {
		o = new(Options)
	}
	switch o.SecondLogin {
	case "", "replace", "add":
	default:
		return nil, fmt.Errorf(`second_login is "replace" or "add": %w`, helper.ErrInvalid)
	}
	paths, err := locate(*o, env)
	if err != nil {
		return nil, err
	}
	return &Store{*o, paths, env.StateDir, env.Notice}, nil
}

// locate finds the file: the option, else $NETRC and nothing else, else the
// home folder's (NET-12).
func locate(o Options, env helper.Env) ([]string, error) {
	path, from := o.Path, "path"
	if path == "" {
		path, from = env.Getenv("NETRC"), "NETRC"
	}
	if path == "" {
		home := homeOf(env)
		if home == "" {
			return nil, fmt.Errorf("there is no usable home folder: %w", helper.ErrUnavailable)
		}
		var paths []string
		for _, name := range names() {
			paths = append(paths, filepath.Join(home, name))
		}
		return paths, nil
	}
	if rest, ok := strings.CutPrefix(path, "~/"); ok && homeOf(env) != "" {
		path = filepath.Join(homeOf(env), rest)
	}
	if !filepath.IsAbs(path) { // what the working directory holds is not the user's word (SEC-57)
		return nil, fmt.Errorf("%s is not an absolute path: %w", from, helper.ErrUnavailable)
	}
	return []string{path}, nil
}

// Custody says that nothing is protected.
func (s *Store) Custody(ctx context.Context) helper.Custody {
	state := "ok"
	if _, err := s.files(ctx); err != nil {
		state = "unavailable"
	}
	return helper.Custody{
		Location: s.target(), State: state,
		Protects: "Nothing is encrypted: everyone who can read files as you, or a copy of this file, has the passwords.",
	}
}

// Writable tries the folder that the file lies in, or would, and that of its lock.
func (s *Store) Writable(context.Context) error {
	path := s.target()
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	for _, dir := range []string{filepath.Dir(path), filepath.Dir(s.lockPath(path))} {
		if err := atomicfile.Probe(dir); err != nil {
			return err
		}
	}
	return nil
}

// rule is what the file must obey before it is read or written (NET-13, NET-39).
func (s *Store) rule() atomicfile.Rule {
	if s.AllowLooseMode {
		return atomicfile.Foreign
	}
	return atomicfile.ForeignPrivate
}

// lockPath names the lock of a file, which lies with keyglot's own: people
// look into their home folders.
func (s *Store) lockPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	} else if dir, err := filepath.EvalSymlinks(filepath.Dir(path)); err == nil { // it is to be made
		path = filepath.Join(dir, filepath.Base(path))
	}
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(s.state, "locks", "netrc-"+hex.EncodeToString(sum[:8])+".lock")
}

// source is the file as a source.
type source struct{ *Store }

var errReadOnly = helper.Cause("read-only", &helper.ErrUnsupported)

func (source) Save(context.Context, helper.Credential) error { return errReadOnly }

func (source) Remove(context.Context, helper.Key) error { return errReadOnly }

// Files are the paths that are read.
func (s source) Files() []string { return s.paths }

// Selected returns the login of a machine's first entry, which answers when no
// login is asked for (NET-10).
func (s source) Selected(ctx context.Context, t helper.Target) (helper.User, bool, error) {
	entries, err := s.Find(ctx, t.Realm())
	for _, e := range entries {
		if e.Target == t {
			return e.User, true, nil
		}
	}
	return helper.User{}, false, err
}
