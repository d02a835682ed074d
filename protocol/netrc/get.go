package netrc

import (
	"context"
	"errors"

	"keyglot/helper"
)

// get answers the machines of the command line, or those that netrc text on
// stdin names, in their order, one line each.
func (r run) get(ctx context.Context) error {
	list, err := r.machines(ctx, "get")
	if err != nil {
		return err
	}
	answers, missed, err := r.lookUp(ctx, list)
	if err != nil {
		return err
	}
	if len(answers) == 0 && len(missed.several)+len(missed.loggedOut) == 0 {
		return &helper.Exit{Code: 1} // nothing stored: without a word
	}
	lines, err := r.spell(ctx, answers, portsExact)
	if err != nil {
		return err
	}
	text, refused, err := r.write(without(lines, func(a, b line) bool { return a.machine == b.machine && a.login == b.login }))
	if err := errors.Join(err, refused); err != nil {
		return err
	}
	if err := r.answer(text); err != nil {
		return err
	}
	return missed.err()
}

// machines reads the HOST words, or without one netrc text on stdin, whose
// passwords, macros and default a question has no use for.
func (r run) machines(ctx context.Context, verb string) ([]asked, error) {
	if len(r.words) > 0 {
		return r.arguments(verb)
	}
	if r.Terminal(0) {
		return nil, r.misused(verb + ": name a HOST, or write netrc text to stdin")
	}
	file, err := r.read(ctx)
	if err != nil {
		return nil, err
	}
	var list []asked
	for _, e := range file.Entries {
		q, err := written(e.Machine, "")
		if err != nil {
			return nil, atLine(e.Line, err)
		}
		q.user, q.secret = given(e.Login), secretOf(e)
		list = append(list, q)
	}
	if len(list) == 0 {
		return nil, errNoMachine
	}
	return list, nil
}
