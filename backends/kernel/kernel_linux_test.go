package kernel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/helpertest"
	"keyglot/helper/keyctl"
)

// isolated is the backend with a keyring for every world: the real one is the
// user's.
func isolated() helper.Backend {
	b := Backend()
	b.Open = func(ctx context.Context, env helper.Env) (helper.Store, error) {
		store, err := open(ctx, env)
		if err == nil {
			store.(*Store).ring.Name = ringOf(env.DataDir)
		}
		return store, err
	}
	return b
}

func ringOf(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return "keyglot-test-" + hex.EncodeToString(sum[:8])
}

func TestMain(m *testing.M) { backendtest.Main(m, isolated()) }

// world is one whose keyring is taken away at the end.
func world(t testing.TB) backendtest.World {
	w := backendtest.Folders(t)
	t.Cleanup(func() {
		runtime.LockOSThread() // the process keyring is a thread's
		defer runtime.UnlockOSThread()
		places := []int{unix.KEY_SPEC_USER_KEYRING, unix.KEY_SPEC_SESSION_KEYRING}
		const me = -1
		if persistent, err := unix.KeyctlInt(unix.KEYCTL_GET_PERSISTENT, me, unix.KEY_SPEC_PROCESS_KEYRING, 0, 0); err == nil {
			places = append(places, persistent)
		}
		for _, place := range places {
			if ring, err := unix.KeyctlSearch(place, "keyring", ringOf(w.DataDir), 0); err == nil {
				_, _ = unix.KeyctlInt(unix.KEYCTL_UNLINK, ring, place, 0, 0)
			}
		}
	})
	return w
}

// usable skips the test where there is no keyring, which CI must not do.
func usable(t testing.TB) {
	t.Helper()
	if _, err := (keyctl.Ring{Place: keyctl.User}).Names(); err != nil {
		helpertest.Missing(t, "there is no keyring: "+err.Error())
	}
}

// roomy is usable, for what needs more keys than the quota of a user who is not root.
// The parts that fit are run as one by TestOtherUser.
func roomy(t testing.TB) {
	t.Helper()
	usable(t)
	if os.Getenv(again) == "" {
		helpertest.NeedRoot(t)
	}
}

// again marks this test binary as started by a test, for a part of it.
const again = "KERNEL_TEST_AGAIN"

// STO-10 to STO-29
func TestContract(t *testing.T) {
	t.Parallel()
	roomy(t)
	backendtest.Run(t, backendtest.Suite{
		Backend: isolated(), New: world, Limits: backendtest.Records(keyctl.MaxPayload),
		States: []backendtest.State{
			{Name: "not JSON", Err: helper.ErrInvalid, ProvesMiss: true, Enter: planted("not JSON")},
			{Name: "of another host", Err: helper.ErrInvalid, ProvesMiss: true, Enter: planted(`{"v":1,"scheme":"https","host":"other.example.com"}`)},
			{Name: "of a newer keyglot", Err: helper.ErrInvalid, ProvesMiss: true, Enter: planted(`{"v":2}`)},
		},
	})
}

// planted puts something else into alice's place for as long as the state lasts.
func planted(payload string) func(*testing.T, backendtest.World) func() {
	return func(t *testing.T, w backendtest.World) func() {
		store := w.Open(t, isolated()).(*Store)
		entries, err := store.List(t.Context())
		if err != nil || len(entries) != 1 {
			t.Fatalf("%d records, %v", len(entries), err)
		}
		ring, name := store.ring, describe(entries[0].Key)
		good, err := ring.Get(name)
		if err == nil {
			err = ring.Put(name, []byte(payload), time.Minute)
		}
		if err != nil {
			t.Fatal(err)
		}
		return func() {
			now, err := ring.Get(name)
			if err != nil || string(now) != payload {
				t.Errorf("it was not left alone: %v", err)
			}
			if err := ring.Put(name, good, time.Minute); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// rerun runs a part of this test binary under wrap, as another user if uid is
// not 0.
func rerun(t *testing.T, run string, uid int, wrap ...string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "keyglot-kernel")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	data, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "test")
	for _, err := range []error{os.WriteFile(program, data, 0o600), os.Chmod(program, 0o755), os.Mkdir(dir+"/tmp", 0o700), os.Chmod(dir, 0o755), os.Chown(dir+"/tmp", uid, uid)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	args := append(wrap, program, "-test.run", run, "-test.v")
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), again+"=1", "TMPDIR="+dir+"/tmp", "HOME="+dir+"/tmp")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid), NoSetGroups: uid == 0 && os.Geteuid() != 0}}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr = nil
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS") || strings.Contains(string(out), "--- SKIP") {
		t.Errorf("%v\n%s", err, out)
	}
}

