package credsdir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/plainname"
	"keyglot/helper/format/record"
)

// of returns the records of a realm: of two with one key the first counts, in
// the order keyglot.json, the host's token, keyglot.netrc.
func (s *Store) of(ctx context.Context, r helper.Realm) ([]helper.Credential, error) {
	records, failed := s.collections(ctx)
	if r.Scheme == helper.SchemeHTTPS {
		token, err := s.token(r.Host)
		records, failed = append(records, token...), errors.Join(failed, err)
	}
	records = slices.DeleteFunc(records, func(c helper.Credential) bool { return c.Target.Realm() != r })
	return first(records), failed
}

// first drops what has the key of another before it.
func first(records []helper.Credential) []helper.Credential {
	seen := map[helper.Key]bool{}
	slices.SortStableFunc(records, func(a, b helper.Credential) int { return rank(a) - rank(b) })
	return slices.DeleteFunc(records, func(c helper.Credential) bool {
		again := seen[c.Key]
		seen[c.Key] = true
		return again
	})
}

// rank orders by how much a file says about a record.
func rank(c helper.Credential) int {
	switch c.Origin {
	case origin:
		return 1
	case helper.OriginNetrc:
		return 2
	}
	return 0
}

// collections reads the files that are not about one host.
func (s *Store) collections(ctx context.Context) ([]helper.Credential, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	records, err := s.parsed("json", record.DecodeList)
	more, failed := s.parsed("netrc", entries)
	return append(records, more...), errors.Join(err, failed)
}

// parsed reads one of them; one that is not there is empty.
func (s *Store) parsed(name string, parse func([]byte) ([]helper.Credential, error)) ([]helper.Credential, error) {
	data, err := s.read(name)
	if data == nil || err != nil {
		return nil, err
	}
	records, err := parse(data)
	if err != nil {
		err = fmt.Errorf("%s: %w", s.path(name), err)
	}
	return records, err
}

// token reads the file of a host: one token, with one line feed behind it.
func (s *Store) token(host string) ([]helper.Credential, error) {
	name := plainname.Text(host)
	if h, ok := hostOf(name); !ok || h != host {
		return nil, nil
	}
	data, err := s.read(name)
	if data == nil || err != nil {
		return nil, err
	}
	secret := strings.TrimSuffix(string(data), "\n")
	if secret == "" || len(secret) > limit {
		return nil, fmt.Errorf("%s: is not one token: %w", s.path(name), helper.ErrInvalid)
	}
	return []helper.Credential{{
		Entry: helper.Entry{
			Key:   helper.Key{Profile: helper.DefaultProfile, Target: helper.Target{Scheme: helper.SchemeHTTPS, Host: host}},
			Known: true, Kind: helper.Bearer, Origin: origin,
		},
		Secret: helper.NewSecret(secret),
	}}, nil
}

// hostOf reads the name of a host's file, which is behind the prefix.
func hostOf(name string) (string, bool) {
	switch name {
	case "json", "netrc", "key":
		return "", false
	}
	text, ok := plainname.ReadText(name)
	if !ok {
		return "", false
	}
	host, err := helper.ParseHost(helper.SchemeHTTPS, text)
	return text, err == nil && host == text
}

// names lists the files of keyglot, without the prefix.
func (s *Store) names() ([]string, error) {
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, helper.Unreachable(err)
	}
	var names []string
	for _, f := range files {
		if name, ok := strings.CutPrefix(f.Name(), prefix); ok {
			names = append(names, name)
		}
	}
	return names, nil
}

func (s *Store) path(name string) string { return filepath.Join(s.dir, prefix+name) }

// read returns a file, nil if it is not there. One that others can read is
// refused (STO-118).
func (s *Store) read(name string) ([]byte, error) {
	data, err := atomicfile.Read(s.path(name), atomicfile.Handed, atomicfile.MaxSize)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, gone := os.Stat(s.dir); gone != nil { // the folder itself: nothing is proved
			return nil, helper.Unreachable(gone)
		}
		return nil, nil
	case err != nil:
		return nil, helper.Unreachable(err)
	case data == nil:
		return []byte{}, nil
	}
	return data, nil
}
