package secretservice

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"keyglot/backends/backendtest"
)

// A fake is a Secret Service on a real bus that does what a real one cannot be
// made to do. Its collection is the default one.
type fake struct {
	*dbus.Conn
	world backendtest.World

	// dh answers an encrypted session; nil refuses it.
	dh func(public []byte) []byte
	// never is how a dialog goes: it does not end.
	never bool
	// locked answers everything as locked, until Unlock.
	locked bool
	// loose finds everything, whatever is searched.
	loose bool
	// aside is how often it denies having a default collection.
	aside int
	// before runs before each call and may never return, or end the bus.
	before func(method string)

	mu    sync.Mutex
	items map[dbus.ObjectPath]*fakeItem
	calls []string
	key   []byte
}

type fakeItem struct {
	attributes map[string]string
	modified   uint64
	text       []byte
	// secret replaces what would be answered.
	secret *secret
}

const (
	fakeCollection = dbus.ObjectPath("/org/freedesktop/secrets/collection/fake")
	fakePrompt     = dbus.ObjectPath("/org/freedesktop/secrets/prompt/1")
)

// newFake starts one on a bus of its own.
func newFake(t *testing.T) *fake {
	t.Helper()
	bus := newBus(t)
	conn, err := dbus.Connect(bus.Address)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	f := &fake{Conn: conn, world: world(t, bus), items: map[dbus.ObjectPath]*fakeItem{}}
	for path, tables := range map[dbus.ObjectPath]map[string]map[string]any{
		servicePath: {
			"org.freedesktop.Secret.Service": {"ReadAlias": f.readAlias, "OpenSession": f.openSession, "SearchItems": f.searchItems, "Unlock": f.unlock},
		},
		fakeCollection: {
			"org.freedesktop.Secret.Collection": {"CreateItem": f.createItem},
			"org.freedesktop.DBus.Properties":   {"Get": f.property},
		},
		fakePrompt: {"org.freedesktop.Secret.Prompt": {"Prompt": f.show, "Dismiss": f.dismiss}},
	} {
		for name, methods := range tables {
			must(t, conn.ExportMethodTable(methods, path, name))
		}
	}
	reply, err := conn.RequestName(serviceName, dbus.NameFlagDoNotQueue)
	if err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("request name: %v, %v", reply, err)
	}
	return f
}

func (f *fake) enter(method string) {
	f.mu.Lock()
	f.calls = append(f.calls, method)
	before := f.before
	f.mu.Unlock()
	if before != nil {
		before(method)
	}
}

// with changes what the service does while it runs.
func (f *fake) with(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

// count is how many items there are.
func (f *fake) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.items)
}

// called counts the calls of a method.
func (f *fake) called(method string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.calls {
		if m == method {
			n++
		}
	}
	return n
}

var errFake = dbus.NewError("org.freedesktop.DBus.Error.NotSupported", []any{"no \x1b[31msuch thing"})

func isLocked() *dbus.Error {
	return dbus.NewError("org.freedesktop.Secret.Error.IsLocked", []any{"locked"})
}

func (f *fake) readAlias(string) (dbus.ObjectPath, *dbus.Error) {
	f.enter("ReadAlias")
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.aside > 0 {
		f.aside--
		return nothing, nil
	}
	return fakeCollection, nil
}

func (f *fake) openSession(algorithm string, input dbus.Variant) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	f.enter("OpenSession " + algorithm)
	const path = dbus.ObjectPath("/org/freedesktop/secrets/session/1")
	if algorithm == algorithmPlain {
		return dbus.MakeVariant(""), path, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.dh == nil {
		return dbus.MakeVariant(""), nothing, errFake
	}
	public, _ := input.Value().([]byte)
	return dbus.MakeVariant(f.dh(public)), path, nil
}

func (f *fake) searchItems(want map[string]string) (open, shut []dbus.ObjectPath, _ *dbus.Error) {
	f.enter("SearchItems")
	f.mu.Lock()
	defer f.mu.Unlock()
	open, shut = []dbus.ObjectPath{}, []dbus.ObjectPath{}
	for path, i := range f.items {
		switch {
		case !f.loose && !shows(i.attributes, want):
		case f.locked:
			shut = append(shut, path)
		default:
			open = append(open, path)
		}
	}
	return open, shut, nil
}

