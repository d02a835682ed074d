package netrc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"keyglot/helper"
	format "keyglot/helper/format/netrc"
	"keyglot/helper/visible"
)

// read reads netrc text from stdin. What cannot be read in one place is not
// used at all.
func (r run) read(ctx context.Context) (*format.File, error) {
	data, err := helper.ReadInput(ctx, r.Stdin)
	if err != nil {
		return nil, err
	}
	file := format.Parse(data)
	if len(file.Errors) > 0 {
		return nil, file.Errors[0]
	}
	return file, nil
}

// given is an entry's login as the policy has it.
func given(v format.Value) helper.User { return helper.User{Name: v.Text, Set: v.Set} }

// secretOf is an entry's password.
func secretOf(e format.Entry) helper.Secret {
	if !e.Password.Set {
		return helper.Secret{}
	}
	return helper.NewSecret(e.Password.Text)
}

// readers are the names that --for takes.
func readers() []string { return spelled(format.Readers()) }

func spelled(list []format.Reader) []string {
	names := make([]string, len(list))
	for i, reader := range list {
		names[i] = string(reader)
	}
	return names
}

// refusal is a line that cannot be written.
type refusal struct {
	machine string
	err     error
}

func (e *refusal) Error() string { return visible.Text(e.machine) + ": " + e.err.Error() }

func (e *refusal) Unwrap() error { return e.err }

// write writes lines as far as they can be, and returns those that no netrc
// can hold. What some readers misread is named once for each line; --strict
// and --for refuse it, and then nothing is written.
func (r run) write(lines []line) (text []byte, refused, err error) {
	rules := format.Rules{Strict: r.strict, URLs: true}
	for _, name := range r.readers {
		rules.For = append(rules.For, format.Reader(name))
	}
	var warnings []string
	for _, l := range lines {
		written, err := rules.Line(l.machine, l.login, l.password.Reveal())
		switch {
		case errors.Is(err, format.ErrUnportable):
			return nil, nil, &refusal{l.machine, err}
		case err != nil && refused == nil:
			refused = &refusal{l.machine, err}
			continue
		case err != nil:
			refused = fmt.Errorf("%w; %w", refused, &refusal{l.machine, err})
			continue
		}
		text = append(text, written.Text...)
		if len(written.Misread) > 0 {
			warnings = append(warnings, fmt.Sprintf("warning: the entry for %s is misread by %s",
				visible.Text(l.machine), strings.Join(spelled(written.Misread), ", ")))
		}
	}
	for _, warning := range warnings {
		r.warn("%s", warning)
	}
	return text, refused, nil
}

// writeNames writes lines without their passwords, for list. What cannot be
// written is named.
func (r run) writeNames(lines []line) []byte {
	var text []byte
	for _, l := range lines {
		const none = " password -\n"
		written, err := format.Rules{URLs: true}.Line(l.machine, l.login, "-")
		if err != nil {
			r.warn("warning: left out: %v", &refusal{l.machine, err})
			continue
		}
		text = append(text, strings.TrimSuffix(written.Text, none)+"\n"...)
	}
	return text
}

// without drops lines that say what one before said.
func without(lines []line, same func(a, b line) bool) []line {
	var left []line
	for _, l := range lines {
		if !slices.ContainsFunc(left, func(m line) bool { return same(m, l) }) {
			left = append(left, l)
		}
	}
	return left
}
