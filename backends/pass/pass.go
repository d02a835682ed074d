// Package pass keeps credentials in the password store of pass, the standard
// unix password manager: one file for each, encrypted by gpg. Names tell what
// is stored, so nothing is decrypted to find out. Reads ask gpg directly;
// changes go through pass itself, which knows about git, the keys of
// subfolders and extensions, or through gopass, which keeps the same files.
// https://www.passwordstore.org, pass(1), https://www.gopass.pw
package pass

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/child"
	"keyglot/helper/format/record"
)

// limit is what a secret may have; maxRecord is what a record may have that holds
// more than one, so that gpg's file of it stays below fileLimit.
const (
	limit     = 1 << 20
	maxRecord = fileLimit - 1<<20
)

// What may change the store.
const (
	passProgram   = "pass"
	gopassProgram = "gopass"
)

// Options are the table [backends.pass] of config.toml.
type Options struct {
	Program string `toml:"program"` // pass or gopass
}

// Backend describes the store.
func Backend() helper.Backend {
	return helper.Backend{
		Name:       "pass",
		Summary:    "the password store of pass, encrypted by gpg",
		Kinds:      []helper.Kind{helper.Basic, helper.Bearer, helper.Header, helper.Identity, helper.Conda, helper.S3, helper.Cert},
		Limit:      limit,
		ByName:     true,
		ByVariable: true,
		Options:    func() any { return &Options{Program: passProgram} },
		Open:       open,
	}
}

// Store is the part of a password store that is keyglot's.
type Store struct {
	dir       string // of the password store
	pass, gpg string // the programs; pass is the one of the options
	options   []string
	keys      string   // PASSWORD_STORE_KEY: whom pass encrypts for, instead of those in .gpg-id
	environ   []string // of both programs
	now       func() time.Time

	mu   sync.Mutex
	read map[string]kept // what was decrypted, by path
}

var (
	_ helper.Store     = (*Store)(nil)
	_ helper.Locking   = (*Store)(nil)
	_ helper.Refuser   = (*Store)(nil)
	_ helper.Custodian = (*Store)(nil)
	_ helper.Ailing    = (*Store)(nil)
	_ helper.Writable  = (*Store)(nil)
)

func open(_ context.Context, env helper.Env) (helper.Store, error) {
	options, ok := env.Options.(*Options)
	if !ok || options.Program != passProgram && options.Program != gopassProgram {
		return nil, fmt.Errorf("program is none of pass, gopass: %w", helper.ErrInvalid)
	}
	s := &Store{now: env.Now, read: map[string]kept{}}
	var err error
	if s.dir, err = folderOf(env, options.Program); err != nil {
		return nil, err
	}
	if s.pass, err = child.Find(options.Program, env.Getenv("PATH")); err != nil {
		return nil, helper.Unreachable(err)
	}
	if s.gpg, err = child.Find("gpg2", env.Getenv("PATH")); err != nil { // pass prefers it too
		if s.gpg, err = child.Find("gpg", env.Getenv("PATH")); err != nil {
			return nil, helper.Unreachable(err)
		}
	}
	if !initialised(s.dir) {
		advice := "pass init YOUR-GPG-ID"
		if options.Program == gopassProgram {
			advice = "gopass init, or set PASSWORD_STORE_DIR to what gopass config mounts.path says"
		}
		return nil, helper.Advise(fmt.Errorf("%s: not initialised: %w", s.dir, helper.ErrUnavailable), advice)
	}
	s.environ = child.Set(child.Clean(env.Environ()), "PASSWORD_STORE_DIR", s.dir)
	s.keys = env.Getenv("PASSWORD_STORE_KEY")
	s.options = gpgOptions(env.Getenv("PASSWORD_STORE_GPG_OPTS"))
	return s, nil
}

