package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/jsonedit"
	"keyglot/helper/format/rattler"
	"keyglot/helper/lock"
	"keyglot/helper/service"
)

// authFile is the override file as a store. All its records are of the default
// profile.
type authFile struct {
	helper.Listing // of what it holds
	override
	services service.Reader
}

var (
	_ helper.Store     = authFile{}
	_ helper.Refuser   = authFile{}
	_ helper.Custodian = authFile{}
	_ helper.Writable  = authFile{}
)

func newAuthFile(o override, services service.Reader) authFile {
	f := authFile{override: o, services: services}
	f.Listing = f.records
	return f
}

// unfit is the refusal of what rattler's form cannot say.
func unfit() error {
	return &fault{Reason: "auth_file_kind", Message: "the override file cannot hold this (two accounts on one host, headers)", Advice: "unset KEYGLOT_AUTH_FILE", Err: helper.ErrUnsupported}
}

// content is the file's text; none is empty.
func (f authFile) content() ([]byte, error) {
	data, err := atomicfile.Read(f.path, atomicfile.Sealed, atomicfile.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

// records are what the file holds.
func (f authFile) records(context.Context) ([]helper.Credential, error) {
	data, err := f.content()
	if err != nil {
		return nil, err
	}
	return f.parse(data)
}

// parse reads the records under the targets that look-ups come with. Of two
// members for one the first counts.
func (f authFile) parse(data []byte) ([]helper.Credential, error) {
	items, _, err := rattler.Parse(orEmpty(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.path, err)
	}
	seen := map[helper.Key]bool{}
	var list []helper.Credential
	for _, i := range items {
		i.Target, i.Profile, i.Known, i.Origin = lookedUp(f.services, i.Target), helper.DefaultProfile, true, authFileName
		if !seen[i.Key] {
			list = append(list, i.Credential)
		}
		seen[i.Key] = true
	}
	return list, nil
}

// Save writes the member of one record in place of those that made it; unknown
// ones stay as they are.
func (f authFile) Save(ctx context.Context, c helper.Credential) error {
	text, name, err := member(c)
	if err != nil {
		return err
	}
	return f.change(ctx, func(data []byte) ([]byte, error) {
		old, err := f.replaced(data, c.Key, name)
		if err != nil {
			return nil, err
		}
		if data, err = jsonedit.RemoveEach(data, old.has); err != nil {
			return nil, err
		}
		return copyStrings(data, text, []string{name})
	})
}

// Refuses says what Save would.
func (f authFile) Refuses(_ context.Context, c helper.Credential) error {
	_, name, err := member(c)
	if err != nil {
		return err
	}
	data, err := f.content()
	if err == nil {
		_, err = f.replaced(data, c.Key, name)
	}
	return err
}

// wider is the refusal to remove a record without what is under the same key: a
// wildcard in rattler's form covers its base too.
func wider(t helper.Target) error {
	all := "'*." + show(t.Host) + "'"
	return &fault{Reason: "auth_file_kind", Message: "the override file has " + show(t.Host) + " under a key that covers more", Advice: "log out of all of it: keyglot auth logout " + all, Err: errFailed}
}

// member is a record in rattler's form, and its name there.
func member(c helper.Credential) (text []byte, name string, err error) {
	text, left := rattler.Print([]helper.Credential{c})
	names, err := jsonedit.Names(text)
	if err != nil || len(left) > 0 || len(names) != 1 {
		return nil, "", unfit()
	}
	return text, names[0], nil
}

// members are the names of those that make a record, each with the number of
// records that it makes.
type members map[string]int

func (m members) has(name string) bool { return m[name] > 0 }

// making finds the members of a record.
func (f authFile) making(data []byte, k helper.Key) (members, error) {
	names, err := jsonedit.Names(orEmpty(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.path, err)
	}
	found := members{}
	for _, name := range names {
		text, ok, err := jsonedit.Text(data, name)
		if err != nil || !ok {
			continue
		}
		items, _, _ := rattler.ParseEntry(name, []byte(text))
		if slices.ContainsFunc(items, func(i helper.Item) bool { return lookedUp(f.services, i.Target) == k.Target && i.User == k.User }) {
			found[name] = len(items)
		}
	}
	return found, nil
}

// replaced are the members in whose place a record goes under a name. A second
// account of a target is refused, and what would take other records along.
func (f authFile) replaced(data []byte, k helper.Key, name string) (members, error) {
	records, err := f.parse(data)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(records, func(c helper.Credential) bool { return c.Target == k.Target && c.User != k.User }) {
		return nil, unfit()
	}
	old, err := f.making(data, k)
	for other, made := range old {
		if made > 1 && other != name {
			return nil, unfit()
		}
	}
	return old, err
}

// Remove deletes the members that make the record. It refuses to take along what
// else such a member covers, unless the record is that of its name (AUTH-23).
func (f authFile) Remove(ctx context.Context, k helper.Key) error {
	return f.change(ctx, func(data []byte) ([]byte, error) {
		old, err := f.making(data, k)
		if err != nil || len(old) == 0 {
			return data, err
		}
		for _, made := range old {
			if made > 1 && !k.Target.Realm().IsWildcard() {
				return nil, wider(k.Target)
			}
		}
		return jsonedit.RemoveEach(data, old.has)
	})
}

// change rewrites the file whole, under its lock.
func (f authFile) change(ctx context.Context, edit func([]byte) ([]byte, error)) error {
	if f.readOnly {
		return helper.ErrUnsupported
	}
	if err := atomicfile.MkdirAll(filepath.Dir(f.path)); err != nil {
		return err
	}
	held, err := lock.Acquire(ctx, f.path+".lock", lock.Exclusive)
	if err != nil {
		return fmt.Errorf("%w: %w", err, helper.ErrTemporary)
	}
	defer held.Release()
	data, err := f.content()
	if err != nil {
		return err
	}
	if data, err = edit(data); err != nil {
		return err
	}
	return atomicfile.Write(f.path, data)
}

// Writable tries the folder of the file, which is also that of its lock.
func (f authFile) Writable(context.Context) error {
	if f.readOnly {
		return helper.Advise(fmt.Errorf("read-only: %w", helper.ErrUnsupported), "to change it: --auth-file PATH")
	}
	return atomicfile.Probe(filepath.Dir(f.path))
}

// Custody says where the file is.
func (f authFile) Custody(context.Context) helper.Custody {
	return helper.Custody{Location: f.path, State: "ok", Protects: "Plain text; the only source while it is in force."}
}

func orEmpty(data []byte) []byte {
	if len(data) == 0 {
		return []byte("{}")
	}
	return data
}

// copyStrings puts the strings below a member of one document into another.
func copyStrings(into, from []byte, path []string) ([]byte, error) {
	names, err := jsonedit.Names(from, path...)
	if err != nil { // a string
		text, _, err := jsonedit.Text(from, path...)
		if err != nil {
			return nil, err
		}
		return jsonedit.Set(into, text, path...)
	}
	for _, name := range names {
		if into, err = copyStrings(into, from, append(path[:len(path):len(path)], name)); err != nil {
			return nil, err
		}
	}
	return into, nil
}
