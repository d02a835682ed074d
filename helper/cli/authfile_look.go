package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"keyglot/helper"
	"keyglot/helper/format/rattler"
)

var _ helper.Ailing = authFile{}

// Ailments are that the file is not there, and what in it is not used.
func (f authFile) Ailments(context.Context) []helper.Ailment {
	data, err := f.content()
	if err != nil {
		return nil // which every question to it says
	}
	if data == nil {
		return []helper.Ailment{{Text: f.path + " is not there; a login with --auth-file makes it"}}
	}
	_, skipped, _ := rattler.Parse(orEmpty(data))
	var list []helper.Ailment
	for _, skip := range skipped {
		list = append(list, helper.Ailment{Text: fmt.Sprintf("line %d is not used: %s", skip.Line, skip.Reason)})
	}
	return list
}

// fileThere refuses to take an override file that is not there for an empty one:
// only a login makes it.
func (a *app) fileThere(h *helper.Helper) error {
	if h.Places[0].Name != authFileName {
		return nil
	}
	s, err := a.settings()
	if err != nil {
		return err
	}
	o, err := a.override(s)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(o.path); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return &fault{
		Reason: "auth_file_missing", Message: "the override file is not there: " + show(o.path),
		Advice: "name one that is, or make it: keyglot auth login SERVICE --auth-file PATH", Err: helper.ErrNotFound,
	}
}

// alongside adds to the results of a logout what went with a wildcard: in
// rattler's form one key covers it and its base.
func (l *logout) alongside(ctx context.Context) {
	for _, r := range l.results {
		base, wild := strings.CutPrefix(r.Target.Host, "*.")
		if !wild || l.h.Places[0].Name != authFileName {
			continue
		}
		r.Target.Host = base
		if users, _, _, err := l.h.Accounts(ctx, r.Target); err == nil && len(users) == 0 {
			l.results = append(l.results, r)
		}
	}
}
