package pass

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/child"
	"keyglot/helper/visible"
)

// answerTime is how long gpg may take to say which keys it has: it decrypts
// nothing for that, and asks nobody.
const answerTime = 5 * time.Second

// Ailments are programs that others could replace (SEC-75), and a gpg that does
// not answer, or has no secret key at all.
func (s *Store) Ailments(ctx context.Context) []helper.Ailment {
	found := helper.Replaceable(child.Loose(s.pass, s.gpg))
	if a, ill := s.gpgAilment(ctx); ill {
		found = append(found, a)
	}
	return found
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
