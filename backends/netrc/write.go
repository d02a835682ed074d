package netrc

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/netrc"
	"keyglot/helper/lock"
	"keyglot/helper/visible"
)

// Save writes one entry: over the password of those that have its machine and
// login, else as a new one.
func (s *Store) Save(ctx context.Context, c helper.Credential) error {
	if err := fits(c); err != nil {
		return err
	}
	var misread []netrc.Reader
	err := s.change(ctx, c.Target, func(f *netrc.File) (string, error) {
		w, err := s.put(f, c)
		misread = w.Misread
		return w.Text, err
	})
	if err == nil && len(misread) > 0 {
		s.notice(fmt.Sprintf("the entry for %s is misread by %s", visible.Text(c.Target.Host), readers(misread)))
	}
	return err
}

// Refuses says what Save would, by the file as it is now.
func (s *Store) Refuses(ctx context.Context, c helper.Credential) error {
	if err := fits(c); err != nil {
		return err
	}
	files, err := s.files(ctx)
	if err != nil {
		return err
	}
	text := netrc.Parse(nil)
	path := s.place(files, c.Target)
	for _, f := range files {
		if f.path == path {
			text = f.File
		}
	}
	_, err = s.put(text, c)
	if syntax, ok := errors.AsType[*netrc.SyntaxError](err); ok {
		return broken(path, syntax)
	}
	return err
}

// fits refuses what no entry can hold.
func fits(c helper.Credential) error {
	if c.Target.IsZero() {
		return fmt.Errorf("no target: %w", helper.ErrInvalid)
	}
	if why := unfit(c); why != "" {
		return fmt.Errorf("netrc %s: %w", why, helper.ErrUnsupported)
	}
	if c.Kind == helper.Bearer && c.Login != "" && c.Login != tokenUser {
		return helper.Advise(fmt.Errorf("netrc would give this token back as the password of a user %s: %w", visible.Text(c.Login), helper.ErrUnsupported),
			"store it as that: --any-kind --username "+visible.Text(c.Login)+" --password -, or use --backend file")
	}
	return nil
}

// unfit says why an entry cannot hold a record (NET-34, STO-13); "" if it can.
func unfit(c helper.Credential) string {
	token := !c.User.Set
	basic := c.User.Set && c.User.Name != tokenUser && c.Login == ""
	switch {
	case c.Profile != helper.DefaultProfile:
		return "has no profiles"
	case c.Target.Scheme != helper.SchemeHTTPS:
		return "names no scheme, so it holds https only"
	case c.Target.Realm().IsWildcard():
		return "has no wildcards"
	case c.Target.Path != "":
		return "has no paths that every reader knows"
	case !c.Plain():
		return "holds a user name and a password, nothing more"
	case !c.Secret.IsSet():
		return "has no entry without password"
	case !(c.Kind == helper.Basic && basic || c.Kind == helper.Bearer && token):
		return "cannot hold a record of this kind with this user name"
	case len(c.Secret.Reveal()) > limit:
		return fmt.Sprintf("holds at most %d bytes per credential", limit)
	}
	return ""
}

// put makes the new text.
func (s *Store) put(f *netrc.File, c helper.Credential) (netrc.Written, error) {
	rules := netrc.Rules{Strict: !s.AllowUnportable}
	login, secret := c.User.Name, c.Secret.Reveal()
	if c.Kind == helper.Bearer {
		login = tokenUser
	}
	all := func(e netrc.Entry) bool { _, ok := s.own(e, c.Target); return ok }
	empty := func(e netrc.Entry) bool { return all(e) && !e.Login.Set && !e.Password.Set }
	same := func(e netrc.Entry) bool {
		r, ok := s.own(e, c.Target)
		return ok && r.Key == c.Key && !empty(e)
	}
	var w netrc.Written
	var err error
	switch has := func(which func(netrc.Entry) bool) bool { return slices.ContainsFunc(f.Entries, which) }; {
	case has(same):
		w, err = f.Update(same, netrc.Value{}, secret, rules)
	case has(empty):
		w, err = f.Update(empty, netrc.Some(login), secret, rules)
	case !has(all) || s.SecondLogin == "add":
		w, err = f.Add(machineOf(c.Target), login, secret, rules)
	case s.SecondLogin == "replace":
		w, err = f.Update(all, netrc.Some(login), secret, rules)
	default:
		err = helper.Advise(fmt.Errorf("the machine %s has an entry for another login than %s, and readers know but one: %w",
			visible.Text(machineOf(c.Target)), visible.Text(login), helper.ErrUnsupported),
			`set second_login = "replace" or "add" in [backends.netrc]`)
	}
	switch {
	case errors.Is(err, netrc.ErrUnportable):
		err = helper.Advise(fmt.Errorf("%w: %w", err, helper.ErrUnsupported), "set allow_unportable = true in [backends.netrc], or use --backend file")
	case errors.Is(err, netrc.ErrControl), errors.Is(err, netrc.ErrMachine):
		err = fmt.Errorf("%w: %w", err, helper.ErrUnsupported)
	}
	return w, err
}

