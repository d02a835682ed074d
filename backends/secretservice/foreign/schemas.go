package foreign

import (
	"strings"

	"keyglot/helper"
	"keyglot/helper/format/dockerconfig"
	"keyglot/helper/format/gcm"
	"keyglot/helper/format/gitcredentials"
	"keyglot/helper/format/keyrings"
	"keyglot/helper/format/rattler"
)

// always searches for the same attributes, whatever is asked.
func always(name, value string) func(helper.Realm) []map[string]string {
	return func(helper.Realm) []map[string]string { return []map[string]string{{name: value}} }
}

// Git is what git-credential-libsecret keeps.
func Git() helper.Backend {
	return schema{
		name: "git", summary: "git-credential-libsecret", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		search: func(r helper.Realm) []map[string]string {
			if r == (helper.Realm{}) {
				return []map[string]string{{"xdg:schema": "org.git.Password"}}
			}
			server, port := cutPort(r.Host)
			attributes := map[string]string{"protocol": r.Scheme, "server": server}
			if port != "" {
				attributes["port"] = port
			}
			return []map[string]string{attributes}
		},
		read:   readGit,
		secret: gitcredentials.Secret,
	}.backend()
}

func cutPort(host string) (name, port string) {
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		return host[:i], host[i+1:]
	}
	return host, ""
}

// readGit: the host was split at its last colon, which breaks an IPv6 address
// without a port.
func readGit(a map[string]string) *helper.Credential {
	if application := a["application"]; application != "" { // another tool's with attributes alike
		return nil
	}
	host := a["server"]
	if a["port"] != "" {
		host += ":" + a["port"]
	}
	if _, named := a["user"]; !named {
		return nil
	}
	return keyrings.Git(a["protocol"], host, a["object"], a["user"])
}

// GCM is what Git Credential Manager keeps.
func GCM() helper.Backend {
	return schema{
		name: "gcm", summary: "Git Credential Manager in the keyring", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		search: always("xdg:schema", "com.microsoft.GitCredentialManager"),
		read: func(a map[string]string) *helper.Credential {
			if !strings.HasPrefix(a["service"], "git:") {
				return nil
			}
			items, _ := gcm.Credentials([]gcm.Entry{{Service: a["service"], Account: a["account"], Secret: "?"}})
			return first(items)
		},
	}.backend()
}

// first is the one item that there is, without its secret.
func first(items []helper.Item) *helper.Credential {
	if len(items) != 1 {
		return nil
	}
	items[0].Secret = helper.Secret{}
	return &items[0].Credential
}

// Docker is what docker-credential-secretservice keeps.
func Docker() helper.Backend {
	return schema{
		name: "docker", summary: "docker-credential-secretservice", kinds: []helper.Kind{helper.Basic, helper.Identity},
		search: always("docker_cli", "1"),
		read: func(a map[string]string) *helper.Credential {
			c, reason := dockerconfig.Credential(a["server"], a["username"], "")
			if reason != "" || a["label"] != "Docker Credentials" {
				return nil
			}
			c.Secret = helper.Secret{}
			return &c
		},
		forgets: true,
	}.backend()
}

// GH is what gh keeps.
func GH() helper.Backend {
	return schema{
		name: "gh", summary: "gh in the keyring", kinds: []helper.Kind{helper.Bearer},
		search: func(r helper.Realm) []map[string]string {
			if r == (helper.Realm{}) {
				return []map[string]string{{}} // gh's items have nothing in common
			}
			return []map[string]string{{"service": "gh:" + r.Host}}
		},
		read: func(a map[string]string) *helper.Credential {
			if c := keyrings.GH(a["service"], a["username"]); c != nil && c.User.Set {
				return c
			}
			return nil
		},
		active: func(a map[string]string) (helper.Target, bool) {
			_, named := a["username"]
			if c := keyrings.GH(a["service"], a["username"]); named && c != nil && !c.User.Set {
				return c.Target, true
			}
			return helper.Target{}, false
		},
	}.backend()
}

// UV is what uv keeps.
func UV() helper.Backend {
	return schema{
		name: "uv", summary: "uv in the keyring", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		search: always("application", "uv"),
		read:   func(a map[string]string) *helper.Credential { return keyrings.UV(a["service"], a["username"]) },
	}.backend()
}

// Rattler is what rattler and pixi keep: the secret says what it is.
func Rattler() helper.Backend {
	return schema{
		name: "rattler", summary: "rattler and pixi in the keyring",
		kinds:  []helper.Kind{helper.Basic, helper.Bearer, helper.Conda, helper.S3},
		search: always("service", "rattler"),
		whole: func(a map[string]string, text string) []helper.Item {
			items, _, _ := rattler.ParseEntry(a["username"], []byte(text))
			return items
		},
	}.backend()
}

// Cargo is what cargo-credential-libsecret keeps.
func Cargo() helper.Backend {
	return schema{
		name: "cargo", summary: "cargo-credential-libsecret", kinds: []helper.Kind{helper.Bearer},
		search: always("xdg:schema", "org.rust-lang.cargo.registry"),
		read:   func(a map[string]string) *helper.Credential { return keyrings.Cargo(a["url"]) },
	}.backend()
}

// Keyring is what Python's keyring keeps.
func Keyring() helper.Backend {
	return schema{
		name: "keyring", summary: "Python's keyring in the Secret Service", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		search: always("application", "Python keyring library"),
		read:   func(a map[string]string) *helper.Credential { return keyrings.Python(a["service"], a["username"]) },
	}.backend()
}

// Baseten is what Baseten's CLI keeps: an opaque secret for a profile's name.
// Where it may go its auth.json says.
func Baseten() helper.Backend {
	return schema{
		name: "baseten", summary: "Baseten in the keyring", kinds: []helper.Kind{helper.Basic},
		search: always("service", keyrings.BasetenService),
		read:   func(a map[string]string) *helper.Credential { return keyrings.Baseten(a["service"], a["username"]) },
	}.backend()
}
