package integration_test

import (
	"os"
	"strings"
	"testing"
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
	if os.Getuid() != 0 {
		t.Skip("only root can be a user whose quota nobody else needs")
	}
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
