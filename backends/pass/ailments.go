package pass

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/child"
	"keyglot/helper/visible"
)

// answerTime is how long gpg may take to say which keys it has: it decrypts
// nothing for that, and asks nobody.
const answerTime = 5 * time.Second

// Ailments are programs that others could replace (SEC-75), a gpg that does not
// answer, has no secret key at all, or cannot encrypt for those named in .gpg-id.
func (s *Store) Ailments(ctx context.Context) []helper.Ailment {
	found := helper.Replaceable(child.Loose(s.pass, s.gpg))
	a, ill := s.gpgAilment(ctx)
	if !ill {
		a, ill = s.sealingAilment(ctx)
	}
	if ill {
		found = append(found, a)
	}
	return found
}

// sealingAilment encrypts nothing for the recipients, as pass would a record: a
// key that is missing, expired, revoked or not trusted lets nothing be stored.
func (s *Store) sealingAilment(ctx context.Context) (helper.Ailment, bool) {
	args := append(s.options[:len(s.options):len(s.options)], "--no-auto-key-locate", "--encrypt")
	for _, who := range s.recipients() {
		args = append(args, "--recipient", who)
	}
	bounded, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	done, err := child.Run(bounded, child.Command{Path: s.gpg, Args: args, Env: s.environ, Limit: fileLimit})
	if err != nil || done.Code == 0 {
		return helper.Ailment{}, false // what hangs or does not start was found before
	}
	why, fix, key, expired := "gpg failed", "gpg --import FILE, or pass init YOUR-GPG-ID", "", false
	for line := range strings.Lines(string(done.Stderr)) {
		word, rest, _ := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "[GNUPG:] ")), " ")
		switch {
		case word == "KEYEXPIRED":
			expired = true
		case word == "KEY_CONSIDERED" && expired:
			key, _, _ = strings.Cut(rest, " ")
		case word == "gpg:":
			why = rest // the last one is the outcome
		}
	}
	if expired {
		why, fix = "a key has expired", "gpg --quick-set-expire "+visible.Text(key)+" 1y && gpg --quick-set-expire "+visible.Text(key)+" 1y '*'"
	}
	return helper.Ailment{Text: "gpg cannot encrypt for the keys that .gpg-id names, so that nothing can be stored: " + visible.Text(why), Fix: fix}, true
}

// recipients are those whom pass encrypts a record for.
func (s *Store) recipients() []string {
	if s.keys != "" {
		return strings.Fields(s.keys)
	}
	text, err := os.ReadFile(filepath.Join(s.dir, top, ".gpg-id"))
	if err != nil {
		text, _ = os.ReadFile(filepath.Join(s.dir, ".gpg-id"))
	}
	var list []string
	for line := range strings.Lines(string(text)) {
		id, _, _ := strings.Cut(line, "#")
		if id = strings.TrimSpace(id); id != "" {
			list = append(list, id)
		}
	}
	return list
}

func (s *Store) gpgAilment(ctx context.Context) (helper.Ailment, bool) {
	bounded, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	done, err := child.Run(bounded, child.Command{
		Path: s.gpg, Args: append(s.options[:len(s.options):len(s.options)], "--list-secret-keys", "--with-colons"),
		Env: s.environ, Limit: fileLimit,
	})
	const again = "gpgconf --kill all"
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return helper.Ailment{Text: fmt.Sprintf("%s did not answer within %v", s.gpg, answerTime), Fix: again}, true
	case err != nil:
		return helper.Ailment{Text: err.Error(), Fix: again}, true
	case done.Code != 0:
		line, _, _ := strings.Cut(strings.TrimSpace(string(done.Stderr)), "\n")
		return helper.Ailment{Text: s.gpg + " failed: " + visible.Text(line), Fix: again}, true
	case !strings.Contains("\n"+string(done.Stdout), "\nsec"):
		return helper.Ailment{Text: "gpg has no secret key, so that nothing here can be read", Fix: "gpg --import FILE"}, true
	}
	return helper.Ailment{}, false
}
