// Package kernel keeps credentials in the memory of the Linux kernel, in a
// keyring of the user, for a few hours and never on a disk: what
// git-credential-cache does with a daemon. Elsewhere it cannot be had.
// keyrings(7)
package kernel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/format/plainname"
	"keyglot/helper/format/record"
	"keyglot/helper/keyctl"
	"keyglot/helper/lock"
)

const (
	// limit is what a secret may have. The kernel takes keyctl.MaxPayload bytes,
	// in which the rest of the record must fit as well.
	limit = 24 << 10
	// ring is the name of the keyring in the user's.
	ring = "keyglot"
	// prefix begins a description: a version.
	prefix = "keyglot:1:"
)

// Options are the table [backends.kernel] of config.toml.
type Options struct {
	Keyring string          `toml:"keyring"` // user, persistent or session
	TTL     helper.Duration `toml:"ttl"`     // how long a record is kept at most
}

// Backend describes the store.
func Backend() helper.Backend {
	return helper.Backend{
		Name:       "kernel",
		Summary:    "the memory of the Linux kernel, for some hours",
		Kinds:      []helper.Kind{helper.Basic, helper.Bearer, helper.Header, helper.Identity, helper.Conda, helper.S3, helper.Cert},
		Limit:      limit,
		Volatile:   true,
		ByName:     true,
		ByVariable: true,
		Options:    func() any { return &Options{Keyring: "user", TTL: helper.Duration{Duration: 8 * time.Hour}} },
		Open:       open,
	}
}

// Store is a keyring.
type Store struct {
	ring   keyctl.Ring
	ttl    time.Duration
	now    func() time.Time
	getenv func(string) string
}

var (
	_ helper.Store     = (*Store)(nil)
	_ helper.Locking   = (*Store)(nil)
	_ helper.Refuser   = (*Store)(nil)
	_ helper.Custodian = (*Store)(nil)
	_ helper.Writable  = (*Store)(nil)
)

func open(_ context.Context, env helper.Env) (helper.Store, error) {
	options, ok := env.Options.(*Options)
	if !ok {
		return nil, fmt.Errorf("no options: %w", helper.ErrInvalid)
	}
	place, ok := map[string]keyctl.Place{"user": keyctl.User, "persistent": keyctl.Persistent, "session": keyctl.Session}[options.Keyring]
	if !ok {
		return nil, fmt.Errorf("keyring is none of user, persistent, session: %w", helper.ErrInvalid)
	}
	if options.TTL.Duration <= 0 {
		return nil, fmt.Errorf("ttl is no time: %w", helper.ErrInvalid)
	}
	s := &Store{keyctl.Ring{Place: place, Name: ring}, options.TTL.Duration, env.Now, env.Getenv}
	if _, err := s.ring.Names(); err != nil {
		return nil, wrap(err)
	}
	return s, nil
}

// Custody says what memory protects.
func (s *Store) Custody(context.Context) helper.Custody {
	custody := helper.Custody{
		Location: "kernel keyring " + s.ring.Name, State: "ok",
		Protects: fmt.Sprintf("Nothing is on a disk. Every program that runs as you can read it until the next reboot, or until %s have passed.", short(s.ttl)),
	}
	if _, err := s.ring.Names(); err != nil {
		custody.State = "unavailable"
	}
	return custody
}

// short is a time without the last parts if they are zero: "8h", "1h30m".
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// LockDir is one for all processes of the user, which see the same keyring
// (SEC-56).
func (s *Store) LockDir() string { return lock.UserDir(s.getenv) }

// describe is the description of a record's key, which /proc/keys shows to
// the user (STO-110).
func describe(k helper.Key) string {
	return prefix + strings.Join([]string{
		plainname.Text(k.Profile), plainname.Text(k.Target.Scheme), plainname.Text(k.Target.Host),
		plainname.Text(k.Target.Path), plainname.User(k.User),
	}, ":")
}

// ofRealm reports whether a description is of a record of r.
func ofRealm(description string, r helper.Realm) bool {
	parts := strings.Split(strings.TrimPrefix(description, prefix), ":")
	return strings.HasPrefix(description, prefix) && len(parts) == 5 &&
		parts[1] == plainname.Text(r.Scheme) && parts[2] == plainname.Text(r.Host)
}

// Find returns the entries of one realm.
func (s *Store) Find(ctx context.Context, r helper.Realm) ([]helper.Entry, error) {
	if r.IsZero() {
		return nil, fmt.Errorf("no realm: %w", helper.ErrInvalid)
	}
	return s.entries(ctx, func(description string) bool { return ofRealm(description, r) })
}

