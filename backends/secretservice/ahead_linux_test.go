package secretservice

import (
	"context"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/format/record"
)

// In a reading the one item that was found shows itself and gives its secret in
// one exchange, so that its Load asks nothing.
func TestReadingAsksAtOnce(t *testing.T) {
	t.Parallel()
	w := gnomeKeyring(t)
	writer := opened(t, w)
	must(t, writer.Save(t.Context(), credential(alice, "first")))
	for _, session := range []string{"dh", "plain"} {
		s := opened(t, w)
		s.options.Session, s.opening = session, nil
		reading := helper.WithReading(t.Context())
		if entries, err := s.Find(reading, alice.Target.Realm()); err != nil || len(entries) != 1 {
			t.Fatalf("find gave %v, %v", entries, err)
		}
		asked := s.serial
		if c, err := s.Load(reading, alice); err != nil || c.Secret.Reveal() != "first" || s.serial != asked {
			t.Errorf("%s: %q, %v, %d questions", session, c.Secret.Reveal(), err, s.serial-asked)
		}
	}
	// What is written since is seen by every Load but that of the reading, and by its second one.
	s := opened(t, w)
	for name, ctx := range map[string]context.Context{"another reading": helper.WithReading(t.Context()), "none": t.Context()} {
		must(t, writer.Save(t.Context(), credential(alice, "old "+name)))
		if _, err := s.Find(helper.WithReading(t.Context()), alice.Target.Realm()); err != nil || s.early == nil {
			t.Fatalf("find: %v, early %v", err, s.early)
		}
		must(t, writer.Save(t.Context(), credential(alice, "new "+name)))
		if c, err := s.Load(ctx, alice); err != nil || c.Secret.Reveal() != "new "+name {
			t.Errorf("%s: %q, %v", name, c.Secret.Reveal(), err)
		}
	}
	reading := helper.WithReading(t.Context())
	if _, err := s.Find(reading, alice.Target.Realm()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(reading, alice); err != nil {
		t.Fatal(err)
	}
	must(t, writer.Save(t.Context(), credential(alice, "last")))
	if c, err := s.Load(reading, alice); err != nil || c.Secret.Reveal() != "last" {
		t.Errorf("the second load of a reading: %q, %v", c.Secret.Reveal(), err)
	}
	// Of several items none is read before it is chosen, nor without a reading.
	bob := alice
	bob.User = helper.Named("bob")
	must(t, writer.Save(t.Context(), credential(bob, "b")))
	asked := s.serial
	if _, err := s.Find(helper.WithReading(t.Context()), alice.Target.Realm()); err != nil || s.early != nil || s.serial-asked != 3 {
		t.Errorf("two items: %v, early %v, %d questions", err, s.early, s.serial-asked)
	}
	must(t, writer.Remove(t.Context(), bob))
	asked = s.serial
	if _, err := s.Find(t.Context(), alice.Target.Realm()); err != nil || s.early != nil || s.serial-asked != 2 {
		t.Errorf("no reading: %v, early %v, %d questions", err, s.early, s.serial-asked)
	}
}

// SEC-81, STO-64: only who showed the item is believed, and only gnome-keyring,
// which shows no dialog for a secret, is asked for one before it is chosen.
func TestReadingBelievesTheProviderAloneSEC81(t *testing.T) {
	t.Parallel()
	forged, err := record.Encode(credential(alice, "forged"))
	must(t, err)
	for name, answers := range map[string]func(conn *dbus.Conn, answered func()) any{
		"nobody else": nil,
		"another program": func(conn *dbus.Conn, answered func()) any {
			return func(m dbus.Message, _ dbus.ObjectPath) (secret, *dbus.Error) {
				s := (&session{path: "/"}).seal(forged)
				conn.Send(&dbus.Message{Type: dbus.TypeMethodReply, Body: []any{s}, Headers: map[dbus.HeaderField]dbus.Variant{
					dbus.FieldReplySerial: dbus.MakeVariant(m.Serial()),
					dbus.FieldDestination: m.Headers[dbus.FieldSender],
					dbus.FieldSignature:   dbus.MakeVariant(dbus.SignatureOf(s)),
				}}, nil)
				answered()
				return s, nil
			}
		},
		"one that hangs": func(_ *dbus.Conn, answered func()) any {
			return func(dbus.ObjectPath) (secret, *dbus.Error) {
				answered()
				<-t.Context().Done()
				return secret{}, errFake
			}
		},
		"one that refuses": func(_ *dbus.Conn, answered func()) any {
			return func(dbus.ObjectPath) (secret, *dbus.Error) {
				answered()
				return secret{}, isLocked()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			f.plant(t, credential(alice, "true"), 1)
			var path dbus.ObjectPath
			for path = range f.items { // the only one
			}
			said := make(chan struct{}, 9)
			if answers != nil {
				pose(t, f.world, path, func(conn *dbus.Conn) any { return answers(conn, func() { said <- struct{}{} }) })
				f.with(func() {
					f.before = func(method string) {
						if method == "Get Attributes" {
							select {
							case <-said:
							case <-time.After(30 * time.Second):
								t.Error("the other program was not asked")
							}
						}
					}
				})
			}
			s := f.open(t, func(o *Options) { o.Session = "plain" })
			reading := helper.WithReading(t.Context())
			if entries, err := s.Find(reading, alice.Target.Realm()); err != nil || len(entries) != 1 {
				t.Fatalf("find gave %v, %v", entries, err)
			}
			if n := f.called("GetSecret"); n != 0 {
				t.Errorf("find asked for the secret %d times", n)
			}
			if c, err := s.Load(reading, alice); err != nil || c.Secret.Reveal() != "true" || f.called("GetSecret") != 1 {
				t.Errorf("load: %q, %v, asked %d times", c.Secret.Reveal(), err, f.called("GetSecret"))
			}
		})
	}
}

// pose puts a program on the bus that calls itself gnome-keyring and has an item there.
func pose(t *testing.T, w backendtest.World, path dbus.ObjectPath, getSecret func(*dbus.Conn) any) {
	t.Helper()
	conn, err := dbus.Connect(busOf(w).Address)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	must(t, conn.ExportMethodTable(map[string]any{"GetSecret": getSecret(conn)}, path, "org.freedesktop.Secret.Item"))
	reply, err := conn.RequestName(gnomeName, dbus.NameFlagDoNotQueue)
	if err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("request name: %v, %v", reply, err)
	}
}
