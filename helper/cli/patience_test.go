package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"keyglot/helper"
	"keyglot/helper/lock"
)

// TestPatience: stores have 8 s, or 60 s where a person may be typing; what is
// waited for is named after 2 s on a terminal; locks and questions have time of
// their own (AUTH-69, AUTH-70, F12).
func TestPatience(t *testing.T) {
	t.Parallel()
	const keyring, other = "keyglot: waiting for the keyring\n", "keyglot: waiting for another process that changes the same store\n"
	for _, row := range []struct {
		name     string
		terminal bool
		talk     talk
		work     func(context.Context) bool // before the end is waited for
		ends     time.Duration
		says     string
	}{
		{name: "nobody is there", talk: talk{ask: true, progress: true}, ends: 8 * time.Second},
		{name: "a person", terminal: true, talk: talk{ask: true, progress: true}, ends: 60 * time.Second, says: keyring},
		{name: "a person who is not to be asked", terminal: true, talk: talk{progress: true}, ends: 8 * time.Second},
		{name: "no progress", terminal: true, talk: talk{ask: true}, ends: 60 * time.Second},
		{name: "quiet", terminal: true, talk: talk{ask: true, progress: true, quiet: true}, ends: 60 * time.Second},
		{
			name: "a lock", ends: 8*time.Second + 20*time.Second,
			work: func(ctx context.Context) bool { return waitForLock(ctx, 20*time.Second) },
		},
		{
			name: "two locks, each in its time", ends: 8*time.Second + 45*time.Second,
			work: func(ctx context.Context) bool {
				return waitForLock(ctx, 20*time.Second) && waitForLock(ctx, 25*time.Second)
			},
		},
		{
			name: "a lock that stays held", ends: 8*time.Second + 30*time.Second,
			work: func(ctx context.Context) bool { return !waitForLock(ctx, time.Hour) },
		},
		{
			name: "a lock and a person", terminal: true, talk: talk{ask: true, progress: true}, ends: 90 * time.Second, says: other + keyring,
			work: func(ctx context.Context) bool { return !waitForLock(ctx, time.Hour) },
		},
		{
			name: "a question in the middle", terminal: true, talk: talk{ask: true, progress: true}, ends: 60*time.Second + time.Hour, says: keyring,
			work: func(ctx context.Context) bool {
				time.Sleep(time.Second)
				defer whileAsked(ctx)()
				time.Sleep(time.Hour)
				return ctx.Err() == nil
			},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var said bytes.Buffer
				a := &app{Process: Process{Stderr: &said, Terminal: func(int) bool { return row.terminal }}, talk: row.talk}
				began := time.Now()
				ctx, cancel := a.bounded(t.Context())
				defer cancel()
				if row.work != nil && !row.work(ctx) {
					t.Error("the time did not stand still, or had no end")
				}
				<-ctx.Done()
				synctest.Wait()
				if took := time.Since(began); took != row.ends || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
					t.Errorf("%v after %v, want %v", ctx.Err(), took, row.ends)
				}
				if said.String() != row.says {
					t.Errorf("said %q", said.String())
				}
			})
		})
	}
}

// waitForLock waits as lock.Acquire does for a lock that is held so long, and
// reports whether it came.
func waitForLock(ctx context.Context, held time.Duration) bool {
	patient, end := ctx.Value(patienceKey{}).(*patience).forLock(ctx)
	defer end()
	select {
	case <-time.After(held):
		return true
	case <-patient.Done():
		return false
	}
}

// TestPatienceIsInterrupted: a person who gives up ends every wait.
func TestPatienceIsInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, interrupt := context.WithCancel(t.Context())
		a := &app{Process: Process{Terminal: func(int) bool { return false }}}
		bounded, cancel := a.bounded(ctx)
		defer cancel()
		patient, end := bounded.Value(patienceKey{}).(*patience).forLock(bounded)
		defer end()
		interrupt()
		<-patient.Done()
		if !errors.Is(bounded.Err(), context.Canceled) || !errors.Is(patient.Err(), context.Canceled) {
			t.Error(bounded.Err(), patient.Err())
		}
	})
}

