package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"keyglot/helper"
)

// errNoCheck is a record whose service nothing is known to ask with.
var errNoCheck = errors.New("nothing is known to ask it with")

// verify asks the services of what is listed whether they take it (AUTH-47).
func (s *status) verify(ctx context.Context) error {
	if s.a.offline() {
		return &fault{Reason: "verify_offline", Message: "--verify asks the service, and no server is asked offline", Advice: "leave out --offline and KEYGLOT_OFFLINE"}
	}
	s.asked = map[int]error{}
	for i, c := range s.records {
		if c.Kind == "" { // it could not be read
			continue
		}
		preset, _ := s.s.presets().For(c.Target)
		check, ok := preset.CheckOf(c.Target, c.Attr[attrRemote])
		if !ok {
			s.asked[i] = errNoCheck
			continue
		}
		said, err := s.a.verify(ctx, c, check, "")
		if errors.Is(err, errInterrupted) {
			return err
		}
		s.asked[i] = err
		taken := err == nil
		if _, no := errors.AsType[*refusal](err); taken || no {
			s.view.Entries[i].Verified, s.view.Entries[i].Account = &taken, said.account
		}
	}
	return nil
}

// refused reports whether a service refused what is listed.
func (s *status) refused() bool {
	for _, err := range s.asked {
		if _, no := errors.AsType[*refusal](err); no {
			return true
		}
	}
	return false
}

// silent is why a service that can be asked did not answer, or nil.
func (s *status) silent() error {
	for i := range s.listed {
		if why, ok := errors.AsType[*unasked](s.asked[i]); ok {
			return why
		}
	}
	return nil
}

// verified is how a report with --verify ends: the table or JSON has said which.
func (s *status) verified() error {
	switch {
	case s.refused():
		return &helper.Exit{Code: helper.ExitCode(helper.ErrDenied)}
	case s.silent() != nil:
		return &helper.Exit{Code: helper.ExitCode(helper.ErrTemporary)}
	}
	return nil
}

// verdictOf is what a service said, for people.
func (s *status) verdictOf(i int) string {
	err, asked := s.asked[i]
	refused, no := errors.AsType[*refusal](err)
	switch {
	case !asked:
		return "no: it could not be read"
	case no:
		return "refused (" + refused.status + ")"
	case err != nil:
		return "no: " + show(err.Error())
	}
	line := "taken"
	if who := s.view.Entries[i].Account; who != nil {
		line += fmt.Sprintf("; it is %s", join(", ", show(cmp.Or(text(who.Name), text(who.ID))), show(text(who.Email)), show(text(who.Org))))
	}
	return line
}
