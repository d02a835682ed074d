package keyctl

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"keyglot/helper/helpertest"
)

// Other processes, users and sessions are this test binary, started again. It
// does one job and says how it ended.
func TestMain(m *testing.M) {
	job, description := os.Getenv("KEYCTL_JOB"), os.Getenv("KEYCTL_DESCRIPTION")
	if job == "" {
		os.Exit(m.Run())
	}
	if uid, err := strconv.Atoi(os.Getenv("KEYCTL_UID")); err == nil {
		if err := syscall.Setuid(uid); err != nil {
			panic(err)
		}
	}
	var data []byte
	var err error
	switch job {
	case "put":
		err = Put(description, []byte("payload"), time.Minute)
	case "get":
		data, err = Get(description)
	case "remove":
		err = Remove(description)
	case "put too much":
		for i := 0; i < 100 && err == nil; i++ {
			err = Put(fmt.Sprint(description, i), make([]byte, 5000), time.Minute)
		}
		for i := range 100 {
			Remove(fmt.Sprint(description, i))
		}
	}
	for sentinel, name := range map[error]string{ErrNotFound: "not found", ErrUnavailable: "unavailable", ErrQuota: "quota"} {
		if errors.Is(err, sentinel) {
			fmt.Println(name)
			os.Exit(0)
		}
	}
	fmt.Println(string(data), err)
	os.Exit(0)
}

// run has job done by another process, under wrap, as uid ("" is the tests').
func run(t *testing.T, job, description, uid string, wrap ...string) string {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	args := append(wrap, self)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "KEYCTL_JOB="+job, "KEYCTL_DESCRIPTION="+description, "KEYCTL_UID="+uid)
	cmd.Stderr = nil // keyctl session says which keyring it joined
	out, err := cmd.Output()
	must(t, err)
	return strings.TrimSpace(string(out))
}

// fresh is a description of a key that nobody else has, for a minute at most.
// It skips the test where there is no keyring, which CI must not do.
func fresh(t *testing.T) string {
	t.Helper()
	description := fmt.Sprintf("keyglot-test:%x", rand.Uint64())
	if err := Put(description, []byte("probe"), time.Second); errors.Is(err, ErrUnavailable) {
		helpertest.Missing(t, "there is no keyring: "+err.Error())
	} else {
		must(t, err)
	}
	must(t, Remove(description))
	t.Cleanup(func() { Remove(description) })
	return description
}

// STO-47: put, get, replace, remove.
func TestKey(t *testing.T) {
	t.Parallel()
	description := fresh(t)
	if _, err := Get(description); !errors.Is(err, ErrNotFound) {
		t.Errorf("before: %v", err)
	}
	for _, size := range []int{1, 1024, 1025, 32767} {
		payload := bytes.Repeat([]byte{'x'}, size)
		must(t, Put(description, payload, time.Minute))
		if got, err := Get(description); err != nil || !bytes.Equal(got, payload) {
			t.Errorf("%d bytes: got %d, %v", size, len(got), err)
		}
	}
	if err := Put(description, make([]byte, 32768), time.Minute); err == nil {
		t.Error("too long: no error")
	}
	for range 2 {
		must(t, Remove(description))
	}
	if _, err := Get(description); !errors.Is(err, ErrNotFound) {
		t.Errorf("after: %v", err)
	}
}

// STO-47, STO-112: a key whose time is over is not found. The kernel counts whole
// seconds, so two of them last more than one.
func TestTimeout(t *testing.T) {
	t.Parallel()
	description := fresh(t)
	must(t, Put(description, []byte("x"), time.Minute))
	put := time.Now()
	must(t, Put(description, []byte("x"), time.Second+1))
	if _, err := Get(description); err != nil && time.Since(put) <= time.Second {
		t.Errorf("at once: %v", err)
	}
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for start := time.Now(); ; <-poll.C {
		_, err := Get(description)
		if errors.Is(err, ErrNotFound) {
			return
		}
		if err != nil || time.Since(start) > 10*time.Second {
			t.Fatalf("after %v: %v", time.Since(start), err)
		}
	}
}

