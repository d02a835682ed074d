//go:build linux || freebsd

package secretservice

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/godbus/dbus/v5"

	"keyglot/helper"
	"keyglot/helper/visible"
)

// Names of the API.
const (
	serviceName = "org.freedesktop.secrets"
	servicePath = dbus.ObjectPath("/org/freedesktop/secrets")
	gnomeName   = "org.gnome.keyring" // gnome-keyring's own

	service    = "org.freedesktop.Secret.Service."
	collection = "org.freedesktop.Secret.Collection."
	item       = "org.freedesktop.Secret.Item."
	prompt     = "org.freedesktop.Secret.Prompt."
	properties = "org.freedesktop.DBus.Properties."

	busName = "org.freedesktop.DBus"
	busPath = dbus.ObjectPath("/org/freedesktop/DBus")
)

// nothing is the path that stands for no collection and no prompt.
const nothing = dbus.ObjectPath("/")

// errGone is an object that is not there any more.
var errGone = errors.New("no such object")

// client is a connection to the service.
type client struct{ *link }

// send asks the service something and does not wait, so that several questions
// can be on their way at once. They leave with what is waited for next.
func (c client) send(path dbus.ObjectPath, method string, args ...any) *call {
	return c.say(question(serviceName, path, method, args...))
}

// sendBus asks the bus itself.
func (c client) sendBus(method string, args ...any) *call {
	return c.say(question(busName, busPath, busName+"."+method, args...))
}

// ask asks the service and waits.
func (c client) ask(ctx context.Context, path dbus.ObjectPath, method string, args []any, values ...any) error {
	return c.receive(ctx, c.send(path, method, args...), values...)
}

// askBus asks the bus and waits.
func (c client) askBus(ctx context.Context, method string, args []any, values ...any) error {
	return c.receive(ctx, c.sendBus(method, args...), values...)
}

// receive waits for the answer to what was sent. Without values it only has to
// be one. After the end of ctx it can be waited for again.
func (c client) receive(ctx context.Context, asked *call, values ...any) error {
	if asked.err == nil {
		if err := c.await(ctx, func() bool { return asked.answer != nil }); err != nil {
			return failure(err)
		}
	}
	return failure(asked.store(values...))
}

// failure says what an error of godbus or of the service means (STO-69).
func failure(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("the Secret Service did not answer in time: %w: %w", err, helper.ErrUnavailable)
	}
	said, ok := errors.AsType[dbus.Error](err)
	if !ok { // godbus' own and the connection's errors
		return fmt.Errorf("the Secret Service or the session bus went away: %w", helper.ErrUnavailable)
	}
	switch said.Name {
	case "org.freedesktop.Secret.Error.IsLocked":
		return locked("the keyring is locked")
	case "org.freedesktop.Secret.Error.NoSuchObject",
		"org.freedesktop.DBus.Error.UnknownObject", "org.freedesktop.DBus.Error.UnknownMethod", "org.freedesktop.DBus.Error.UnknownInterface":
		return errGone
	case "org.freedesktop.DBus.Error.AccessDenied":
		return fmt.Errorf("the Secret Service refused: %w", helper.ErrDenied)
	}
	if unprovided(said) {
		return fmt.Errorf("nobody provides %s: %w", serviceName, helper.ErrUnavailable)
	}
	return fmt.Errorf("the Secret Service said %s: %w", visible.Text(said.Name+": "+said.Error()), helper.ErrUnavailable)
}

// unprovided is how the bus says that there is nobody to ask.
func unprovided(said dbus.Error) bool {
	return slices.Contains([]string{
		"org.freedesktop.DBus.Error.ServiceUnknown",
		"org.freedesktop.DBus.Error.NameHasNoOwner",
		"org.freedesktop.DBus.Error.Spawn.ExecFailed",
		"org.freedesktop.DBus.Error.Spawn.ChildExited",
		"org.freedesktop.DBus.Error.Spawn.ChildSignaled",
	}, said.Name)
}

// refusal reports whether the service itself said no to what it was asked.
func refusal(err error) bool {
	said, ok := errors.AsType[dbus.Error](err)
	return ok && !unprovided(said) && !slices.Contains([]string{
		"org.freedesktop.DBus.Error.NoReply", "org.freedesktop.DBus.Error.Timeout", "org.freedesktop.DBus.Error.TimedOut",
		"org.freedesktop.DBus.Error.Disconnected", "org.freedesktop.DBus.Error.LimitsExceeded", "org.freedesktop.DBus.Error.NoMemory",
		"org.freedesktop.DBus.Error.AccessDenied",
	}, said.Name)
}

func locked(why string) error {
	return helper.Advise(fmt.Errorf("%s: %w", why, helper.ErrLocked), "unlock the keyring on your desktop, or use --backend file")
}

// gone turns what is missing though it must be there into an error for callers.
func gone(err error, what string) error {
	if errors.Is(err, errGone) {
		return fmt.Errorf("%s: %w", what, helper.ErrUnavailable)
	}
	return err
}
