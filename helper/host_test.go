package helper_test

import (
	"errors"
	"strings"
	"testing"

	"keyglot/helper"
)

// GIT-17, DOC-47, SEC-9: what is a host, and the form that is compared.
func TestParseHostGIT17(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("a", 63)
	for text, want := range map[string]string{
		"Git.Example":             "git.example",
		"git.example.":            "git.example",
		"git.example:443":         "git.example",
		"git.example:0443":        "git.example",
		"git.example:":            "git.example",
		"git.example:8443":        "git.example:8443",
		"a_b-c.example":           "a_b-c.example",
		"xn--bcher-kva.example":   "xn--bcher-kva.example",
		label + ".example":        label + ".example",
		"127.0.0.1":               "127.0.0.1",
		"[::0:1]:8080":            "[::1]:8080",
		"localhost":               "localhost",
		label + "a.example":       "", // 64 bytes
		"a." + label + "a":        "",
		"xn--":                    "",
		"xn--.example":            "",
		"a.XN--.example":          "",
		strings.Repeat("a.", 128): "",
		"git..example":            "",
		".example":                "",
		"git.example..":           "",
		"git.example:0":           "",
		"git.example:65536":       "",
		"git.example:+1":          "",
		"127.1":                   "",
		"0x7f.0.0.1":              "",
		"git.example.0x7f":        "",
		"1.2.3.4.5":               "",
		"[::1%25eth0]":            "",
		"[::1":                    "",
		"[127.0.0.1]":             "",
		"bücher.example":          "",
		"\u212aernel.example":     "", // whose lower case is ASCII
		"git example":             "",
		"git.example/x":           "",
		"git%2eexample":           "",
		"*.example":               "",
		"a,b":                     "",
		"":                        "",
	} {
		got, err := helper.ParseHost("https", text)
		if got != want || (err == nil) != (want != "") || err != nil && !errors.Is(err, helper.ErrInvalid) {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
}

// AUTH-21, SEC-21: a wildcard stands for whole labels of a name, never of an address.
func TestParseWildcard(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"*.Git.Example":         "*.git.example",
		"*.git.example:0443":    "*.git.example",
		"*.git.example:8443":    "*.git.example:8443",
		"git.example":           "",
		"*git.example":          "",
		"*.*.git.example":       "",
		"*.example":             "",
		"*.localhost:8443":      "",
		"*.127.0.0.1":           "",
		"*.127.0.0.1:8443":      "",
		"*.[::1]":               "",
		"*.\u212aernel.example": "",
		"*.":                    "",
	} {
		got, err := helper.ParseWildcard(text)
		if got != want || (err == nil) != (want != "") || err != nil && !errors.Is(err, helper.ErrInvalid) {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
	for _, r := range []helper.Realm{{Scheme: "http", Host: "*.git.example"}, {Scheme: helper.SchemeItem, Host: "*.git.example"}, {Scheme: "https", Host: "*git.example"}} {
		if r.IsWildcard() {
			t.Errorf("%v covers other hosts", r)
		}
	}
}
