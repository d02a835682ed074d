// Package source is what the sources share: stores over what other tools keep,
// which can be read and nothing else. What a tool keeps is read once a process,
// whole, strictly, and never written.
package source

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
)

var errReadOnly = helper.Cause("another tool's, and only read", &helper.ErrUnsupported)

// Reader reads what a tool keeps now. Of two items of one key the first counts.
type Reader func(ctx context.Context) ([]helper.Item, error)

// Store is a source over a Reader.
type Store struct {
	helper.Listing
	name  string
	read  Reader
	done  bool
	items []helper.Item
	err   error
	files []string
}

var (
	_ helper.Store    = (*Store)(nil)
	_ helper.Selector = (*Store)(nil)
	_ helper.Filed    = (*Store)(nil)
)

// New returns the source of that name. read is called once, at the first
// question.
func New(name string, read Reader) *Store {
	s := &Store{name: name, read: read}
	s.Listing = s.credentials
	return s
}

// From says which files the reader reads.
func (s *Store) From(paths ...string) *Store {
	s.files = paths
	return s
}

// Files are the paths that the tool reads.
func (s *Store) Files() []string { return s.files }

// Items returns all that the tool keeps and can be used. Items and an error may
// both come back.
func (s *Store) Items(ctx context.Context) ([]helper.Item, error) {
	if s.done {
		return s.items, s.err
	}
	var items []helper.Item
	seen := map[helper.Key]bool{}
	items, s.err = s.read(ctx)
	for _, i := range items {
		i.Profile, i.Known, i.Origin = helper.DefaultProfile, true, s.name
		if !seen[i.Key] {
			seen[i.Key] = true
			s.items = append(s.items, i)
		}
	}
	s.done = true
	return s.items, s.err
}

func (s *Store) credentials(ctx context.Context) (list []helper.Credential, err error) {
	items, err := s.Items(ctx)
	for _, i := range items {
		list = append(list, i.Credential)
	}
	return list, err
}

// Selected returns the tool's current account of a target.
func (s *Store) Selected(ctx context.Context, t helper.Target) (helper.User, bool, error) {
	items, err := s.Items(ctx)
	for _, i := range items {
		if i.Target == t && i.Current {
			return i.User, true, nil
		}
	}
	return helper.User{}, false, err
}

// Save refuses.
func (s *Store) Save(context.Context, helper.Credential) error { return errReadOnly }

// Remove refuses.
func (s *Store) Remove(context.Context, helper.Key) error { return errReadOnly }

// Parser is a codec's.
type Parser func(data []byte) ([]helper.Item, []helper.Skip, error)

// File returns what stands in a file. One that is not there, or that would lie
// in a folder that cannot be had (""), has nothing in it.
func File(path string, parse Parser) ([]helper.Item, error) {
	data, err := Read(path)
	if err != nil || data == nil {
		return nil, err
	}
	items, _, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return items, nil
}

// Files returns what stands in several files, in their order.
func Files(parse Parser, paths ...string) ([]helper.Item, error) {
	var all []helper.Item
	for _, path := range paths {
		items, err := File(path, parse)
		if err != nil {
			return all, err
		}
		all = append(all, items...)
	}
	return all, nil
}

// Read returns a tool's file; nil if it is not there. One that may not be used
// (SEC-51) is ErrUnavailable.
func Read(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	data, err := atomicfile.Read(path, atomicfile.Settings, atomicfile.MaxSize)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("%w: %w", err, helper.ErrUnavailable)
	}
	return slices.Clip(data), nil
}

// Below joins to a folder that may not be had.
func Below(dir string, names ...string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(append([]string{dir}, names...)...)
}

// Variable is an environment variable's value if it is an absolute path: one
// that is relative would lead into the working directory.
func Variable(env helper.Env, name string) string {
	if path := env.Getenv(name); filepath.IsAbs(path) {
		return path
	}
	return ""
}

// Folder is the variable's folder, or else one below home.
func Folder(env helper.Env, name string, home ...string) string {
	if dir := Variable(env, name); dir != "" {
		return dir
	}
	return Below(env.Home, home...)
}

// Backend describes a source.
func Backend(name, summary string, open func(env helper.Env) (helper.Store, error), kinds ...helper.Kind) helper.Backend {
	return helper.Backend{
		Name: name, Summary: summary, Kinds: kinds, Limit: atomicfile.MaxSize, ReadOnly: true, ByName: true,
		Open: func(_ context.Context, env helper.Env) (helper.Store, error) { return open(env) },
	}
}
