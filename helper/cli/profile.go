package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/provider"
	"keyglot/helper/setup"
)

// isProfile reports whether a name may be a profile's: 1 to 64 of
// [A-Za-z0-9._@+-], first a letter or digit, and not a reserved word (AUTH-24).
func isProfile(name string) bool {
	if name == "" || len(name) > 64 || name == "auto" || name == "current" {
		return false
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case i > 0 && strings.IndexByte("._@+-", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// forTarget is the policy for a target whose service has a variable of its own
// that names the profile, if no flag and no KEYGLOT_PROFILE does (AUTH-25).
func (a *app) forTarget(h *helper.Helper, t helper.Target) (*helper.Helper, error) {
	if h.Profile != "" || !slices.ContainsFunc(provider.Profiles(), func(name string) bool { return a.Getenv(name) != "" }) {
		return h, nil
	}
	s, err := a.settings()
	if err != nil {
		return nil, err
	}
	preset, _ := s.presets().For(t)
	name := ""
	if preset.Profile != "" {
		name = a.Getenv(preset.Profile)
	}
	switch {
	case name == "" || h.Places[0].Name == authFileName:
		return h, nil
	case !isProfile(name):
		return nil, badProfile()
	}
	return h.In(name), nil
}

func badProfile() error {
	return &fault{Reason: "bad_profile", Message: "this is not a profile name", Advice: "letters, digits and . _ @ + -; or name it"}
}

// profileKnown refuses a named profile that does not exist (AUTH-25), and an
// override file that does not (AUTH-60). It lists everything, so it is asked only
// where nothing was found.
func (a *app) profileKnown(ctx context.Context, h *helper.Helper) error {
	if err := a.fileThere(h); err != nil {
		return err
	}
	if h.Profile == "" {
		return nil
	}
	bounded, cancel := a.bounded(ctx)
	defer cancel()
	names, _, err := h.Profiles(bounded)
	if err != nil || slices.Contains(names, h.Profile) {
		return nil
	}
	for i, name := range names {
		names[i] = show(name)
	}
	return &fault{
		Reason: "profile_unknown", Message: "there is no profile of that name",
		Advice: "profiles: " + strings.Join(names, ", "), Err: helper.ErrNotFound,
	}
}

// bindable refuses to bind a tool's configuration to a profile that does not
// exist: no login would ever be answered from there.
func (a *app) bindable(ctx context.Context, flags changeFlags) error {
	if a.common.profile == "" || flags.Undo {
		return nil
	}
	h, err := a.helper(ctx)
	if err != nil {
		return err
	}
	err = a.profileKnown(ctx, h)
	if f, ok := errors.AsType[*fault](err); ok {
		f.Advice += "; to make one: keyglot auth login SERVICE --profile NAME"
	}
	return err
}

// unbound is what a tool is that takes no options for its helper: it cannot be
// bound to the profile that was named.
func (a *app) unbound(tool setup.Tool, flags changeFlags) *fault {
	if a.common.profile == "" || flags.Undo || tool.Name() == (setup.Git{}).Name() {
		return nil
	}
	return &fault{
		Reason: "profile_unfit", Message: tool.Name() + " cannot be bound to a profile: it gets the current one",
		Advice: "keyglot auth switch --profile NAME makes one current",
	}
}

// profileSource is the profile in force, and what chose it.
func (a *app) profileSource(ctx context.Context, h *helper.Helper) (name, source string, err error) {
	if h.Places[0].Name == authFileName { // it has no profiles
		return h.Profile, "default", nil
	}
	state, err := h.Memory.Read(ctx)
	switch {
	case a.common.profile != "":
		return h.Profile, "flag", err
	case h.Profile != "":
		return h.Profile, "env", err
	case state.Profile != "" && state.Profile != helper.DefaultProfile:
		return state.Profile, "current", err
	}
	return helper.DefaultProfile, "default", err
}

// inProfile names the profile that was asked.
func (a *app) inProfile(h *helper.Helper) string {
	name, _, err := a.profileSource(context.Background(), h)
	if err != nil {
		return ""
	}
	return " in profile " + show(name)
}

// warnProfileVariable says that a variable outranks the current profile.
func (a *app) warnProfileVariable(profile string) {
	if set := a.Getenv("KEYGLOT_PROFILE"); set != "" && set != profile {
		a.warn("KEYGLOT_PROFILE=" + show(set) + " is set and still wins in this shell")
	}
}
