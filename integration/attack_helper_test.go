package integration_test

import (
	"encoding/json"
	"os"
	"testing"
)

// SEC-86: another helper is asked only where it was chosen, and its answer goes
// through the matcher and every check of what a protocol may carry.
func TestAttackAnotherHelper(t *testing.T) {
	t.Parallel()
	need(t, "sh")
	h := newHome(t)
	h.login("https://own.example", "alice", "own")
	asked := h.path("work/asked")
	answers := func(user, secret string) {
		answer, err := json.Marshal(map[string]string{"ServerURL": "victim.example", "Username": user, "Secret": secret})
		if err != nil {
			t.Fatal(err)
		}
		h.must("#!/bin/sh\ntouch '"+asked+"'\ncat <<'END'\n"+string(answer)+"\nEND\n",
			"sh", "-c", `mkdir -p "$1" && cat >"$1/new" && chmod 700 "$1/new" && mv "$1/new" "$1/docker-credential-stub"`, "sh", h.path("bin"))
	}
	h.env["PATH"] = h.path("bin") + ":" + h.env["PATH"]
	answers("alice", canary)
	for _, a := range []attack{
		gitGets("protocol=https\nhost=own.example\n", pair("alice", "own")),
		gitGets(victim, ""), dockerMisses("victim.example"),
		{verb: "git erase", in: victim + pair("alice", canary)},
		{verb: "auth token victim.example", stderr: "*", rc: 4},
		{verb: "auth list", out: "*", stderr: "*"},
	} {
		h.attack(t, nil, a)
	}
	if _, err := os.Stat(asked); err == nil {
		t.Error("it was asked and nobody chose it")
	}
	chosen := []string{"--backend", "chain:stub"}
	h.env["KEYGLOT_STATE_DIR"] = h.path(".local/state/keyglot") // else locks lie in the home of who runs the test
	const lines = "keyglot: the stored credential holds a line break or NUL, which git cannot take\n"
	for _, row := range []struct {
		user, secret string
		attack
	}{
		{"alice", canary, gitGets(victim, pair("alice", canary))},
		{"alice", canary, gitGets(victim+"username=bob\n", "")},
		{"alice", canary, gitGets("protocol=http\nhost=victim.example\n", "")},
		{"alice", canary, gitGets("protocol=https\nhost=vіctim.example\n", "")},
		{"<token>", canary, gitGets(victim, "")}, // an identity token is docker's
		{"alice", canary + "\nhost=evil.example", attack{verb: "git get", in: victim, stderr: lines, rc: 1}},
		{"alice", canary + "\x00", attack{verb: "git get", in: victim, stderr: lines, rc: 1}},
		{"alice\nhost=evil.example", canary, attack{verb: "git get", in: victim, stderr: "*", rc: 1}},
		{"alice", "", attack{verb: "git get", in: victim, stderr: "*", rc: 1}},
	} {
		answers(row.user, row.secret)
		row.name = row.user + " " + row.secret
		h.attack(t, chosen, row.attack)
	}
	if _, err := os.Stat(asked); err != nil {
		t.Errorf("it was chosen and not asked: %v", err)
	}
}