// STO-111: in a session that does not lead to the user's keyring, as over ssh,
// in cron and in containers, everything works as well.
func TestWithoutPossession(t *testing.T) {
	t.Parallel()
	roomy(t)
	keyctl := helpertest.Program(t, "keyctl")
	if os.Getenv(again) != "" {
		t.Skip("a child")
	}
	rerun(t, "TestContract", os.Geteuid(), keyctl, "session", "-")
}

// SEC-56
func TestLocksSEC56(t *testing.T) {
	t.Parallel()
	usable(t)
	w := world(t)
	backendtest.PerUser(t, func(getenv func(string) string) helper.Store {
		env := w.Env(isolated())
		env.Getenv = getenv
		store, err := isolated().Open(t.Context(), env)
		if err != nil {
			t.Fatal(err)
		}
		return store
	})
}

// parts are those rows of the suite that fit into 200 keys and 20,000 bytes.
const parts = "TestContract/(STO-10|STO-11|STO-15|STO-16|STO-25|STO-29)"

// STO-111, STO-112: as a user with the quota that users have.
func TestOtherUser(t *testing.T) {
	t.Parallel()
	usable(t)
	if os.Getenv(again) != "" {
		t.Skip("a child")
	}
	helpertest.NeedRoot(t)
	keyctl := helpertest.Program(t, "keyctl")
	rerun(t, parts, 54323)
	rerun(t, parts, 54324, keyctl, "session", "-")
	rerun(t, "TestQuota", 54325)
}

// STO-112: a full quota is its own error, and the old record stays. It runs as the
// somebody of TestOtherUser, whose quota is small and who keeps nothing.
func TestQuota(t *testing.T) {
	usable(t)
	if os.Getenv(again) == "" {
		return // who runs the tests has keys of their own
	}
	store := world(t).Open(t, Backend())                 // this user's own ring: it is for this test alone
	err := store.(helper.Writable).Writable(t.Context()) // STO-14
	if err != nil {
		t.Errorf("writable: %v", err)
	}
	saved := 0
	for ; saved < 30 && err == nil; saved++ {
		c := testRecord("user"+strconv.Itoa(saved), strings.Repeat("x", 2000))
		err = store.Save(t.Context(), c)
		defer store.Remove(context.WithoutCancel(t.Context()), c.Key)
	}
	if !errors.Is(err, helper.ErrUnsupported) || !strings.Contains(err.Error(), "quota") {
		t.Errorf("after %d records: %v", saved, err)
	}
	first := testRecord("user0", strings.Repeat("x", 2000))
	changed := first
	changed.Secret = helper.NewSecret(strings.Repeat("y", 4000))
	if err := store.Save(t.Context(), changed); !errors.Is(err, helper.ErrUnsupported) {
		t.Errorf("a longer one: %v", err)
	}
	if err := store.(helper.Writable).Writable(t.Context()); !errors.Is(err, helper.ErrUnavailable) || !strings.Contains(err.Error(), "quota") || helper.Advice(err) == "" { // STO-14
		t.Errorf("writable: %v", err)
	}
	if c, err := store.Load(t.Context(), first.Key); err != nil || !c.Same(first) {
		t.Errorf("the old one: %v", err)
	}
}

func testRecord(user, secret string) helper.Credential {
	return helper.Credential{
		Entry: helper.Entry{
			Key:   helper.Key{Profile: "default", Target: helper.Target{Scheme: "https", Host: "git.example.com:8443", Path: "a/b"}, User: helper.Named(user)},
			Known: true, Kind: helper.Basic,
		},
		Secret: helper.NewSecret(secret),
	}
}

