// Package file is the store that works on a bare machine: one file encrypted
// in the age format for each realm, under a name that tells no host, and the
// key in another folder (STO-40 to STO-48).
//
//	DATA/README              how to rescue everything with the program age
//	DATA/store.lock          shared by every change, held alone to change the key
//	DATA/realms/NAME.age     one JSON document, see package record
//	DATA/realms/NN.lock      the lock of those whose NAME begins so: empty, never deleted
//	DATA/damaged/NAME.age    what doctor --repair moved away
//	DATA/locks/              the locks of the policy
//	STATE/key/recipient      what files are encrypted to; as secret as the hosts' names
//	STATE/key/keyglot.key    the identity, or
//	STATE/key/keyglot.key.age  the identity under a passphrase, or
//	STATE/key/keyglot.tpm    the identity sealed by the TPM
//	STATE/key/copies         names of the files that a change of the key makes, until it is over
//
// NAME is an HMAC of the realm keyed by the recipient, so a copy of DATA shows
// neither hosts nor secrets, and yet a miss can be proved while the key is
// locked away. Old copies put back are not detected. On Windows keyglot.key
// holds the identity wrapped for the user's account, by DPAPI.
package file

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
	"keyglot/helper/format/agefile"
)

// limit is what a secret may have; a realm in all may have atomicfile.MaxSize.
const limit = 1 << 20

// Options are the table [backends.file] of config.toml.
type Options struct {
	UnlockTTL helper.Duration `toml:"unlock_ttl"` // how long `auth unlock` lasts
	TPM       string          `toml:"tpm"`        // the TPM's device, or a socket that speaks the same bytes
}

// Backend describes the store.
func Backend() helper.Backend {
	return helper.Backend{
		Name:    "file",
		Summary: "encrypted files, one for each host; needs nothing else",
		Kinds:   []helper.Kind{helper.Basic, helper.Bearer, helper.Header, helper.Identity, helper.Conda, helper.S3, helper.Cert},
		Limit:   limit,
		Options: func() any { return &Options{UnlockTTL: helper.Duration{Duration: 12 * time.Hour}, TPM: "/dev/tpmrm0"} },
		Open:    open,
	}
}

// Store is the two folders and what this process has read of them.
type Store struct {
	data, realms, keys string
	getenv             func(string) string
	notice             func(string)
	ttl                time.Duration
	device             string        // of the TPM
	chipTime           time.Duration // that a call of it may take
	stuck              helper.Stuck
	keyring            keyring
	work               int // scrypt's

	mu    sync.Mutex // guards what follows
	key   *identity  // the last one that was needed
	last  *document  // the last realm that was read
	known recalled   // the recipient
}

var (
	_ helper.Store     = (*Store)(nil)
	_ helper.Locking   = (*Store)(nil)
	_ helper.Refuser   = (*Store)(nil)
	_ helper.Custodian = (*Store)(nil)
	_ helper.Unlocker  = (*Store)(nil)
	_ helper.Sealer    = (*Store)(nil)
)

// open looks at nothing but env: an empty store costs nothing.
func open(_ context.Context, env helper.Env) (helper.Store, error) {
	s := &Store{
		data:     env.DataDir,
		realms:   filepath.Join(env.DataDir, "realms"),
		keys:     filepath.Join(env.StateDir, "key"),
		getenv:   env.Getenv,
		notice:   env.Notice,
		keyring:  kernel{},
		work:     agefile.WorkFactor,
		chipTime: chipTime,
	}
	if options, ok := env.Options.(*Options); ok {
		s.ttl, s.device = options.UnlockTTL.Duration, options.TPM
	}
	if env.DataDir == "" || env.StateDir == "" && s.handedPath() == "" {
		return nil, helper.Advise(helper.ErrNoHome, "set HOME")
	}
	if within(s.data, s.keys) {
		return nil, fmt.Errorf("the key folder %s lies in the folder of what it encrypts: %w", s.keys, helper.ErrUnavailable)
	}
	return s, nil
}

// within reports whether path lies below dir.
func within(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// LockDir is where the policy's locks lie.
func (s *Store) LockDir() string { return filepath.Join(s.data, "locks") }

// exists reports whether there is anything at path.
func exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, helper.Unreachable(err)
}
