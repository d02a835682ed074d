package pass

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
	"keyglot/helper/format/plainname"
)

// top is the folder of the password store that keyglot's records are in, and
// extension that of their files.
const (
	top       = "keyglot"
	extension = ".gpg"
)

// nameOf is the name pass knows the record of k by (STO-91):
// keyglot/SCHEME/HOST/PROFILE/USER, with @PATH behind it if there is a path.
func nameOf(k helper.Key) string {
	leaf := plainname.User(k.User)
	if k.Target.Path != "" {
		leaf += "@" + plainname.Text(k.Target.Path)
	}
	return strings.Join([]string{folder(k.Target.Realm()), plainname.Text(k.Profile), leaf}, "/")
}

// folder is the name of a realm's folder.
func folder(r helper.Realm) string {
	return strings.Join([]string{top, plainname.Text(r.Scheme), plainname.Text(r.Host)}, "/")
}

// path is the file of a name.
func (s *Store) path(name string) string {
	return filepath.Join(s.dir, filepath.FromSlash(name)) + extension
}

// Find returns the entries of one realm by the names of its files.
func (s *Store) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	if r.IsZero() {
		return nil, fmt.Errorf("no realm: %w", helper.ErrInvalid)
	}
	return s.realm(ctx, r, folder(r))
}

// List returns all entries. What cannot be read is its error, the rest comes
// all the same.
func (s *Store) List(ctx context.Context) ([]helper.Entry, error) {
	var all []helper.Entry
	schemes, failed := s.names(ctx, top, false)
	for _, scheme := range schemes {
		hosts, err := s.names(ctx, top+"/"+scheme, false)
		failed = errors.Join(failed, err)
		for _, host := range hosts {
			entries, err := s.realm(ctx, realmOf(scheme, host), top+"/"+scheme+"/"+host)
			all, failed = append(all, entries...), errors.Join(failed, err)
		}
	}
	return all, failed
}

// realmOf reads a realm from the names of its folders, or returns the zero one.
func realmOf(scheme, host string) helper.Realm {
	s, known := plainname.ReadText(scheme)
	h, also := plainname.ReadText(host)
	if !known || !also {
		return helper.Realm{}
	}
	return helper.Realm{Scheme: s, Host: h}
}

// realm lists a realm's folder. The zero realm is one that only the records
// know, because the name of the folder is a digest.
func (s *Store) realm(ctx context.Context, r helper.Realm, folder string) ([]helper.Entry, error) {
	var entries []helper.Entry
	profiles, failed := s.names(ctx, folder, false)
	for _, profile := range profiles {
		leaves, err := s.names(ctx, folder+"/"+profile, true)
		failed = errors.Join(failed, err)
		for _, leaf := range leaves {
			name := folder + "/" + profile + "/" + leaf
			k, known, ok := keyOf(r, profile, leaf)
			if !ok {
				continue // not a name of ours (SEC-80)
			}
			if known && !r.IsZero() {
				entries = append(entries, helper.Entry{Key: k})
				continue
			}
			c, err := s.decrypt(ctx, name)
			switch {
			case errors.Is(err, helper.ErrNotFound):
			case err != nil:
				failed = errors.Join(failed, err)
			case nameOf(c.Key) != name:
				failed = errors.Join(failed, fmt.Errorf("%s holds another record: %w", name, helper.ErrInvalid))
			default:
				entries = append(entries, c.Entry)
			}
		}
	}
	return entries, failed
}

// keyOf reads a key from the parts of a name. known is false if some of it is
// a digest; ok is false for what nameOf never returns.
func keyOf(r helper.Realm, profile, leaf string) (k helper.Key, known, ok bool) {
	k.Target = helper.Target{Scheme: r.Scheme, Host: r.Host}
	user, path, deep := strings.Cut(leaf, "@")
	var read [3]bool
	k.Profile, read[0] = plainname.ReadText(profile)
	k.User, read[1] = plainname.ReadUser(user)
	read[2] = true
	if deep {
		k.Target.Path, read[2] = plainname.ReadText(path)
	}
	for i, name := range []string{profile, user, path} {
		if !read[i] && !plainname.IsDigest(name) {
			return k, false, false
		}
	}
	return k, !slices.Contains(read[:], false), !deep || path != plainname.Text("")
}

// names lists the folders, or the records' files, in a folder of the store.
// One that is not there is empty.
func (s *Store) names(ctx context.Context, folder string, files bool) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Join(s.dir, filepath.FromSlash(folder)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, helper.Unreachable(err)
	}
	var names []string
	for _, e := range entries {
		name, isFile := strings.CutSuffix(e.Name(), extension)
		if files == isFile && files != e.IsDir() {
			names = append(names, name)
		}
	}
	return names, nil
}

// there reports whether the file of a name exists. On a disk that folds case
// it may exist under the name of another record: that is ErrUnsupported
// (STO-93). A listing may also miss what is renamed or removed at that moment,
// so it is believed after several looks only.
func (s *Store) there(name string) (bool, error) {
	for range 10 {
		_, err := os.Lstat(s.path(name))
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, helper.Unreachable(err)
		}
		if listed, err := s.listed(name); listed || err != nil && !errors.Is(err, fs.ErrNotExist) {
			return listed, helper.Unreachable(err)
		}
	}
	return false, errFolds
}

// listed reports whether each folder lists the next part of a name as it is.
func (s *Store) listed(name string) (bool, error) {
	dir := s.dir
	for part := range strings.SplitSeq(name+extension, "/") {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == part }) {
			return false, nil
		}
		dir = filepath.Join(dir, part)
	}
	return true, nil
}

var errFolds = helper.Cause("this disk does not tell upper from lower case, and a record of another spelling is there", &helper.ErrUnsupported)
