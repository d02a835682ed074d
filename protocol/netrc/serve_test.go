package netrc_test

import (
	"io"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/protocol/netrc"
)

// The program name and the verbs of "Protocol verbs".
func TestProtocol(t *testing.T) {
	t.Parallel()
	p := netrc.Protocol()
	if p.Name != "netrc" || len(p.Programs) != 1 || p.Programs[0] != "netrc-credential-keyglot" {
		t.Errorf("%s %q", p.Name, p.Programs)
	}
}

// Exit code 2: what is wrong is said, what was typed is not repeated.
func TestUsage(t *testing.T) {
	t.Parallel()
	for name, words := range map[string][]string{
		"no operation":          nil,
		"an unknown one":        {canary},
		"an unknown option":     {"get", "--" + canary, "h.example"},
		"an option of another":  {"get", "--force", "h.example"},
		"a wrong port word":     {"get", "--ports=" + canary, "h.example"},
		"a wrong scheme":        {"store", "--scheme", canary},
		"an unknown reader":     {"get", "--for=curl," + canary, "h.example"},
		"no value":              {"get", "h.example", "--ports"},
		"a flag with a value":   {"get", "--strict=" + canary, "h.example"},
		"a word too many":       {"store", canary},
		"a word for list":       {"list", canary},
		"an empty name for -o":  {"export", "-o", ""},
		"a secret for a HOST":   {"get", canary + " " + canary},
		"a password as a third": {"erase", "h.example", "u", canary},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := stocked(t)
			got := w.run("machine h.example login a password p\n", words...)
			if got.Code != 2 || got.Stdout != "" || !strings.HasPrefix(got.Stderr, "keyglot: usage: ") || strings.Count(got.Stderr, "\n") != 1 {
				t.Errorf("%+v", got)
			}
			if n := len(w.holds()); n != 7 {
				t.Errorf("%d records", n)
			}
		})
	}
	w := stocked(t)
	err := netrc.Protocol().Serve(t.Context(), helper.Call{Program: "keyglot netrc", Problem: helper.ErrUsage, Stdout: io.Discard, Stderr: io.Discard}, w.Helper)
	if helper.ExitCode(err) != 2 {
		t.Errorf("a problem with the common options: %v", err)
	}
}

// Help is for people with 80 columns, and is no error.
func TestHelp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, words := range [][]string{
		{"--help"},
		{"-h"},
		{"help"},
		{"get", "--help"},
		{"store", "-h"},
		{"erase", "h.example", "--help"},
		{"list", "--help"},
		{"export", "--help"},
	} {
		got := w.run("", words...)
		if got.Code != 0 || got.Stderr != "" || !strings.HasPrefix(got.Stdout, "Usage: keyglot netrc ") {
			t.Errorf("%q: %+v", words, got)
		}
		for line := range strings.Lines(got.Stdout) {
			if len(line) > 81 {
				t.Errorf("%q: %d columns: %s", words, len(line)-1, line)
			}
		}
	}
}
