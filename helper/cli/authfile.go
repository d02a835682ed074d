package cli

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"

	"keyglot/helper"
)

// The override file is the only source where it is in force: no variable, no
// store, no other tool's file answers besides it. Its form is rattler's
// credentials.json (AUTH-60).

// authFileName is the name of the override file as a store.
const authFileName = "auth-file"

// override is which file it is, and whether it may be changed.
type override struct {
	path     string
	readOnly bool // chosen by the variable alone (SEC-28)
}

// override finds the file: the variable outranks the flag, the flag the
// configuration.
func (a *app) override(s *settings) (override, error) {
	variable, named := a.Getenv("KEYGLOT_AUTH_FILE"), cmp.Or(a.common.authFile, s.AuthFile)
	if variable == "" {
		if named == "" {
			return override{}, nil
		}
		path, err := filepath.Abs(named)
		return override{path: path}, err
	}
	switch {
	case !filepath.IsAbs(variable):
		return override{}, fmt.Errorf("KEYGLOT_AUTH_FILE: not an absolute path: %w", helper.ErrUsage)
	case inRepository(variable):
		return override{}, fmt.Errorf("KEYGLOT_AUTH_FILE: lies in the repository of the working directory: %w", helper.ErrDenied)
	}
	if named != "" {
		if path, err := filepath.Abs(named); err == nil && path == filepath.Clean(variable) {
			return override{path: path}, nil
		}
		a.notice("KEYGLOT_AUTH_FILE and --auth-file (or auth_file) name different files; the variable wins")
	}
	return override{path: filepath.Clean(variable), readOnly: true}, nil
}

// overridden is the policy over the override file alone.
func (a *app) overridden(s *settings, o override, policy helper.Policy, memory helper.Memory) *helper.Helper {
	backend := helper.Backend{
		Name: authFileName, Summary: "the override file", ReadOnly: o.readOnly, Plaintext: true,
		Kinds: []helper.Kind{helper.Basic, helper.Bearer, helper.Conda, helper.S3},
		Open: func(ctx context.Context, _ helper.Env) (helper.Store, error) {
			f := newAuthFile(o, s.Services())
			if a.talk.verbose > 0 {
				for _, x := range f.Ailments(ctx) {
					a.detail("%s: %s", authFileName, show(x.Text))
				}
			}
			return f, nil
		},
	}
	return &helper.Helper{
		Profile: helper.DefaultProfile, Places: []helper.Place{a.watched("store", helper.Place{Backend: backend, Env: a.env(s)})},
		Memory: memory, Locks: a.locker(s), Policy: policy, Now: a.Now,
	}
}

// writable refuses to change a read-only override file before anything is
// asked.
func (a *app) writable(h *helper.Helper) error {
	if place := h.Places[0]; place.Name == authFileName && place.ReadOnly {
		return &fault{Reason: "auth_file_readonly", Message: "the override file was chosen by KEYGLOT_AUTH_FILE alone and is only read", Advice: "to change it: --auth-file PATH"}
	}
	return nil
}
