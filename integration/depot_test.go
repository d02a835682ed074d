package integration_test

import (
	"fmt"
	"net/url"
	"os"
	"strings"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

// A depot is a store that real clients are run on, chosen in config.toml.
type depot struct {
	shelf
	// given: it is only read, and what is in it is handed in.
	given bool
	// httpsOnly: what it holds over plain http others have written.
	httpsOnly bool
	// nameless: docker's list does not have what docker stored, for the store does
	// not keep docker's name of it (DOC-30).
	nameless bool
	// plant puts in what others write: the server's URL or host, and an account.
	plant func(h *home, server, user, secret string)
}

// depots are all stores that can run here; of programs that were built elsewhere
// their own system's.
func depots() (list []depot) {
	if os.Getenv(programs) != "" {
		return []depot{{shelf: shelf{name: "wincred", options: []string{"--backend", "wincred"}}}}
	}
	for _, s := range everywhere() {
		list = append(list, depot{shelf: s})
	}
	return append(list,
		depot{shelf: narrows[0].shelf, httpsOnly: true, nameless: true, plant: func(h *home, server, user, secret string) {
			if strings.HasPrefix(server, "http://") {
				h.write(".local/netrc", fmt.Sprintf("machine %s login %s password %s\n", host(server), user, secret), 0o600)
			}
		}},
		depot{shelf: dockerPass, httpsOnly: true, nameless: true, plant: func(h *home, server, user, secret string) {
			if strings.HasPrefix(server, "http://") {
				h.must(fmt.Sprintf(`{"ServerURL":%q,"Username":%q,"Secret":%q}`, server, user, secret), "docker-credential-pass", "store")
			}
		}},
		depot{shelf: narrows[2].shelf, given: true, plant: func(h *home, server, user, secret string) {
			target := helper.Target{Scheme: helper.SchemeHTTPS, Host: server}
			if u, err := url.Parse(server); err == nil && u.Host != "" {
				target = helper.Target{Scheme: u.Scheme, Host: u.Host}
			}
			plantCredentials(h, []helper.Credential{{
				Entry: helper.Entry{
					Key:   helper.Key{Profile: helper.DefaultProfile, Target: target, User: helper.Named(user)},
					Known: true, Kind: helper.Basic, Origin: helper.OriginDocker, Alias: server,
				},
				Secret: helper.NewSecret(secret),
			}})
		}},
	)
}

// dockerPass is docker's own helper for pass behind keyglot.
var dockerPass = shelf{name: "chain", of: "docker-credential-pass", options: []string{"--backend", "chain:pass"}, ready: func(h *home) {
	h.t.Helper()
	need(h.t, "docker-credential-pass", "pass", "gpg")
	h.gpg = backendtest.NewGnuPG(h.t, "")
	h.env["GNUPGHOME"] = h.gpg.Vars["GNUPGHOME"]
	h.env["PASSWORD_STORE_DIR"] = h.path("passwords")
	h.env["KEYGLOT_STATE_DIR"] = h.path(".local/state/keyglot") // else locks lie in the home of who runs the test
	h.must("", "pass", "init", "t@example.com")
	h.write(".config/keyglot/config.toml", "[backends.chain]\nwrites = \"forward\"\nlist = true\ntimeout = \"30s\"\n", 0o600)
}}

// enter makes the store the home's, by its configuration.
func (d depot) enter(h *home, server, user, secret string) {
	h.t.Helper()
	d.shelf.enter(h)
	const path = ".config/keyglot/config.toml"
	text, err := os.ReadFile(h.path(path))
	if err != nil && !os.IsNotExist(err) {
		h.t.Fatal(err)
	}
	h.write(path, fmt.Sprintf("backend = %q\n%s", d.options[1], text), 0o600)
	if d.plant != nil {
		d.plant(h, server, user, secret)
	}
}

// withdraw takes away what was handed in.
func (d depot) withdraw(h *home) {
	h.t.Helper()
	if err := os.Remove(h.path(".local/credentials/keyglot.json")); err != nil {
		h.t.Fatal(err)
	}
}
