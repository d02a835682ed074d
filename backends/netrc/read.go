package netrc

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/netrc"
)

// tokenUser is the login of a token that has none of its own (AUTH-35).
const tokenUser = "__token__"

// file is one file that was read.
type file struct {
	path string
	*netrc.File
}

// files reads those that are there.
func (s *Store) files(ctx context.Context) ([]file, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var list []file
	for _, path := range s.paths {
		data, err := atomicfile.Read(path, s.rule(), atomicfile.MaxSize)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, helper.Unreachable(err)
		}
		list = append(list, file{path, netrc.Parse(data)})
	}
	return list, nil
}

// broken names the first line that cannot be read. What it may hide makes
// every miss unsure.
func broken(path string, err error) error {
	return fmt.Errorf("%s: %w: %w", path, err, helper.ErrInvalid)
}

// found is an entry as a record.
type found struct {
	helper.Credential
	port   bool // it names the port, or needs none
	scheme bool // it names the scheme, or needs none
}

// in returns the records of a realm, or of all for the zero Realm, in the order
// of the text, each key once: an entry with a port goes before one that answers
// for every port, and then the first counts (NET-9, NET-10).
func (s *Store) in(files []file, r helper.Realm) (list []found, err error) {
	at := map[helper.Key]int{}
	for _, f := range files {
		for _, e := range f.Entries {
			c, ok := s.record(e, r)
			if !ok || !e.Password.Set {
				continue
			}
			if i, known := at[c.Key]; !known {
				at[c.Key] = len(list)
				list = append(list, c)
			} else if c.port && !list[i].port {
				list[i] = c
			}
		}
		if len(f.Errors) > 0 && err == nil {
			err = broken(f.path, f.Errors[0])
			s.notice(err.Error())
		}
	}
	return list, err
}

// record is what an entry says for a realm; false: nothing. An entry without
// scheme answers for https, and for http as far as the policy lets it ask. The
// zero Realm stands for the entry's own.
func (s *Store) record(e netrc.Entry, r helper.Realm) (found, bool) {
	n, ok := netrc.ParseName(e.Machine)
	if !ok || helper.Evasive(n.Path) {
		return found{}, false
	}
	scheme := r.Scheme
	if r.IsZero() {
		if scheme = n.Scheme; scheme == "" {
			scheme = helper.SchemeHTTPS
		}
	}
	if scheme != helper.SchemeHTTPS && scheme != helper.SchemeHTTP || n.Scheme != "" && n.Scheme != scheme {
		return found{}, false
	}
	name := n.Host
	if strings.Contains(name, ":") {
		name = "[" + name + "]"
	}
	host := name
	if n.Port != "" {
		host += ":" + n.Port
	}
	host, err := helper.ParseHost(scheme, host)
	if err != nil {
		return found{}, false
	}
	port := true
	if !r.IsZero() && host != r.Host {
		if !s.AnyPort || n.Port != "" || !samePlace(host, r.Host) {
			return found{}, false
		}
		host, port = r.Host, false
	}
	c := helper.Credential{Entry: helper.Entry{
		Key: helper.Key{
			Profile: helper.DefaultProfile,
			Target:  helper.Target{Scheme: scheme, Host: host, Path: helper.CanonicalPath(n.Path)},
			User:    helper.User{Name: e.Login.Text, Set: e.Login.Set},
		},
		Known: true, Kind: helper.Basic, Origin: helper.OriginNetrc,
	}}
	if !e.Login.Set || e.Login.Text == tokenUser {
		c.User, c.Kind, c.Login = helper.User{}, helper.Bearer, tokenUser
	}
	if e.Password.Set {
		c.Secret = helper.NewSecret(e.Password.Text)
	}
	return found{c, port, n.Scheme != "" || scheme == helper.SchemeHTTPS}, true
}

// samePlace reports whether host, without port, is that of asked, which has one.
func samePlace(host, asked string) bool {
	rest, ok := strings.CutPrefix(asked, host)
	return ok && strings.HasPrefix(rest, ":")
}

// Find returns the entries of one realm, in the order of the file. In a file
// that is broken further down those above answer.
func (s *Store) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	if r.IsZero() {
		return nil, fmt.Errorf("no realm: %w", helper.ErrInvalid)
	}
	files, err := s.files(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.in(files, r)
	if len(list) > 0 {
		err = nil
	}
	return entries(list), err
}

// List returns all entries, and what is broken.
func (s *Store) List(ctx context.Context) ([]helper.Entry, error) {
	files, err := s.files(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.in(files, helper.Realm{})
	return entries(list), err
}

func entries(list []found) []helper.Entry {
	var entries []helper.Entry
	for _, c := range list {
		entries = append(entries, c.Entry)
	}
	return entries
}

// Load returns one record.
func (s *Store) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	c, err := s.load(ctx, k)
	return c.Credential, err
}

func (s *Store) load(ctx context.Context, k helper.Key) (found, error) {
	if k.Target.IsZero() {
		return found{}, fmt.Errorf("no target: %w", helper.ErrInvalid)
	}
	files, err := s.files(ctx)
	if err != nil {
		return found{}, err
	}
	list, err := s.in(files, k.Target.Realm())
	if i := slices.IndexFunc(list, func(c found) bool { return c.Key == k }); i >= 0 {
		return list[i], nil
	}
	if err == nil {
		err = helper.ErrNotFound
	}
	return found{}, err
}
