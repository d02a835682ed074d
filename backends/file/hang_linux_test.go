package file

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

// mute is a TPM that takes a command and never answers. asked says that one came.
func mute(t *testing.T) (device string, asked <-chan struct{}) {
	t.Helper()
	dir, err := os.MkdirTemp("", "kg") // a short name: a socket is in it
	if err != nil {
		t.Fatal(err)
	}
	device = filepath.Join(dir, "sock")
	listener, err := net.Listen("unix", device)
	if err != nil {
		t.Fatal(err)
	}
	commands := make(chan struct{}, 100)
	go func() {
		var open []net.Conn
		for {
			conn, err := listener.Accept()
			if err != nil {
				for _, conn := range open { // who still waits for it ends now
					conn.Close()
				}
				return
			}
			open = append(open, conn)
			_, _ = conn.Read(make([]byte, 1))
			commands <- struct{}{}
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		os.RemoveAll(dir)
	})
	return device, commands
}

// STO-25, STO-45: a TPM that hangs holds up nobody for longer than the time there is.
func TestMuteTPM(t *testing.T) {
	t.Parallel()
	chip := backendtest.TPM(t)
	c := credential("a.example", "alice", "1")
	for name, do := range map[string]func(context.Context, *Store) error{
		"load":    func(ctx context.Context, s *Store) error { _, err := s.Load(ctx, c.Key); return err },
		"find":    func(ctx context.Context, s *Store) error { _, err := s.Find(ctx, c.Target.Realm()); return err },
		"list":    func(ctx context.Context, s *Store) error { _, err := s.List(ctx); return err },
		"save":    func(ctx context.Context, s *Store) error { return s.Save(ctx, c) },
		"remove":  func(ctx context.Context, s *Store) error { return s.Remove(ctx, c.Key) },
		"back":    func(ctx context.Context, s *Store) error { _, err := s.RemovePassphrase(ctx, silent(t)); return err },
		"mend":    func(ctx context.Context, s *Store) error { _, err := s.Mend(ctx); return err },
		"custody": func(ctx context.Context, s *Store) error { return stateError(s.Custody(ctx)) },
		"seal": func(ctx context.Context, s *Store) error {
			if err := os.Remove(s.sealedPath()); err != nil { // a store that has no key yet
				return err
			}
			if err := errors.Join(os.Remove(s.recipientPath()), os.RemoveAll(s.realms)); err != nil {
				return err
			}
			_, err := s.Seal(ctx)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := backendtest.Folders(t)
			s := lockable(t, w, newMemory())
			s.device = chip
			if _, err := s.Seal(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := s.Save(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			device, asked := mute(t)
			s = lockable(t, w, newMemory())
			s.device = device
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan error, 1)
			go func() { done <- do(ctx, s) }()
			select {
			case <-asked:
				cancel()
			case err := <-done:
				t.Fatalf("the TPM is not asked: %v", err)
			}
			select {
			case err := <-done:
				if !errors.Is(err, helper.ErrUnavailable) || errors.Is(err, helper.ErrNotFound) {
					t.Errorf("%v, want ErrUnavailable", err)
				}
			case <-time.After(30 * time.Second):
				t.Fatal("it does not end")
			}
		})
	}
}

// stateError is a store's state as an error.
func stateError(c helper.Custody) error {
	if c.State == "unavailable" {
		return helper.ErrUnavailable
	}
	return errors.New(c.State)
}

// STO-25: a command without a deadline, in which a person may be typing, ends too.
func TestChipTime(t *testing.T) {
	t.Parallel()
	s := lockable(t, backendtest.Folders(t), newMemory())
	s.device, _ = mute(t)
	s.chipTime = 50 * time.Millisecond
	if _, err := s.Seal(t.Context()); !errors.Is(err, helper.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("seal: %v", err)
	}
}