// TestLockFileIsNamed: a lock that stays held ends with code 6 and the lock
// file's name, wherever it was waited for (AUTH-69).
func TestLockFileIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	held, err := lock.Acquire(t.Context(), dir+"/state.lock", lock.Exclusive)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Release()
	short := func(ctx context.Context) context.Context {
		return lock.Waiting(ctx, func(ctx context.Context) (context.Context, func()) {
			return context.WithTimeout(ctx, time.Millisecond)
		})
	}
	_, byStore := lock.Acquire(short(t.Context()), dir+"/state.lock", lock.Exclusive)
	release, err := locks{dir}.Lock(t.Context(), "", "realm file https://pkg.example")
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	_, byPolicy := locks{dir}.Lock(short(t.Context()), "", "realm file https://pkg.example")
	for name, err := range map[string]error{
		"the state file's":         fmt.Errorf("state file: %w", byStore),
		"a store's own":            &helper.StoreError{Store: "file", Op: "save", Err: byStore},
		"a realm's, of the policy": &helper.StoreError{Store: "file", Op: "lock", Err: byPolicy},
		"one of two failures":      errors.Join(errors.New("x"), byPolicy),
	} {
		var said bytes.Buffer
		a := &app{Process: Process{Stderr: &said}}
		code := a.report(err)
		lines := strings.Split(said.String(), "\n")
		if code != 6 || !strings.HasPrefix(lines[0], "keyglot: another process still holds the lock "+dir) || !slices.Equal(lines[1:], []string{"keyglot: hint: try again", ""}) {
			t.Errorf("%s: code %d, %q", name, code, said.String())
		}
	}
}

// TestLateStore: the store that did not answer is named, with the time that it had, whatever else
// failed; what is no store's is not blamed on one (AUTH-3, AUTH-70).
func TestLateStore(t *testing.T) {
	t.Parallel()
	inStore := func(name string, err error) error { return &helper.StoreError{Store: name, Op: "find", Err: err} }
	late := &helper.Late{Err: context.DeadlineExceeded}
	for name, row := range map[string]struct {
		err      error
		terminal bool
		want     string
	}{
		"nobody is there":        {inStore("pass", late), false, "the store pass did not answer in 8 s\nunlock it, or use --backend file"},
		"a person":               {inStore("pass", late), true, "the store pass did not answer in 60 s\nunlock it, or use --backend file"},
		"the store has measured": {inStore("wincred", &helper.Late{After: 2500 * time.Millisecond, Err: context.DeadlineExceeded}), true, "the store wincred did not answer in 2.5 s\nunlock it, or use --backend file"},
		"a source":               {inStore("source docker", late), false, "the source docker did not answer in 8 s\nunlock it, or take it out of sources in config.toml"},
		"a locked source":        {inStore("source keyring", helper.ErrLocked), false, "the source keyring is locked\nunlock it, or take it out of sources in config.toml"},
		"the second of two":      {errors.Join(inStore("file", errors.New("x")), inStore("pass", late)), false, "the store pass did not answer in 8 s\nunlock it, or use --backend file"},
		"the locked one of two":  {errors.Join(inStore("file", errors.New("x")), inStore("pass", helper.ErrLocked)), false, "the store pass is locked\nunlock it, or use --backend file"},
	} {
		var said bytes.Buffer
		a := &app{Process: Process{Stderr: &said, Terminal: func(int) bool { return row.terminal }}, talk: talk{ask: true}}
		code := a.report(row.err)
		if got := strings.NewReplacer("keyglot: hint: ", "", "keyglot: ", "").Replace(said.String()); code != 6 || got != row.want+"\n" {
			t.Errorf("%s: code %d, %q", name, code, got)
		}
	}
	var said bytes.Buffer
	a := &app{Process: Process{Stderr: &said, Terminal: func(int) bool { return false }}}
	a.warnUnread(inStore("pass", late))
	if want := "keyglot: pass: unavailable (did not answer in 8 s)\n"; said.String() != want {
		t.Errorf("in a listing: %q", said.String())
	}
}

// F12: a person is told what a service's answer is waited for, after 2 s.
func TestWaiting(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		terminal bool
		talk     talk
		wait     time.Duration
		says     string
	}{
		{true, talk{ask: true, progress: true}, 3 * time.Second, "keyglot: waiting for h.example\n"},
		{true, talk{ask: true, progress: true}, time.Second, ""},
		{true, talk{ask: true}, time.Hour, ""},
		{false, talk{ask: true, progress: true}, time.Hour, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			var stderr bytes.Buffer
			a := &app{Process: Process{Stderr: &stderr, Terminal: func(int) bool { return row.terminal }}, talk: row.talk}
			over := a.waiting("h.example")
			time.Sleep(row.wait)
			over()
			time.Sleep(time.Hour)
			synctest.Wait()
			if got := stderr.String(); got != row.says {
				t.Errorf("%+v: %q", row, got)
			}
		})
	}
}
