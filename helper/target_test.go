package helper_test

import (
	"strings"
	"testing"

	"keyglot/helper"
)

// GIT-32, SEC-13: what a server might take to another place, however often it is escaped.
func TestEvasive(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"": false, "org/repo.git": false, "a..b/...": false, "100%": false, "a%25b": false, "%2": false, "%252": false, "org%2Frepo": false,
		".": true, "a/../b": true, `a\b`: true, "%2e%2E/x": true, "a%2f..%2Fb": true, "a%5cb": true, "%252e%25252e": true, "a%255Cb": true, "%%252e/.": true,
	} {
		if got := helper.Evasive(path); got != want {
			t.Errorf("%q: %v, want %v", path, got, want)
		}
	}
}

// SEC-1: the longest path that a request may have costs no more than reading it.
func TestEvasiveOfALongPath(t *testing.T) {
	path := "a%" + strings.Repeat("25", helper.MaxField/2-2) + "2e"
	if n := testing.AllocsPerRun(1, func() { helper.Evasive(path) }); n > 100 {
		t.Errorf("%v allocations", n)
	}
}

// AUTH-64: a token in the path of a conda channel is never printed.
func TestShown(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"":                 "https://h.example",
		"team/t":           "https://h.example/team/t",
		"t/canary":         "https://h.example/t/[hidden]",
		"t/canary/main":    "https://h.example/t/[hidden]/main",
		"a/t/canary/b/t/c": "https://h.example/a/t/[hidden]/b/t/c",
	} {
		if got := (helper.Target{Scheme: helper.SchemeHTTPS, Host: "h.example", Path: path}).Shown(); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
}
