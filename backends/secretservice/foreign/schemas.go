package foreign

import (
	"strings"

	"keyglot/helper"
	"keyglot/helper/format/cargotoml"
	"keyglot/helper/format/dockerconfig"
	"keyglot/helper/format/gcm"
	"keyglot/helper/format/gitcredentials"
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
	scheme, err := helper.ParseScheme(a["protocol"])
	host := a["server"]
	if a["port"] != "" {
		host += ":" + a["port"]
	}
	user, named := a["user"]
	if err != nil || !named || helper.HasControl(user+a["object"]) {
		return nil
	}
	if host, err = helper.ParseHost(scheme, host); err != nil {
		return nil
	}
	c := helper.Foreign(helper.Target{Scheme: scheme, Host: host, Path: helper.EncodePath(strings.TrimLeft(a["object"], "/"))}, helper.Named(user), helper.Secret{})
	c.Exact = true
	return &c
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
	target := func(a map[string]string) (helper.Target, bool) {
		host, ok := strings.CutPrefix(a["service"], "gh:")
		host, err := helper.ParseHost(helper.SchemeHTTPS, host)
		return helper.Target{Scheme: helper.SchemeHTTPS, Host: host}, ok && err == nil
	}
	return schema{
		name: "gh", summary: "gh in the keyring", kinds: []helper.Kind{helper.Bearer},
		search: func(r helper.Realm) []map[string]string {
			if r == (helper.Realm{}) {
				return []map[string]string{{}} // gh's items have nothing in common
			}
			return []map[string]string{{"service": "gh:" + r.Host}}
		},
		read: func(a map[string]string) *helper.Credential {
			t, ok := target(a)
			if !ok || a["username"] == "" || helper.HasControl(a["username"]) {
				return nil
			}
			c := helper.Foreign(t, helper.Named(a["username"]), helper.Secret{})
			c.Kind = helper.Bearer
			return &c
		},
		active: func(a map[string]string) (helper.Target, bool) {
			t, ok := target(a)
			user, named := a["username"]
			return t, ok && named && user == ""
		},
	}.backend()
}

// UV is what uv keeps.
func UV() helper.Backend {
	return schema{
		name: "uv", summary: "uv in the keyring", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		search: always("application", "uv"),
		read: func(a map[string]string) *helper.Credential {
			service, ok := strings.CutPrefix(a["service"], "uv:")
			t, err := address(service)
			if !ok || err != nil || helper.HasControl(a["username"]) {
				return nil
			}
			c := helper.Foreign(t, helper.User{Name: a["username"], Set: a["username"] != ""}, helper.Secret{})
			return &c
		},
	}.backend()
}

// address is a host, or an address with its scheme.
func address(text string) (helper.Target, error) {
	a, err := helper.SplitAddress(text)
	if err != nil || a.HasUser || a.Rest != "" || a.Scheme != "" && a.Scheme != helper.SchemeHTTPS && a.Scheme != helper.SchemeHTTP {
		return helper.Target{}, helper.ErrInvalid
	}
	t, err := a.Target(helper.SchemeHTTPS)
	if err == nil && helper.Evasive(t.Path) {
		err = helper.ErrInvalid
	}
	return t, err
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
		read: func(a map[string]string) *helper.Credential {
			t, err := cargotoml.Target(a["url"])
			if err != nil {
				return nil
			}
			c := helper.Foreign(t, helper.User{}, helper.Secret{})
			c.Attr = map[string]string{cargotoml.AttrScheme: cargotoml.AttrRaw}
			return &c
		},
	}.backend()
}

// Keyring is what Python's keyring keeps: under an address, or under any name,
// which then answers for that name alone (KEYR-5).
func Keyring() helper.Backend {
	return schema{
		name: "keyring", summary: "Python's keyring", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		search: always("application", "Python keyring library"),
		read: func(a map[string]string) *helper.Credential {
			service, user := a["service"], a["username"]
			if service == "" || user == "" || helper.HasControl(service+user) || len(service) > helper.MaxField {
				return nil
			}
			t := helper.Target{Scheme: helper.SchemeItem, Host: service}
			if strings.Contains(service, "://") {
				var err error
				if t, err = address(service); err != nil {
					return nil
				}
			}
			c := helper.Foreign(t, helper.Named(user), helper.Secret{})
			return &c
		},
	}.backend()
}
