package integration_test

import (
	"path/filepath"
	"strings"
	"testing"

	"keyglot/helper/helpertest"
	"keyglot/helper/lock"
)

// STO-110, SEC-83: what one session keeps another session of the same user does
// not see, and neither answers for the other.
func TestKernelSessions(t *testing.T) {
	t.Parallel()
	one, two := newHome(t), newHome(t)
	for _, h := range []*home{one, two} {
		memory.enter(h)
	}
	one.attack(t, memory.options, gitStored(victim, "alice", canary))
	two.attack(t, memory.options, gitGets(victim, ""))
	two.attack(t, memory.options, attack{verb: "git erase", in: victim + pair("alice", canary)})
	two.attack(t, memory.options, gitStored(victim, "bob", "bobs"))
	two.attack(t, memory.options, gitGets(victim, pair("bob", "bobs")))
	one.attack(t, memory.options, gitGets(victim, pair("alice", canary)))
}

// STO-112, SEC-53: over the user's quota a store is an error that says so, what was
// there stays, and room that was made is used.
func TestKernelQuota(t *testing.T) {
	t.Parallel()
	helpertest.NeedRoot(t)
	h := newHome(t)
	var err error
	if h.thread, err = newSession(); err != nil { // which nobody else is lent: its keyring is to be another user's
		t.Fatal(err)
	}
	memory.enter(h)
	defer h.refill(memory, nil)
	h.give()
	stored := func(user, secret string) result {
		return h.as("protocol=https\nhost=h.example\n"+pair(user, secret), "git", "--backend", "kernel", "store")
	}
	get := func(user string) string {
		return h.as("protocol=https\nhost=h.example\nusername="+user+"\n", "git", "--backend", "kernel", "get").out
	}
	if r := stored("alice", canary); r.rc != 0 || r.stderr != "" {
		t.Fatalf("%v", r)
	}
	large := strings.Repeat("x", 16<<10)
	var full result
	last := ""
	for i := 0; full.rc == 0; i++ {
		if i > 100 {
			t.Skip("this system's quota is none")
		}
		name := strings.Repeat("u", i+1)
		if full = stored(name, large); full.rc == 0 {
			last = name
		}
	}
	if full.rc != 1 || !strings.Contains(full.stderr, "quota") || strings.Contains(full.stderr, "xxx") {
		t.Errorf("%v", full)
	}
	if get("alice") != pair("alice", canary) || get(last) != pair(last, large) {
		t.Error("what was there is lost")
	}
	if r := h.as("protocol=https\nhost=h.example\n"+pair(last, large), "git", "--backend", "kernel", "erase"); r.rc != 0 {
		t.Errorf("%v", r)
	}
	if get("alice") != pair("alice", canary) || get(last) != "" {
		t.Error("the erase took too little or too much")
	}
}

// SEC-56: two processes of one user that see the same keyring take the same lock,
// in the home that passwd(5) names, whatever HOME and XDG_STATE_HOME say.
func TestLocksOfOneUserSEC56(t *testing.T) {
	t.Parallel()
	need(t, "unshare", "mount")
	helpertest.NeedRoot(t) // who else can have another passwd(5) for itself?
	passwd, one, two := newHome(t), newHome(t), newHome(t)
	if r := one.run("", "unshare", "--mount", "true"); r.rc != 0 {
		helpertest.Missing(t, "mount is not allowed here")
	}
	file := passwd.write("passwd", "root:x:0:0:root:"+passwd.dir+":/bin/sh\n", 0o644)
	two.thread = session(t)
	one.thread = two.thread
	for _, h := range []*home{one, two} {
		memory.enter(h)
		delete(h.env, "KEYGLOT_STATE_DIR")
	}
	store := func(h *home, host, secret string) result {
		return h.run("protocol=https\nhost="+host+"\n"+pair("alice", secret), "unshare", "--mount", "sh", "-c",
			`mount --bind "$0" /etc/passwd && exec keyglot git --backend kernel --timeout 2s store`, file)
	}
	if r := store(one, "h.example", canary); r.rc != 0 || r.stderr != "" {
		t.Fatalf("%v", r)
	}
	files, err := filepath.Glob(passwd.path(".local/state/keyglot/locks/*.lock"))
	if err != nil || len(files) != 1 {
		t.Fatalf("locks: %q, %v", files, err)
	}
	held, err := lock.Acquire(t.Context(), files[0], lock.Exclusive)
	if err != nil {
		t.Fatal(err)
	}
	if r := store(two, "other.example", canary); r.rc != 0 || r.stderr != "" {
		t.Errorf("another realm: %v", r)
	}
	if r := store(two, "h.example", "another"); r.rc != 1 || r.stderr == "" {
		t.Errorf("while the lock is held: %v", r)
	}
	if err := held.Release(); err != nil {
		t.Error(err)
	}
	if r := store(two, "h.example", "another"); r.rc != 0 || r.stderr != "" {
		t.Errorf("when it is free: %v", r)
	}
	for _, h := range []*home{one, two} {
		if found, _ := filepath.Glob(h.path(".local/*/keyglot/locks")); len(found) > 0 {
			t.Errorf("locks in %q", found)
		}
	}
}