// List returns all entries. What cannot be read is its error, the rest comes
// all the same.
func (s *Store) List(ctx context.Context) ([]helper.Entry, error) {
	return s.entries(ctx, func(description string) bool { return strings.HasPrefix(description, prefix) })
}

// entries reads what has a wanted name. A record that goes meanwhile may have
// made room for another, so the names are read again.
func (s *Store) entries(ctx context.Context, wanted func(string) bool) (entries []helper.Entry, failed error) {
	for gone, tries := true, 20; gone && tries > 0; tries-- {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		names, err := s.ring.Names()
		if err != nil {
			return nil, wrap(err)
		}
		entries, gone, failed = s.read(slices.DeleteFunc(names, func(name string) bool { return !wanted(name) }))
	}
	return entries, failed
}

func (s *Store) read(names []string) (entries []helper.Entry, gone bool, failed error) {
	for _, name := range names {
		c, err := s.get(name)
		switch {
		case errors.Is(err, helper.ErrNotFound): // removed, or its time has just passed
			gone = true
		case err != nil:
			failed = errors.Join(failed, err)
		default:
			entries = append(entries, c.Entry)
		}
	}
	return entries, gone, failed
}

// get reads the record of a description, which must be its own (STO-5).
func (s *Store) get(description string) (helper.Credential, error) {
	payload, err := s.ring.Get(description)
	if err != nil {
		return helper.Credential{}, wrap(err)
	}
	c, err := record.Decode(payload)
	clear(payload)
	if err == nil && describe(c.Key) != description {
		err = fmt.Errorf("holds another record: %w", helper.ErrInvalid)
	}
	if err != nil {
		return helper.Credential{}, fmt.Errorf("%s: %w", description, err)
	}
	return c, nil
}

// Load returns one record.
func (s *Store) Load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	if err := check(ctx, k); err != nil {
		return helper.Credential{}, err
	}
	c, err := s.get(describe(k))
	if err == nil && c.Key != k {
		return helper.Credential{}, fmt.Errorf("%s: holds another record: %w", describe(k), helper.ErrInvalid)
	}
	return c, err
}

// Save keeps one record until it expires, or as long as the options say. One
// that can be renewed does not end with its secret.
func (s *Store) Save(ctx context.Context, c helper.Credential) error {
	payload, err := encode(ctx, c)
	if err != nil {
		return err
	}
	defer clear(payload) // SEC-35
	// A record in a form that is not known is left alone.
	if _, err := s.Load(ctx, c.Key); err != nil && !errors.Is(err, helper.ErrNotFound) {
		return err
	}
	ttl := s.ttl
	if !c.Expiry.IsZero() && !c.Refresh.IsSet() {
		ttl = min(ttl, c.Expiry.Sub(s.now()))
	}
	return wrap(s.ring.Put(describe(c.Key), payload, ttl))
}

// Refuses says what Save would: a record that is too long.
func (s *Store) Refuses(ctx context.Context, c helper.Credential) error {
	_, err := encode(ctx, c)
	return err
}

// smallest is what a record takes at least, in a key and the keyring for it.
const smallest = 512

// Writable asks for the user's quota.
func (s *Store) Writable(context.Context) error {
	if err := keyctl.Room(2, smallest); err != nil {
		return helper.Advise(fmt.Errorf("%w: %w", err, helper.ErrUnavailable), "use --backend file")
	}
	return nil
}

// encode makes a record's payload.
func encode(ctx context.Context, c helper.Credential) ([]byte, error) {
	if err := check(ctx, c.Key); err != nil {
		return nil, err
	}
	if err := record.Fits("kernel", limit, c); err != nil {
		return nil, err
	}
	payload, err := record.Encode(c)
	if err == nil && len(payload) > keyctl.MaxPayload {
		err = helper.Advise(fmt.Errorf("kernel holds at most %d bytes per record: %w", keyctl.MaxPayload, helper.ErrUnsupported), "use --backend file")
	}
	return payload, err
}

// Remove forgets one record. One in a form that is not known is left alone.
func (s *Store) Remove(ctx context.Context, k helper.Key) error {
	if _, err := s.Load(ctx, k); errors.Is(err, helper.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	return wrap(s.ring.Remove(describe(k)))
}

func check(ctx context.Context, k helper.Key) error {
	if k.Target.IsZero() {
		return fmt.Errorf("no target: %w", helper.ErrInvalid)
	}
	return ctx.Err()
}

// wrap gives the kernel's answers their meaning (STO-112).
func wrap(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyctl.ErrNotFound):
		return helper.ErrNotFound
	case errors.Is(err, keyctl.ErrQuota):
		return helper.Advise(fmt.Errorf("%w: %w", err, helper.ErrUnsupported), "use --backend file")
	}
	return fmt.Errorf("%w: %w", err, helper.ErrUnavailable)
}
