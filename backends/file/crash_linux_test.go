package file

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/format/agefile"
	"keyglot/helper/helpertest"
)

// crashing tells the test binary that it is a child which will be killed.
const crashing = "KEYGLOT_FILE_CRASH"

type crash struct {
	World backendtest.World
	Role  string
}

func TestMain(m *testing.M) {
	if text, child := os.LookupEnv(crashing); child {
		if err := runCrash(text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	backendtest.Main(m, Backend(), sealed())
}

// runCrash works on one thread, because strace counts each thread's calls.
func runCrash(text string) error {
	runtime.LockOSThread()
	var c crash
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return err
	}
	ctx := context.Background()
	store, err := open(ctx, c.World.Env(Backend()))
	if err != nil {
		return err
	}
	s := store.(*Store)
	s.keyring, s.work = newMemory(), 1
	switch c.Role {
	case "lock":
		_, err = s.Lock(ctx, say("pw"))
	case "back":
		_, err = s.RemovePassphrase(ctx, say("pw"))
	case "save":
		err = s.Save(ctx, credential("a.example", "alice", "new"))
	case "remove":
		err = s.Remove(ctx, credential("a.example", "alice", "").Key)
	}
	return err
}

// everyCall does f at the first, the second ... of each call that changes
// something on the disk, as long as f says that somebody was killed there.
// strace counts each call by itself.
func everyCall(f func(call string, n int) (killed bool)) {
	for _, call := range []string{"write", "fsync", "fchmod", "renameat", "unlinkat", "linkat", "mkdirat"} {
		for n := 1; f(call, n); n++ {
		}
	}
}

// killedAt runs a child that is killed by its nth call of that name. It reports
// whether the child was killed at all.
func killedAt(t *testing.T, w backendtest.World, role, call string, n int) bool {
	t.Helper()
	out, err := traced(t, w, role, call, fmt.Sprintf("signal=SIGKILL:when=%d", n))
	if err == nil {
		return false
	}
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		t.Fatalf("%s, %s %d: %v\n%s", role, call, n, err, out)
	}
	return true
}

// traced runs a child in which strace does something to some calls.
func traced(t *testing.T, w backendtest.World, role, calls, tamper string) (out []byte, err error) {
	t.Helper()
	strace := helpertest.Program(t, "strace")
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(crash{w, role})
	cmd := exec.CommandContext(t.Context(), strace, "-f", "-qq", "-o", "/dev/null",
		"-e", "trace="+calls, "-e", "inject="+calls+":"+tamper, program)
	cmd.Env = append(os.Environ(), crashing+"="+string(text))
	return cmd.CombinedOutput()
}