func (f *fake) unlock(objects []dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	f.enter("Unlock")
	return []dbus.ObjectPath{}, fakePrompt, nil
}

func (f *fake) show(string) *dbus.Error {
	f.enter("Prompt")
	f.mu.Lock()
	never := f.never
	f.locked = f.locked && never
	f.mu.Unlock()
	if never {
		return nil
	}
	_ = f.Emit(fakePrompt, prompt+"Completed", false, dbus.MakeVariant([]dbus.ObjectPath{}))
	return nil
}

func (f *fake) dismiss() *dbus.Error {
	f.enter("Dismiss")
	return nil
}

func (f *fake) property(_, name string) (dbus.Variant, *dbus.Error) {
	f.enter("Get " + name)
	if name == "Label" {
		return dbus.MakeVariant("fake"), nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return dbus.MakeVariant(f.locked), nil
}

func (f *fake) createItem(about map[string]dbus.Variant, s secret, replace bool) (dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	f.enter("CreateItem " + strconv.FormatBool(replace))
	f.mu.Lock()
	locked, key := f.locked, f.key
	f.mu.Unlock()
	if locked {
		return nothing, nothing, isLocked()
	}
	attributes, _ := about["org.freedesktop.Secret.Item.Attributes"].Value().(map[string]string)
	text, err := (&session{key: key}).open(s)
	if err != nil {
		return nothing, nothing, dbus.MakeFailedError(err)
	}
	return f.put(&fakeItem{attributes: maps.Clone(attributes), text: text, modified: 1}), nothing, nil
}

// put adds an item and exports it.
func (f *fake) put(i *fakeItem) dbus.ObjectPath {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := dbus.ObjectPath(fmt.Sprintf("%s/%d", fakeCollection, len(f.calls)*1000+len(f.items)))
	f.items[path] = i
	_ = f.ExportMethodTable(map[string]any{
		"GetSecret": func(dbus.ObjectPath) (secret, *dbus.Error) {
			f.enter("GetSecret")
			f.mu.Lock()
			defer f.mu.Unlock()
			if i.secret != nil {
				return *i.secret, nil
			}
			return (&session{path: "/", key: f.key}).seal(i.text), nil
		},
		"SetSecret": func(s secret) *dbus.Error {
			f.enter("SetSecret")
			f.mu.Lock()
			defer f.mu.Unlock()
			text, err := (&session{key: f.key}).open(s)
			if err != nil {
				return dbus.MakeFailedError(err)
			}
			i.text = text
			return nil
		},
		"Delete": func() (dbus.ObjectPath, *dbus.Error) {
			f.enter("Delete")
			f.mu.Lock()
			defer f.mu.Unlock()
			delete(f.items, path)
			_ = f.Export(nil, path, "org.freedesktop.Secret.Item")
			_ = f.Export(nil, path, "org.freedesktop.DBus.Properties")
			return nothing, nil
		},
	}, path, "org.freedesktop.Secret.Item")
	_ = f.ExportMethodTable(map[string]any{
		"Get": func(_, name string) (dbus.Variant, *dbus.Error) {
			f.enter("Get " + name)
			f.mu.Lock()
			defer f.mu.Unlock()
			if name == "Modified" {
				return dbus.MakeVariant(i.modified), nil
			}
			return dbus.MakeVariant(i.attributes), nil
		},
	}, path, "org.freedesktop.DBus.Properties")
	return path
}

// agreed is the service's side of an encrypted session, with a public part of
// the length that is asked.
func (f *fake) agreed(length int) func(public []byte) []byte {
	return func(public []byte) []byte {
		for {
			k, own := newPrivate()
			if len(own) != length {
				continue
			}
			f.key, _ = k.agree(public)
			return own
		}
	}
}

// forever does not return before the test ends.
func forever(t *testing.T, method string) func(string) {
	return func(called string) {
		if strings.HasPrefix(called, method) {
			<-t.Context().Done()
		}
	}
}