// own is an entry as the record of exactly its own target, if that is t.
func (s *Store) own(e netrc.Entry, t helper.Target) (helper.Credential, bool) {
	c, ok := s.record(e, t.Realm())
	return c.Credential, ok && c.port && c.Target == t
}

// machineOf is the word that names t.
func machineOf(t helper.Target) string {
	if name, ok := strings.CutSuffix(t.Host, "]"); ok {
		return strings.TrimPrefix(name, "[") // readers without port look up "::1"
	}
	return t.Host
}

// Remove deletes all entries of a machine and login.
func (s *Store) Remove(ctx context.Context, k helper.Key) error {
	c, err := s.load(ctx, k)
	switch {
	case errors.Is(err, helper.ErrNotFound):
		return nil
	case err != nil:
		return err
	case !c.port:
		return fmt.Errorf("the entry without port answers for every port of the host; erase it there: %w", helper.ErrUnsupported)
	case !c.scheme: // a request over plain http must not take away what is for https (GIT-30)
		return fmt.Errorf("the entry names no scheme, so it is for https; erase it there: %w", helper.ErrUnsupported)
	}
	var stranded []netrc.Skipped
	err = s.change(ctx, k.Target, func(f *netrc.File) (text string, err error) {
		text, stranded, err = f.Delete(func(e netrc.Entry) bool {
			r, ok := s.own(e, k.Target)
			return ok && r.Key == k
		})
		return text, err
	})
	for _, m := range stranded {
		s.notice(visible.Text(m.What) + " stays where its entry was; ftp programs take it for the entry before")
	}
	return err
}

// change edits the file that holds something for t, else the one that new
// entries go to, under its lock and again if another program was quicker.
func (s *Store) change(ctx context.Context, t helper.Target, edit func(*netrc.File) (string, error)) error {
	files, err := s.files(ctx)
	if err != nil {
		return err
	}
	path := s.place(files, t)
	release, err := s.lock(ctx, path)
	if err != nil {
		return err
	}
	defer release()
	var refused error
	edited, err := atomicfile.Edit(path, s.rule(), func(old []byte) ([]byte, error) {
		text, err := edit(netrc.Parse(old))
		refused = err
		return []byte(text), err
	})
	if syntax, ok := errors.AsType[*netrc.SyntaxError](err); ok {
		return broken(path, syntax)
	}
	if refused != nil {
		return refused
	}
	if err != nil {
		return helper.Unreachable(err)
	}
	if edited.Changed && edited.Links > 1 {
		s.notice(fmt.Sprintf("%s has %d more names, which keep what it held", visible.Text(path), edited.Links-1))
	}
	return nil
}

// place is the file that holds something for t, else the one that new entries
// go to.
func (s *Store) place(files []file, t helper.Target) string {
	path := s.target()
	for _, f := range files {
		for _, e := range f.Entries {
			if _, ok := s.own(e, t); ok {
				path = f.path
			}
		}
	}
	return path
}

// target is the file that new entries go to.
func (s *Store) target() string {
	for _, path := range s.paths {
		if _, err := os.Lstat(path); err == nil {
			return path
		}
	}
	return s.paths[0]
}

func (s *Store) lock(ctx context.Context, path string) (release func(), err error) {
	if s.state == "" {
		return nil, fmt.Errorf("there is no folder for locks: %w", helper.ErrUnavailable)
	}
	path = s.lockPath(path)
	if err := atomicfile.MkdirAll(filepath.Dir(path)); err != nil {
		return nil, helper.Unreachable(err)
	}
	held, err := lock.Acquire(ctx, path, lock.Exclusive)
	if err != nil {
		return nil, helper.Unreachable(err)
	}
	return func() { _ = held.Release() }, nil
}

func readers(list []netrc.Reader) string {
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}
