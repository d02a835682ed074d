package publicsuffix

import (
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"
)

// SEC-20, SEC-21: every rule, and names around it, as the library says.
func TestAgainstLibrary(t *testing.T) {
	t.Parallel()
	hosts := []string{"localhost", "lan", "a.lan", "b.a.lan", "127.0.0.1", "::1", "example.com", "x.example.com", "xcom", ""}
	for rule := range strings.SplitSeq(strings.TrimSpace(icann+private), "\n") {
		name := strings.TrimPrefix(strings.TrimPrefix(rule, "!"), "*.")
		_, parent, _ := strings.Cut(name, ".")
		hosts = append(hosts, name, parent, "a."+name, "b.a."+name, "c.b.a."+name, "x"+name, strings.ToUpper(name))
	}
	for _, host := range hosts {
		want, _ := publicsuffix.PublicSuffix(host)
		if got := Of(host); got != want {
			t.Errorf("the suffix of %q is %q, want %q", host, got, want)
		}
		want, missing := publicsuffix.EffectiveTLDPlusOne(host)
		got, err := Registrable(host)
		if got != want || (err == nil) != (missing == nil) {
			t.Errorf("the registrable domain of %q is %q, %v, want %q, %v", host, got, err, want, missing)
		}
	}
	if len(hosts) < 50_000 {
		t.Errorf("the list has lost its rules: %d names compared", len(hosts))
	}
}

// Names that are no host names are nobody's.
func TestRegistrableRefuses(t *testing.T) {
	t.Parallel()
	for _, host := range []string{".", "..", ".com", "com.", "a..com", ".a.com", "a.com."} {
		if got, err := Registrable(host); err == nil {
			t.Errorf("%q has the registrable domain %q", host, got)
		}
	}
}

// AUTH-17: what belongs to everybody, and what has one owner.
func TestICANN(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"com": true, "co.uk": true, "ck": true, "any.ck": true, "kawasaki.jp": true, "any.kawasaki.jp": true,
		"www.ck": false, "city.kawasaki.jp": false, "github.io": false, "s3.amazonaws.com": false,
		"corp": false, "lan": false, "a.corp": false, "example.com": false, "": false,
	} {
		if got := ICANN(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