// STO-111: later processes find the key, with and without possession of the
// user's keyring, as root and as another user, who does not see root's; also
// where the kernel has no persistent keyring.
func TestOtherProcess(t *testing.T) {
	t.Parallel()
	fresh(t)
	keyctl, strace := helpertest.Program(t, "keyctl"), helpertest.Program(t, "strace")
	users := []string{""}
	if os.Geteuid() == 0 {
		users = append(users, "54321")
	} else if os.Getenv("CI") == "true" {
		t.Error("CI must run this as root")
	}
	plain := []string{}
	session := []string{keyctl, "session", "-"}
	fallback := []string{strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=keyctl", "-e", "inject=keyctl:error=EOPNOTSUPP:when=1"}
	fallbackSession := append(session[:3:3], fallback...)
	for _, uid := range users {
		for name, wraps := range map[string][2][]string{
			"plain":                            {plain, plain},
			"without possession":               {session, session},
			"put with, got without":            {plain, session},
			"put without, got with":            {session, plain},
			"user keyring":                     {fallback, fallback},
			"user keyring, without possession": {fallbackSession, fallbackSession},
		} {
			t.Run(name+" as "+uid, func(t *testing.T) {
				t.Parallel()
				description := fresh(t)
				expect := func(job, uid, want string, wrap []string) {
					t.Helper()
					if got := run(t, job, description, uid, wrap...); got != want {
						t.Errorf("%s: got %q, want %q", job, got, want)
					}
				}
				expect("get", uid, "not found", wraps[1])
				expect("put", uid, "<nil>", wraps[0])
				expect("get", uid, "payload <nil>", wraps[1])
				if uid != "" {
					expect("get", "", "not found", wraps[1])
				}
				expect("put", uid, "<nil>", wraps[1])
				expect("remove", uid, "<nil>", wraps[0])
				expect("get", uid, "not found", wraps[1])
			})
		}
	}
}

// STO-112: containers that forbid the calls, and kernels without them.
func TestUnavailable(t *testing.T) {
	t.Parallel()
	strace := helpertest.Program(t, "strace")
	for _, errno := range []string{"ENOSYS", "EPERM", "EACCES"} {
		for _, job := range []string{"put", "get", "remove"} {
			got := run(t, job, "keyglot-test:none", "", strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=keyctl", "-e", "inject=keyctl:error="+errno)
			if got != "unavailable" {
				t.Errorf("%s, %s: %q", errno, job, got)
			}
		}
	}
}

// STO-112
func TestRevoked(t *testing.T) {
	t.Parallel()
	strace := helpertest.Program(t, "strace")
	for _, errno := range []string{"ENOKEY", "EKEYEXPIRED", "EKEYREVOKED"} {
		got := run(t, "get", fresh(t), "", strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=keyctl", "-e", "inject=keyctl:error="+errno+":when=2+")
		if got != "not found" {
			t.Errorf("%s: %q", errno, got)
		}
	}
}

// STO-112: the quota is a user's, and an error of its own.
func TestQuota(t *testing.T) {
	t.Parallel()
	description := fresh(t)
	helpertest.NeedRoot(t)
	if got := run(t, "put too much", description, "54322"); got != "quota" {
		t.Errorf("got %q", got)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// proc_key-users(5): the numbers are the user's own, and what is counted.
func TestRoom(t *testing.T) {
	t.Parallel()
	const text = "    0:    31 30/30 23/1000000 3155/25000000\n 1001:     3 3/3 198/200 19000/20000\n"
	for _, c := range []struct {
		user, keys, bytes int
		want              error
	}{
		{0, 2, 1000, nil},
		{1001, 2, 1000, nil},
		{1001, 3, 0, ErrQuota},
		{1001, 1, 1001, ErrQuota},
		{1002, 1000, 1 << 20, nil},
	} {
		if err := room(text, c.user, c.keys, c.bytes); err != c.want {
			t.Errorf("user %d, %d keys, %d bytes: %v", c.user, c.keys, c.bytes, err)
		}
	}
	if err := room("something else\n", 0, 1, 1); err != nil {
		t.Error(err)
	}
}
