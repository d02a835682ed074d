package integration_test

import (
	"strings"
	"syscall"
	"testing"
)

// GIT-66, SEC-83, STO-20: a keyring that does not answer for a while loses nothing
// to a store that would be asked after it. Its old secret would answer again as soon as it
// does.
func TestSilentKeyringKeepsItsPlace(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	bus := h.ownBus()
	if err := bus.GnomeKeyring(true); err != nil {
		t.Fatal(err)
	}
	h.attack(t, nil, gitStored(victim, "alice", canary))
	before := h.kept()
	if err := bus.Process().Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	const silent, mends = "secretservice: open: did not answer in 1 s", "keyglot doctor --forget secretservice"
	for _, row := range []struct {
		stdin string
		words string
	}{
		{victim, "git get"},
		{victim + pair("alice", "new"), "git store"},
		{"protocol=https\nhost=other.example\n" + pair("alice", "new"), "git store"},
		{victim + pair("alice", canary), "git erase"},
		{"victim.example", "docker get"},
		{`{"ServerURL":"victim.example","Username":"alice","Secret":"new"}`, "docker store"},
		{"new", "auth login victim.example --username alice --password -"},
	} {
		r := h.run(row.stdin, "keyglot", strings.Fields(row.words)...)
		if r.rc == 0 || !strings.Contains(r.stderr, "did not answer in 1 s") {
			t.Errorf("%s: %v", row.words, r)
		}
		if stores := strings.HasSuffix(row.words, "git store"); stores && !(strings.Contains(r.stderr, silent) && strings.Contains(r.stderr, mends)) {
			t.Errorf("%s does not say what mends it: %s", row.words, r.stderr)
		}
		if !h.untouched(t, row.words, before) {
			return
		}
	}
	if err := bus.Process().Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	h.attack(t, nil, gitGets(victim, pair("alice", canary)))
	// So it is while nobody is there: it died, or was not started yet.
	bus.StopService()
	const away = "secretservice: open: nobody provides org.freedesktop.secrets"
	for _, stdin := range []string{victim + pair("alice", "new"), "protocol=https\nhost=other.example\n" + pair("alice", "new")} {
		r := h.run(stdin, "keyglot", "git", "store")
		if r.rc == 0 || !strings.Contains(r.stderr, away) || !strings.Contains(r.stderr, mends) || !strings.Contains(r.stderr, "KEYGLOT_BACKEND=file, or ") {
			t.Errorf("git store without a service: %v", r)
		}
		if !h.untouched(t, "git store", before) {
			return
		}
	}
	// The store that is named is the one that is written to.
	h.must("new", "keyglot", "auth", "login", "other.example", "--username", "alice", "--password", "-", "--backend", "file")
	h.env["KEYGLOT_BACKEND"] = "file" // as the hint says, for tools that have no flag
	h.must("protocol=https\nhost=third.example\n"+pair("alice", "new"), "keyglot", "git", "store")
	delete(h.env, "KEYGLOT_BACKEND")
	if err := bus.GnomeKeyring(true); err != nil {
		t.Fatal(err)
	}
	h.attack(t, nil, gitGets(victim, pair("alice", canary)))
	// Without any bus, over ssh or in cron, what is new is stored all the same (STO-32).
	delete(h.env, "DBUS_SESSION_BUS_ADDRESS")
	h.must("protocol=https\nhost=new.example\n"+pair("alice", "new"), "keyglot", "git", "store")
}
