package pass

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/child"
	"keyglot/helper/visible"
)

// fileLimit is what the largest record may become as JSON and in OpenPGP.
const fileLimit = 16 << 20

// kept is what was decrypted from a file, for the next question about it.
type kept struct {
	info       fs.FileInfo
	credential helper.Credential
	until      time.Time // the zero time: as long as the file is the same
}

const (
	// settled is the age from which a file's time tells whether it changed: file
	// systems count in steps, so that two changes may have one time.
	settled = 2 * time.Second
	// moment is how long what was decrypted of a younger file counts: two
	// questions of one get are one, whatever is written between them.
	moment = 100 * time.Millisecond
)

// still reports whether the file is the one that was decrypted.
func (k kept) still(file fs.FileInfo, now time.Time) bool {
	return atomicfile.Same(k.info, file) && (k.until.IsZero() || now.Before(k.until))
}

// gpgOptions are those of every call: no questions on a terminal, and a report
// that does not depend on the language. DETAILS of GnuPG describes it.
func gpgOptions(users string) []string {
	return append(strings.Fields(users), "--batch", "--quiet", "--no-tty", "--status-fd=2")
}

// decrypt returns the record in the file of a name. A policy asks twice, once
// to choose and once to answer; gpg is asked once.
func (s *Store) decrypt(ctx context.Context, name string) (helper.Credential, error) {
	if err := ctx.Err(); err != nil {
		return helper.Credential{}, err
	}
	path := s.path(name)
	before, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return helper.Credential{}, helper.ErrNotFound
	}
	if err != nil {
		return helper.Credential{}, helper.Unreachable(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if k, ok := s.read[path]; ok && k.still(before, s.now()) {
		return own(k.credential), nil
	}
	started := s.now()
	text, err := s.open(ctx, name)
	if err != nil {
		return helper.Credential{}, err
	}
	c, err := decode(text)
	clear(text) // SEC-35
	if err != nil {
		return helper.Credential{}, fmt.Errorf("%s: %w", name, err)
	}
	k := kept{info: before, credential: c}
	if started.Sub(before.ModTime()) <= settled {
		k.until = s.now().Add(moment)
	}
	s.read[path] = k
	return own(c), nil
}

// own gives the caller maps to change.
func own(c helper.Credential) helper.Credential {
	c.Extra, c.Attr = maps.Clone(c.Extra), maps.Clone(c.Attr)
	return c
}

// open decrypts the file of a name.
func (s *Store) open(ctx context.Context, name string) ([]byte, error) {
	sealed, err := atomicfile.Read(s.path(name), atomicfile.Foreign, fileLimit)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, helper.ErrNotFound
	}
	if err != nil {
		return nil, helper.Unreachable(err)
	}
	done, err := child.Run(ctx, child.Command{
		Path: s.gpg, Args: append(s.options[:len(s.options):len(s.options)], "--decrypt"),
		Env: s.environ, Stdin: sealed, Limit: fileLimit, Spool: true,
	})
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return nil, helper.Advise(fmt.Errorf("gpg waited for the passphrase: %w", helper.ErrLocked), unlock)
	case err != nil:
		return nil, helper.Unreachable(err)
	case done.Code != 0:
		return nil, verdict(name, string(done.Stderr))
	}
	return done.Stdout, nil
}

// unlock is the way to hand the key to gpg-agent.
const unlock = "run pass show on one of the names of pass ls keyglot in a terminal, which asks for the passphrase"

// verdict says what a failed decryption comes to, by gpg's report.
func verdict(name, report string) error {
	var sealed, opened, whole, nothing bool
	why := "gpg failed"
	for line := range strings.Lines(report) {
		status, ok := strings.CutPrefix(line, "[GNUPG:] ")
		if !ok {
			if text := strings.TrimSpace(strings.TrimPrefix(line, "gpg: ")); text != "" {
				why = "gpg: " + visible.Text(text) // the last one is the outcome
			}
			continue
		}
		switch word, _, _ := strings.Cut(strings.TrimSpace(status), " "); word {
		case "ENC_TO": // a message for a key, which may be locked, cancelled, without a pinentry, on a card
			sealed = true
		case "DECRYPTION_KEY", "DECRYPTION_INFO": // the key was had
			opened = true
		case "DECRYPTION_OKAY": // what failed is no fault of the file: a full disk, a home that cannot be written
			whole = true
		case "NODATA", "UNEXPECTED", "BADARMOR":
			nothing = true
		}
	}
	switch {
	case sealed && !opened:
		return errLocked
	case (opened || nothing) && !whole:
		return fmt.Errorf("%s: %s: %w", name, why, helper.ErrInvalid)
	}
	return fmt.Errorf("%s: %w", why, helper.ErrUnavailable)
}

var errLocked = error(&helper.Hint{Err: helper.Cause("gpg has no key for it, or no passphrase", &helper.ErrLocked), Advice: unlock})