// STO-47, AUTH-38: a disk that loses a byte of the new key, and says that it has not, does not cost the store its key:
// that is read back before the old one goes.
func TestKeyIsReadBackSTO47(t *testing.T) {
	t.Parallel()
	lost := 0
	for n := 1; n < 12; n++ {
		w, ring := backendtest.Folders(t), newMemory()
		c := credential("a.example", "alice", "1")
		s := lockable(t, w, ring)
		if err := s.Save(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		_, err := traced(t, w, "lock", "write", fmt.Sprintf("retval=1:when=%d", n)) // "one byte is written"
		if err != nil {
			lost++
			if !slices.Contains(names(t, s.keys, ""), "keyglot.key") {
				t.Errorf("a byte of write %d is lost, and the old key is gone", n)
			}
			continue
		}
		s = lockable(t, w, ring)
		if _, err := s.Unlock(t.Context(), say("pw"), 0); err != nil {
			t.Errorf("a byte of write %d is lost: %v", n, err)
		}
	}
	if lost == 0 {
		t.Error("no write was tampered with")
	}
}

// STO-47, STO-28: kill -9 at every step of a change of the key leaves every
// record readable with one of the two keys, and the next run finishes.
func TestKillChangeOfKeySTO47(t *testing.T) {
	t.Parallel()
	w, ring := backendtest.Folders(t), newMemory()
	records := []helper.Credential{credential("a.example", "alice", "1"), credential("b.example", "bob", "2")}
	for _, c := range records {
		if err := lockable(t, w, ring).Save(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	changed, kept := 0, 0
	everyCall(func(call string, n int) bool {
		if !killedAt(t, w, "lock", call, n) {
			if _, err := lockable(t, w, ring).RemovePassphrase(t.Context(), say("pw")); err != nil { // it came through
				t.Fatal(err)
			}
			return false
		}
		if _, err := lockable(t, w, ring).Load(t.Context(), records[0].Key); err == nil {
			expectAll(t, lockable(t, w, ring), records) // the copies are passed over
		} else if !errors.Is(err, helper.ErrLocked) || errors.Is(err, agefile.ErrWrongKey) {
			t.Fatalf("%s %d: %v", call, n, err)
		}
		s := lockable(t, w, ring)
		stays := anothers(t, s)
		if _, err := s.Unlock(t.Context(), say("pw"), 0); err != nil {
			t.Fatalf("%s %d: unlock: %v", call, n, err)
		}
		stays()
		expectAll(t, lockable(t, w, ring), records)
		keys := strings.Join(names(t, s.keys, ""), " ")
		switch {
		case strings.Contains(keys, "keyglot.key.age") && !strings.Contains(keys, "keyglot.key "):
			changed++
			if _, err := s.RemovePassphrase(t.Context(), say("pw")); err != nil {
				t.Fatalf("%s %d: back: %v", call, n, err)
			}
		case strings.Contains(keys, "keyglot.key recipient"):
			kept++
		default:
			t.Fatalf("%s %d: not finished: %s", call, n, keys)
		}
		if got := names(t, s.realms, extension); len(got) != len(records) {
			t.Fatalf("%s %d: not finished: %v", call, n, got)
		}
		if t.Failed() {
			t.FailNow()
		}
		return true
	})
	if changed < 3 || kept < 10 {
		t.Errorf("killed %d times before the change and %d times after it: too few to prove anything", kept, changed)
	}
}

// STO-47: the same for the way back.
func TestKillRemovePassphraseSTO47(t *testing.T) {
	t.Parallel()
	w, ring := backendtest.Folders(t), newMemory()
	c := credential("a.example", "alice", "1")
	s := lockable(t, w, ring)
	if err := s.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	kills := 0
	everyCall(func(call string, n int) bool {
		if _, err := s.Lock(t.Context(), say("pw")); err != nil {
			t.Fatalf("%s %d: %v", call, n, err)
		}
		if !killedAt(t, w, "back", call, n) {
			s = lockable(t, w, ring)
			return false
		}
		kills++
		if _, err := s.Unlock(t.Context(), say("pw"), 0); err != nil {
			t.Fatalf("%s %d: %v", call, n, err)
		}
		expectAll(t, lockable(t, w, ring), []helper.Credential{c})
		if _, err := s.RemovePassphrase(t.Context(), say("pw")); err != nil {
			t.Fatalf("%s %d: %v", call, n, err)
		}
		s = lockable(t, w, ring)
		return true
	})
	if kills < 6 {
		t.Errorf("killed %d times: too few to prove anything", kills)
	}
}

// STO-28: kill -9 at every call of a save and of a removal leaves the old or
// the new record, from the first use on, and the next write works.
func TestKillSaveSTO28(t *testing.T) {
	t.Parallel()
	c := credential("a.example", "alice", "new")
	for _, row := range []struct {
		name, role string
		old        bool
	}{
		{"first use", "save", false},
		{"overwriting", "save", true},
		{"removing", "remove", true},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			kills := 0
			everyCall(func(call string, n int) bool {
				w := backendtest.Folders(t)
				if row.old {
					if err := opened(t, w).Save(t.Context(), credential("a.example", "alice", "old")); err != nil {
						t.Fatal(err)
					}
				}
				if !killedAt(t, w, row.role, call, n) {
					return false
				}
				kills++
				got, err := opened(t, w).Load(t.Context(), c.Key)
				missing := errors.Is(err, helper.ErrNotFound) && (!row.old || row.role == "remove")
				if text := got.Secret.Reveal(); !missing && (err != nil || text != "old" && text != "new") {
					t.Fatalf("%s %d: %q, %v", call, n, text, err)
				}
				if err := opened(t, w).Save(t.Context(), c); err != nil {
					t.Fatalf("%s %d: the next write: %v", call, n, err)
				}
				expectAll(t, opened(t, w), []helper.Credential{c})
				return true
			})
			if kills < 2 {
				t.Errorf("killed %d times: too few to prove anything", kills)
			}
		})
	}
}
