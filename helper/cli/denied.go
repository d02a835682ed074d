package cli

import "keyglot/helper"

// rulesAdvice is where the user's own rules stand.
const rulesAdvice = "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"

// denied refuses a target that the user's rules exclude. Tools get nothing for
// it, as for what is not stored; people are told (AUTH-3).
func denied(rules helper.Policy, t helper.Target) error {
	channel := t
	if before, rest, ok := helper.CutConda(t.Path); ok { // the token is no part of what it is for (AUTH-64)
		channel.Path = join("/", before, rest)
	}
	if rules.Permits(t) && rules.Permits(channel) {
		return nil
	}
	return &fault{Reason: "denied", Message: "the policy denies " + address(t), Advice: rulesAdvice, Err: helper.ErrPolicy}
}

// orDenied is err, or the refusal that it comes from if one of the services is
// excluded.
func (a *app) orDenied(err error, services []string) error {
	s, broken := a.settings()
	if err == nil || broken != nil {
		return err
	}
	for _, text := range services {
		typed, bad := s.Services().Read(text)
		if bad != nil {
			continue
		}
		if no := denied(s.Policy, typed.Target); no != nil {
			return no
		}
	}
	return err
}