// STO-110: the earlier of expiry and ttl ends a record, but not one that can be renewed.
func TestTimeout(t *testing.T) {
	t.Parallel()
	usable(t)
	w := world(t)
	store := w.Open(t, isolated())
	short := testRecord("short", "x")
	short.Expiry = time.Now().Add(1500 * time.Millisecond)
	renewed := short
	renewed.User, renewed.Refresh = helper.Named("renewed"), helper.NewSecret("r")
	past := testRecord("past", "x")
	past.Expiry = time.Now().Add(-time.Hour)
	for _, c := range []helper.Credential{short, renewed, past} {
		if err := store.Save(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for start := time.Now(); ; <-poll.C {
		entries, err := store.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == 1 && entries[0].User == renewed.User {
			break
		}
		if time.Since(start) > 10*time.Second {
			t.Fatalf("after %v: %v", time.Since(start), entries)
		}
	}
	if _, err := store.Load(t.Context(), short.Key); !errors.Is(err, helper.ErrNotFound) {
		t.Errorf("load: %v", err)
	}
}

// STO-110: what /proc/keys shows.
func TestDescribe(t *testing.T) {
	t.Parallel()
	k := testRecord("a:b", "").Key
	if got, want := describe(k), "keyglot:1:default:https:git.example.com=3A8443:a=2Fb:a=3Ab"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !ofRealm(describe(k), k.Target.Realm()) || ofRealm("x"+describe(k), k.Target.Realm()) || ofRealm(describe(k)+":x", k.Target.Realm()) {
		t.Error("of which realm it is")
	}
}

// STO-34
func TestOptions(t *testing.T) {
	t.Parallel()
	usable(t)
	w := world(t)
	for _, options := range []*Options{{Keyring: "thread", TTL: helper.Duration{Duration: time.Hour}}, {Keyring: "user"}, {}} {
		env := w.Env(Backend())
		env.Options = options
		if _, err := open(t.Context(), env); !errors.Is(err, helper.ErrInvalid) {
			t.Errorf("%v: %v", options, err)
		}
	}
	for _, keyring := range []string{"user", "persistent", "session"} {
		env := w.Env(Backend())
		env.Options = &Options{Keyring: keyring, TTL: helper.Duration{Duration: time.Minute}}
		store, err := isolated().Open(t.Context(), env)
		if err != nil {
			t.Fatal(err)
		}
		c := testRecord(keyring, "x")
		if err := store.Save(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if got, err := store.Load(t.Context(), c.Key); err != nil || !got.Same(c) {
			t.Errorf("%s: %v", keyring, err)
		}
		if err := store.Remove(t.Context(), c.Key); err != nil {
			t.Error(err)
		}
	}
}

// DOC-75, STO-20: a record that goes between the list and the look at it, because another account takes its place,
// is no miss.
func TestFindBesideAStoreDOC75(t *testing.T) {
	t.Parallel()
	roomy(t)
	w := world(t)
	open := func() helper.Store {
		s, err := isolated().Open(t.Context(), w.Env(isolated()))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	alice, bob := testRecord("alice", "1"), testRecord("bob", "2")
	writer, reader := open(), open()
	if err := writer.Save(t.Context(), alice); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		var err error
		for range 300 {
			err = errors.Join(err,
				writer.Save(t.Context(), bob), writer.Remove(t.Context(), alice.Key),
				writer.Save(t.Context(), alice), writer.Remove(t.Context(), bob.Key))
		}
		done <- err
	}()
	for {
		if entries, err := reader.Find(t.Context(), alice.Target.Realm()); err != nil || len(entries) == 0 {
			t.Errorf("%d entries, %v", len(entries), err)
			break
		}
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return
		default:
		}
	}
	<-done
}

// STO-110: the time-out as doctor says it.
func TestShortTimes(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{8 * time.Hour: "8h", 90 * time.Minute: "1h30m", 10 * time.Minute: "10m", 2 * time.Second: "2s", time.Hour + time.Second: "1h0m1s"} {
		if got := short(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}
