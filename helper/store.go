package helper

import (
	"context"
	"time"
)

// Store keeps records. It decides nothing: no matching, no current account, no
// expiry. Every call obeys its context. More ability is an optional interface,
// found by assertion: Locking, Refuser, Unlocker, Sealer, Writable, Custodian,
// Ailing, Mender; a source's are Asker, Filed, Unfiled, Selector, Forgetter,
// Yielder.
//
// Results are never mixed: ErrNotFound is a proof that there is nothing;
// ErrLocked needs an unlock; ErrUnavailable cannot be reached or written;
// ErrDenied was refused; ErrInvalid is damage, left alone and named;
// ErrUnsupported is more than the store can hold.
type Store interface {
	// Find returns the entries of exactly this realm, of all profiles, in any
	// order, and never a secret. The zero Realm is ErrInvalid. Its work must
	// not grow with the number of other realms.
	Find(ctx context.Context, r Realm) ([]Entry, error)
	// List returns everything. Entries and an error may both come back.
	List(ctx context.Context) ([]Entry, error)
	// Load returns the record of exactly this key, or ErrNotFound.
	Load(ctx context.Context, k Key) (Credential, error)
	// Save makes the record of c.Key equal to c, whole, nothing merged, or
	// changes nothing. When it returns nil the record is durable.
	Save(ctx context.Context, c Credential) error
	// Remove deletes the record of k. Removing nothing is not an error.
	Remove(ctx context.Context, k Key) error
}

// Locking is a store whose locks lie beside its data, so that two processes
// that can see the same record take the same lock, whatever their HOME says.
type Locking interface{ LockDir() string }

// Refuser is a store that cannot hold every record of its kinds. It is asked
// before anything else is written for a record: what a Save refuses leaves no
// trace.
type Refuser interface {
	// Refuses returns the error with which Save would refuse c, and changes
	// nothing. nil is no promise that a Save succeeds.
	Refuses(ctx context.Context, c Credential) error
}

// Unlocker is a store whose key a person can lock away and hand back.
type Unlocker interface {
	// Lock puts the key under a passphrase that newPassphrase asks for, or
	// forgets an unlocked key if there is a passphrase already.
	Lock(ctx context.Context, newPassphrase func() (Secret, error)) (string, error)
	// Unlock makes the store readable for ttl; zero means the configured time.
	Unlock(ctx context.Context, passphrase func() (Secret, error), ttl time.Duration) (string, error)
	// RemovePassphrase goes back to a key without one.
	RemovePassphrase(ctx context.Context, passphrase func() (Secret, error)) (string, error)
}

// Sealer is a store whose key can be bound to this machine's TPM.
type Sealer interface {
	// Seal makes a new key that only the TPM opens, and says what that means.
	Seal(ctx context.Context) (string, error)
}

// Writable is a store that can tell whether a Save would succeed now (STO-14).
type Writable interface {
	// Writable leaves nothing behind of what it tries. `doctor` asks it; nobody
	// does before a Save, which finds out by itself.
	Writable(ctx context.Context) error
}

// Custodian is a store that can say where it keeps things and what protects
// them.
type Custodian interface {
	// Custody never unlocks anything and never names a secret.
	Custody(ctx context.Context) Custody
}

// Custody is what `auth status` and `doctor` say about a store.
type Custody struct {
	Location string // a folder or file
	State    string // "ok", "locked", "unavailable"
	Protects string // one sentence: what it protects from and what not
}

// Backend describes a kind of store. It is data: the catalogue is a literal.
type Backend struct {
	Name, Summary                 string
	Kinds                         []Kind // what it can hold
	Limit                         int    // bytes a secret may have
	Plaintext, ReadOnly, Volatile bool
	Whole                         bool       // it keeps no Exact: what it holds answers for its whole host
	ByName                        bool       // never chosen by itself, only by name
	ByVariable                    bool       // with ByName: KEYGLOT_BACKEND alone is name enough (STO-30); never for plain text, nor for what others run or read
	ForImport                     bool       // a source that answers nothing: only an import reads it
	Instance                      bool       // its name takes another behind a colon: chain:NAME
	Options                       func() any // a pointer to its options with their defaults, read from [backends.NAME]; nil: it has none
	// Open never prompts, unlocks nothing, and makes nothing. It wraps
	// ErrUnavailable with the reason when the store cannot be had.
	Open func(ctx context.Context, env Env) (Store, error)
}

// Duration is a time among options, "12h" in config.toml.
type Duration struct{ time.Duration }

// UnmarshalText reads it. The error does not repeat the text.
func (d *Duration) UnmarshalText(text []byte) (err error) {
	if d.Duration, err = time.ParseDuration(string(text)); err != nil {
		return ErrInvalid
	}
	return nil
}

// Env is what a backend may know of the process: read in one place, passed on
// as a value.
type Env struct {
	Home      string // the user's home, "" if there is none
	DataDir   string // keyglot's own folder for stores; "" if there is none
	StateDir  string // keyglot's own folder for locks, state and keys; "" if there is none
	ConfigDir string // keyglot's own folder for config.toml; "" if there is none
	Getenv    func(string) string
	Environ   func() []string // all of it, for programs that the backend starts
	Now       func() time.Time
	Options   any    // what Backend.Options returned, filled in
	Instance  string // what the chosen name has behind the colon
	// Notice tells the person at the keyboard something once; in a protocol it
	// is silent.
	Notice func(text string)
}

// Place is a store that the user's choice names, not yet opened.
type Place struct {
	Backend
	Env   Env
	Named bool // the user named it, so that it is asked although it was never written to
	// Passed: it would have been chosen, but could not be had.
	Passed bool
}
