package cli_test

import (
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/provider"
)

// ways are what a login may be given, by the kind that comes of it.
var ways = map[helper.Kind]string{
	helper.Basic: "-u ann --password -", helper.Bearer: "--token -", helper.Conda: "--conda-token -", helper.Header: "--header X-Key:-",
}

// TestKnownKinds: every host of every known service accepts the kinds that the
// service takes and refuses the others, with words that name what it takes, and
// --any-kind overrides. A host that only looks like one, another port, and what
// the name is part of take anything (A11, A12, A14, AUTH-36, AUTH-61).
func TestKnownKinds(t *testing.T) {
	t.Parallel()
	for _, p := range provider.All() {
		for i, host := range p.Hosts {
			own := strings.Replace(host, "*.", "x.", 1)
			for kind, flags := range ways {
				w := newWorld(t)
				w.stdin = "s3cret"
				o := w.auth("login " + own + " " + flags)
				if p.Takes(kind) != (o.code == 0) || o.code != 0 && (o.code != 2 || !strings.Contains(o.said()[0], " takes ") || !strings.HasSuffix(o.said()[1], ", or --any-kind")) {
					t.Errorf("%s, %s: %+v", own, kind, o)
				}
				if o.code != 0 && len(w.file.All()) > 0 {
					t.Errorf("%s, %s: what was refused is stored", own, kind)
				}
				w.stdin = "s3cret"
				if o := w.auth("login --any-kind " + own + " " + flags); o.code != 0 {
					t.Errorf("%s, %s, any kind: %+v", own, kind, o)
				}
			}
			if i > 0 {
				continue
			}
			for _, other := range []string{"evil-" + strings.TrimPrefix(own, "x.") + ".attacker.example", own + ".evil.example", own + ":8443"} {
				w := newWorld(t)
				for kind, flags := range ways {
					w.stdin = "s3cret"
					if o := w.auth("login " + other + " " + flags); o.code != 0 {
						t.Errorf("%s, %s: %+v", other, kind, o)
					}
				}
			}
		}
	}
}

// TestBasicUsers: the user name that goes with a token is the one that the
// service wants, and -u __token__ finds it where none does (A5, E11, AUTH-35).
func TestBasicUsers(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"upload.pypi.org": "__token__", "api.pyx.dev": "__token__", "github.com": "x-access-token", "gitlab.com": "oauth2", "bitbucket.org": "x-token-auth",
		"codeberg.org": "oauth2", "europe-python.pkg.dev": "oauth2accesstoken", "pkgs.dev.azure.com": "VssSessionToken", "pkg.example": "__token__",
		"huggingface.co": "__token__", "buf.build": "__token__",
	} {
		w := newWorld(t)
		w.login(host, "", "t0k")
		if got := w.must("token " + host + " --as basic"); got != want+":t0k\n" {
			t.Errorf("%s: %q, want the user %s", host, got, want)
		}
		if got := w.must("token " + host + " -u " + want); got != "t0k\n" {
			t.Errorf("%s, asked for its user: %q", host, got)
		}
	}
	w := newWorld(t)
	w.login("d-1.d.codeartifact.eu-west-1.amazonaws.com", "", "t0k", "--provider", "aws-codeartifact")
	if got := w.must("token d-1.d.codeartifact.eu-west-1.amazonaws.com --as basic"); got != "aws:t0k\n" {
		t.Errorf("a service that is named: %q", got)
	}
	w.stdin = "t0k"
	w.must("login buf.build -u ann --token -")
	if got := w.must("token buf.build --as basic"); got != "ann:t0k\n" {
		t.Errorf("a service whose user is the account: %q", got)
	}
}

// TestPages: what can be made and revoked by hand at a known service has its
// page, which is shown before the question and by a logout (A29, B4).
func TestPages(t *testing.T) {
	t.Parallel()
	without := []string{ // they have none for all: it depends on the account, the organisation, or the server
		"anaconda", "aws-codeartifact", "bitbucket", "gitea", "google-ar", "npm", "prefix", "pyx",
	}
	for _, p := range provider.All() {
		if slices.Contains(without, p.ID) != (p.CreateURL == "" && p.RevokeURL == "") || (p.CreateURL == "") != (p.RevokeURL == "") {
			t.Errorf("%s: %q, %q", p.ID, p.CreateURL, p.RevokeURL)
		}
		if p.CreateURL == "" || p.Takes(helper.Basic) {
			continue
		}
		w := newWorld(t)
		w.login(p.Hosts[0], "", "t0k", "--any-kind")
		if got := w.must("logout " + p.Hosts[0]); !strings.Contains(got, "stays valid at the server, revoke it at "+p.RevokeURL) {
			t.Errorf("%s: %s", p.ID, got)
		}
	}
}
