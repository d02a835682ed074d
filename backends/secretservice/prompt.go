//go:build linux || freebsd

package secretservice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"

	"keyglot/helper"
)

const (
	// unseen is how long a dialog may take that nobody can see.
	unseen = 2 * time.Second
	// spare is what is left of the caller's time to say what came of it.
	spare = 200 * time.Millisecond
)

// unlock asks the person at the desktop, at most once a process: who said no
// is not asked again (STO-35).
func (s *Store) unlock(ctx context.Context, objects []dbus.ObjectPath) error {
	if s.options.Unlock == "never" {
		return locked("the keyring is locked")
	}
	if s.refused != nil {
		return s.refused
	}
	var opened []dbus.ObjectPath
	var dialog dbus.ObjectPath
	if err := s.ask(ctx, servicePath, service+"Unlock", []any{objects}, &opened, &dialog); err != nil {
		return gone(err, "the Secret Service cannot unlock")
	}
	_, err := s.prompt(ctx, dialog)
	if errors.Is(err, errUnanswered) {
		err = locked("the keyring is locked, and nobody answered the dialog")
	}
	s.unlocked, s.refused = err == nil, err
	return err
}

// errUnanswered is a dialog that did not end in time.
var errUnanswered = helper.Cause("the dialog of the Secret Service was not answered in time", &helper.ErrUnavailable)

// prompt shows a dialog, if there is one, and waits for what comes of it.
func (s *Store) prompt(ctx context.Context, path dbus.ObjectPath) (result dbus.Variant, err error) {
	if path == nothing {
		return result, nil
	}
	bounded, cancel := s.patience(ctx)
	defer cancel()
	s.listening = true
	defer func() { s.listening, s.signals = false, nil }()
	for _, rule := range []string{
		"type='signal',interface='org.freedesktop.Secret.Prompt',member='Completed',path='" + string(path) + "'",
		"type='signal',interface='org.freedesktop.DBus',member='NameOwnerChanged',arg0='" + serviceName + "'",
	} {
		if err := s.askBus(bounded, "AddMatch", []any{rule}); err != nil {
			return result, err
		}
		defer s.tell(ctx, question(busName, busPath, busName+".RemoveMatch", rule))
	}
	if err := s.ask(bounded, path, prompt+"Prompt", []any{""}); err != nil {
		return result, gone(err, "the Secret Service shows no dialog")
	}
	for {
		err := s.await(bounded, func() bool { return len(s.signals) > 0 })
		switch {
		case err != nil && bounded.Err() != nil:
			s.tell(ctx, question(serviceName, path, prompt+"Dismiss"))
			if errors.Is(ctx.Err(), context.Canceled) {
				return result, ctx.Err()
			}
			return result, errUnanswered
		case err != nil:
			return result, failure(err)
		}
		signal := s.signals[0]
		s.signals = s.signals[1:]
		switch named(signal) {
		case busName + ".NameOwnerChanged":
			return result, fmt.Errorf("the Secret Service went away: %w", helper.ErrUnavailable)
		case prompt + "Completed":
			if signal.Headers[dbus.FieldPath].Value() == path {
				return s.completed(signal)
			}
		}
	}
}

// patience is the time that a dialog has.
func (s *Store) patience(ctx context.Context) (context.Context, context.CancelFunc) {
	if !s.display {
		ctx, cancel := context.WithTimeout(ctx, unseen)
		return ctx, cancel
	}
	if end, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, end.Add(-spare))
	}
	return context.WithCancel(ctx)
}

func (s *Store) completed(signal *dbus.Message) (result dbus.Variant, err error) {
	var dismissed bool
	if err := dbus.Store(signal.Body, &dismissed, &result); err != nil {
		return result, failure(err)
	}
	switch {
	case !dismissed:
		return result, nil
	case s.display:
		return result, fmt.Errorf("the dialog of the Secret Service was dismissed: %w", helper.ErrDenied)
	}
	return result, locked("the Secret Service wants to ask something, and there is no display")
}
