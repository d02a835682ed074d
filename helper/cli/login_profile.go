package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"keyglot/helper"
)

// autoProfile is the word for a profile that is named after who logs in
// (AUTH-26).
const autoProfile = "auto"

func noIdentity() error {
	return &fault{Reason: "profile_auto", Message: "--profile auto needs a login that tells who you are", Advice: "letters, digits and . _ @ + -; or name it"}
}

// ownProfile is h with the profile of the e-mail address that the service says a
// login has, or of the account. It has the host's name too where another account
// of the same service has it already.
func (a *app) ownProfile(ctx context.Context, h *helper.Helper, c helper.Credential, said opinion) (*helper.Helper, error) {
	name := said.label
	if said.account != nil {
		name = cmp.Or(text(said.account.Email), name)
	}
	name = profileName(name)
	if !isProfile(name) {
		return nil, noIdentity()
	}
	own := h.In(name)
	users, _, _, err := own.Accounts(ctx, c.Target)
	if err != nil {
		return nil, err
	}
	if len(users) > 0 && !slices.Contains(users, c.User) {
		own = h.In(profileName(name + "-" + c.Target.Host))
	}
	a.common.profile = own.Profile
	return own, nil
}

// profileName is a text as the name of a profile: what may not be in one is a
// hyphen.
func profileName(text string) string {
	name := []byte(text)
	for i := range name {
		if !isProfile("x" + string(name[i])) {
			name[i] = '-'
		}
	}
	return strings.Trim(string(name[:min(len(name), 64)]), "-._@+")
}