// folderOf is where the program keeps its password store: gopass has a place of
// its own where pass's is not there.
func folderOf(env helper.Env, program string) (string, error) {
	dir := env.Getenv("PASSWORD_STORE_DIR")
	switch {
	case dir == "" && env.Home == "":
		return "", fmt.Errorf("there is no usable home folder: %w", helper.ErrUnavailable)
	case dir != "" && !filepath.IsAbs(dir):
		return "", fmt.Errorf("PASSWORD_STORE_DIR is not an absolute path: %w", helper.ErrUnavailable)
	case dir != "":
		return dir, nil
	}
	dir = filepath.Join(env.Home, ".password-store")
	if program == gopassProgram && !initialised(dir) {
		data := env.Getenv("XDG_DATA_HOME")
		if !filepath.IsAbs(data) {
			data = filepath.Join(env.Home, ".local", "share")
		}
		dir = filepath.Join(data, "gopass", "stores", "root")
	}
	return dir, nil
}

// initialised reports whether a folder is a password store under gpg.
func initialised(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, ".gpg-id"))
	return err == nil
}

// LockDir is where the policy's locks lie: beside the data, because two
// processes may share the store and nothing else.
func (s *Store) LockDir() string { return filepath.Join(s.own(), "locks") }

// own is the folder of what is keyglot's but no record.
func (s *Store) own() string { return filepath.Join(s.dir, ".keyglot") }

// Custody says what gpg protects.
func (s *Store) Custody(context.Context) helper.Custody {
	custody := helper.Custody{
		Location: filepath.Join(s.dir, top), State: "ok",
		Protects: "gpg encrypts for the keys named in .gpg-id: that protects copies of the store and, until you unlock your key, from programs that run as you; the names of hosts and accounts are in clear.",
	}
	if _, err := os.ReadDir(custody.Location); err != nil && !errors.Is(err, fs.ErrNotExist) {
		custody.State = "unavailable"
	}
	return custody
}

// Writable tries the folder of the records and keyglot's own.
func (s *Store) Writable(context.Context) error {
	for _, dir := range []string{filepath.Join(s.dir, top), s.own()} {
		if err := atomicfile.Probe(dir); err != nil {
			return err
		}
	}
	return nil
}

// Load returns one record.
func (s *Store) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	if k.Target.IsZero() {
		return helper.Credential{}, fmt.Errorf("no target: %w", helper.ErrInvalid)
	}
	c, err := s.decrypt(ctx, nameOf(k))
	if err == nil && c.Key != k {
		err = fmt.Errorf("%s holds another record: %w", nameOf(k), helper.ErrInvalid)
	}
	if err != nil {
		return helper.Credential{}, err
	}
	return c, nil
}

// Save writes one record.
func (s *Store) Save(ctx context.Context, c helper.Credential) error {
	text, err := content(c)
	if err != nil {
		return err
	}
	defer clear(text) // SEC-35
	return s.change(ctx, func() error { return s.save(ctx, c, text) })
}

// Refuses says what Save would: a record that is too long, or one whose file is
// another's.
func (s *Store) Refuses(ctx context.Context, c helper.Credential) error {
	if _, err := content(c); err != nil {
		return err
	}
	return s.free(ctx, c.Key)
}

// content is the text of a record's file, or the refusal of STO-13.
func content(c helper.Credential) ([]byte, error) {
	if c.Target.IsZero() {
		return nil, fmt.Errorf("no target: %w", helper.ErrInvalid)
	}
	if err := record.Fits("pass", limit, c); err != nil {
		return nil, err
	}
	text, err := encode(c)
	if err == nil && len(text) > maxRecord {
		err = helper.Advise(fmt.Errorf("pass holds at most %d bytes per record: %w", maxRecord, helper.ErrUnsupported), "use --backend file")
	}
	return text, err
}

// Remove deletes one record.
func (s *Store) Remove(ctx context.Context, k helper.Key) error {
	if k.Target.IsZero() {
		return fmt.Errorf("no target: %w", helper.ErrInvalid)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if there, err := s.there(nameOf(k)); err != nil || !there {
		return err
	}
	return s.change(ctx, func() error {
		if there, err := s.there(nameOf(k)); err != nil || !there {
			return err
		}
		return s.remove(ctx, nameOf(k))
	})
}
