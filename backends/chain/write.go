package chain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"keyglot/helper"
)

// Save hands a password to the helper, if it may be written to. It refuses
// what a helper cannot hold, and a second account: most helpers would lose the
// first or never answer with the second.
func (s *Store) Save(ctx context.Context, c helper.Credential) error {
	server, err := s.fits(ctx, c)
	if err != nil {
		return err
	}
	release, err := s.lock(ctx, c.Target.Realm())
	if err != nil {
		return err
	}
	defer release()
	if err := sole(s.ask(ctx, c.Target.Realm()), c.User); err != nil {
		return err
	}
	if err := s.store(ctx, request(c, server), c.Secret); err != nil {
		return err
	}
	after := s.ask(ctx, c.Target.Realm())
	if errors.Is(after.err, helper.ErrNotFound) || after.err == nil && (after.credential.User != c.User || !after.credential.Secret.Equal(c.Secret)) {
		after.err = fmt.Errorf("the helper did not keep it: %w", helper.ErrUnavailable)
	}
	return after.err
}

// Refuses says what Save would, by what the helper answered last.
func (s *Store) Refuses(ctx context.Context, c helper.Credential) error {
	if _, err := s.fits(ctx, c); err != nil {
		return err
	}
	return sole(s.answer(ctx, c.Target.Realm()), c.User)
}

// sole refuses a second account.
func sole(now answer, user helper.User) error {
	switch {
	case errors.Is(now.err, helper.ErrNotFound):
	case now.err != nil:
		return now.err
	case now.credential.User != user:
		return fmt.Errorf("the helper holds one account per host, and it is another: %w", helper.ErrUnsupported)
	}
	return nil
}

// fits refuses what no helper can hold (STO-13), and returns the server string.
func (s *Store) fits(ctx context.Context, c helper.Credential) (server string, err error) {
	if server, err = s.writable(ctx, c.Key); err != nil {
		return "", err
	}
	if what := unfit(c, server); what != "" {
		return "", fmt.Errorf("a docker credential helper cannot hold %s: %w", what, helper.ErrUnsupported)
	}
	most, per := 0, ""
	if len(c.Secret.Reveal()) > limit {
		most, per = limit, "credential"
	} else if request, err := json.Marshal(request(c, server)); err != nil || len(request) > requestLimit {
		most, per = requestLimit, "request"
	}
	if per == "" {
		return server, nil
	}
	return "", helper.Advise(fmt.Errorf("chain holds at most %d bytes per %s: %w", most, per, helper.ErrUnsupported), "use --backend file")
}

// longestName is what a user name may have: with what pass adds, a file system
// takes 255 bytes.
const longestName = 200

// unfit names what no helper, or not every one, can hold; "" if it can. The
// helper for pass makes a file's path of the user name, and of some leaves a
// folder that hides the host; it cuts line feeds off the secret. Those in C end
// a secret at a zero byte.
func unfit(c helper.Credential, server string) string {
	user, secret := c.User.Name, c.Secret.Reveal()
	switch {
	case c.Kind != helper.Basic:
		return string(c.Kind) + " credentials"
	case c.Profile != helper.DefaultProfile:
		return "a second profile"
	case c.Target.Path != "" || server == "":
		return "a credential for anything but a host"
	case user == "" || !sound(user) || strings.HasPrefix(user, "<"):
		return "this user name"
	case strings.Contains(user, "/") || user == "." || user == ".." || len(user) > longestName:
		return "a user name that is no name of a file"
	case secret == "" || !utf8.ValidString(secret) || strings.Contains(secret, "\x00"):
		return "a secret that is not text"
	case strings.HasSuffix(secret, "\n") || strings.HasSuffix(secret, "\r"):
		return "a secret that ends in a line break"
	case !c.Plain() || c.Login != "":
		return "more than a user name and a password"
	}
	return ""
}

// Remove has the helper erase the account, if it may be written to.
func (s *Store) Remove(ctx context.Context, k helper.Key) error {
	server, err := s.writable(ctx, k)
	if err != nil {
		return err
	}
	if there, err := about(k, s.consult(ctx, k.Target.Realm())); err != nil || !there {
		return err
	}
	release, err := s.lock(ctx, k.Target.Realm())
	if err != nil {
		return err
	}
	defer release()
	if there, err := about(k, s.ask(ctx, k.Target.Realm())); err != nil || !there {
		return err
	}
	if err := s.erase(ctx, server); err != nil {
		return err
	}
	if there, _ := about(k, s.ask(ctx, k.Target.Realm())); there {
		return fmt.Errorf("the helper still has it: %w", helper.ErrUnavailable)
	}
	return nil
}

// about reports whether an answer is the account k.
func about(k helper.Key, a answer) (bool, error) {
	if errors.Is(a.err, helper.ErrNotFound) {
		return false, nil
	}
	return a.err == nil && a.credential.Key == k, a.err
}

// writable returns the server string of a key that may be written.
func (s *Store) writable(ctx context.Context, k helper.Key) (string, error) {
	if k.Target.IsZero() {
		return "", fmt.Errorf("no target: %w", helper.ErrInvalid)
	}
	if err := s.Writable(ctx); err != nil {
		return "", err
	}
	server, _ := serverOf(k.Target.Realm())
	return server, ctx.Err()
}

// Writable says whether anything is forwarded. What the helper itself can write
// only a write tells.
func (s *Store) Writable(context.Context) error {
	if s.Writes != "forward" {
		return helper.Advise(fmt.Errorf("read-only: %w", helper.ErrUnsupported), `set writes = "forward" under [backends.chain] in config.toml`)
	}
	return nil
}
