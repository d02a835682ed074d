package wincred

import (
	"strconv"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/format/dockerconfig"
	"keyglot/helper/format/dockerhost"
	"keyglot/helper/format/gcm"
	"keyglot/helper/format/gitcredentials"
	"keyglot/helper/format/keyrings"
	"keyglot/helper/format/rattler"
)

// each reads credentials one by one, their blobs decoded.
func each(decode func([]byte) (string, bool), read func(c credential, text string) *helper.Credential) func([]credential) []helper.Item {
	return func(all []credential) []helper.Item {
		var items []helper.Item
		for _, c := range all {
			if text, ok := decode(c.Blob); ok {
				if found := read(c, text); found != nil {
					items = append(items, helper.Item{Credential: *found})
				}
			}
		}
		return items
	}
}

// with puts the secret into what a name says, if it says anything.
func with(c *helper.Credential, secret string) *helper.Credential {
	if c != nil {
		c.Secret = helper.NewSecret(secret)
	}
	return c
}

// gitComment tells git-credential-wincred's credentials from Git Credential
// Manager's, which have targets alike.
const gitComment = "saved by git-credential-wincred"

// Git is what git-credential-wincred keeps.
func Git() helper.Backend { return gitSchema().backend() }

func gitSchema() schema {
	return schema{
		name: "git", summary: "git-credential-wincred", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		filter: "git:*",
		read:   each(wide, readGit),
	}
}

// readGit: the target has the user as it is, before an @ if it has one.
func readGit(c credential, text string) *helper.Credential {
	protocol, rest, ok := strings.Cut(strings.TrimPrefix(c.Target, "git:"), "://")
	if !ok || c.Comment != gitComment || c.User == "" {
		return nil
	}
	host, path, _ := strings.Cut(strings.TrimPrefix(rest, c.User+"@"), "/")
	found := keyrings.Git(protocol, host, path, c.User)
	if found == nil || gitcredentials.Secret(found, text) != "" {
		return nil
	}
	if digits, ok := decodeUTF16(c.Attributes["git_password_expiry_utc"]); ok {
		if n, err := strconv.ParseInt(strings.TrimRight(digits, "\x00"), 10, 64); err == nil && n > 0 && n < 1<<40 {
			found.Expiry = time.Unix(n, 0).UTC()
		}
	}
	return found
}

// GCM is what Git Credential Manager keeps.
func GCM() helper.Backend { return gcmSchema().backend() }

func gcmSchema() schema {
	return schema{
		name: "gcm", summary: "Git Credential Manager in the Credential Manager", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		filter: "git:*",
		read: func(all []credential) []helper.Item {
			var entries []gcm.Entry
			for _, c := range all {
				if e, ok := gcmEntry(c); ok {
					entries = append(entries, e)
				}
			}
			items, _ := gcm.Credentials(entries)
			return items
		},
		follows: func(other, c credential) bool {
			token, _ := gcmEntry(other)
			owner, isRefresh := gcm.RefreshOf(token)
			account, _ := gcmEntry(c)
			items, _ := gcm.Credentials([]gcm.Entry{account})
			return isRefresh && len(items) == 1 && items[0].Key == owner
		},
	}
}

func gcmEntry(c credential) (gcm.Entry, bool) {
	text, ok := wide(c.Blob)
	if !ok || c.Comment == gitComment || !strings.HasPrefix(c.Target, "git:") {
		return gcm.Entry{}, false
	}
	return gcm.Entry{Service: withoutUser(c), Account: c.User, Secret: text}, true
}

// withoutUser is the target's address: only the first account has one without a
// user, and that of others is misspelt there.
func withoutUser(c credential) string {
	scheme, rest, _ := strings.Cut(c.Target, "://")
	if other, ok := strings.CutPrefix(rest, strings.ReplaceAll(c.User, "@", "_")+"@"); ok {
		return scheme + "://" + other
	}
	host, path, _ := strings.Cut(rest, "/")
	return scheme + "://" + host[strings.LastIndexByte(host, '@')+1:] + "/" + path
}

const (
	dockerAttribute = "label"
	dockerLabel     = "Docker Credentials"
)

// Docker is what docker-credential-wincred keeps.
func Docker() helper.Backend { return dockerSchema().backend() }

func dockerSchema() schema {
	return schema{
		name: "docker", summary: "docker-credential-wincred", kinds: []helper.Kind{helper.Basic, helper.Bearer, helper.Identity},
		filter: "*",
		read: each(narrow, func(c credential, text string) *helper.Credential {
			if string(c.Attributes[dockerAttribute]) != dockerLabel {
				return nil
			}
			found, reason := dockerconfig.Credential(c.Target, c.User, text)
			if reason != "" {
				return nil
			}
			return &found
		}),
		names: func(r helper.Realm) []string {
			names := []string{r.Host, "https://" + r.Host, "https://" + r.Host + "/v1/", "https://" + r.Host + "/v2/"}
			if r.Host == dockerhost.Hub {
				names = append(names, "https://index.docker.io/v1/", "index.docker.io")
			}
			return names
		},
		forgets: true,
	}
}

// GH is what gh keeps.
func GH() helper.Backend { return ghSchema().backend() }

func ghSchema() schema {
	return schema{
		name: "gh", summary: "gh in the Credential Manager", kinds: []helper.Kind{helper.Bearer},
		filter: "gh:*",
		read: func(all []credential) []helper.Item {
			var items []helper.Item
			active := map[helper.Target]helper.Secret{}
			for _, i := range each(narrow, readGH)(all) {
				if !i.User.Set {
					active[i.Target] = i.Secret
					continue
				}
				items = append(items, i)
			}
			for n, i := range items {
				secret, ok := active[i.Target]
				items[n].Current = ok && secret.Equal(i.Secret)
			}
			return items
		},
		follows: func(other, c credential) bool {
			token, account := gh(other), gh(c)
			return token != nil && account != nil && !token.User.Set && account.User.Set &&
				token.Target == account.Target && token.Secret.Equal(account.Secret)
		},
	}
}

func gh(c credential) *helper.Credential {
	text, ok := narrow(c.Blob)
	if !ok {
		return nil
	}
	return readGH(c, text)
}

func readGH(c credential, text string) *helper.Credential {
	at := strings.LastIndexByte(c.Target, ':')
	if at < 0 {
		return nil
	}
	return with(keyrings.GH(c.Target[:at], c.Target[at+1:]), text)
}

// UV is what uv keeps.
func UV() helper.Backend { return uvSchema().backend() }

func uvSchema() schema {
	return schema{
		name: "uv", summary: "uv in the Credential Manager", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		filter: "*",
		read: each(wide, func(c credential, text string) *helper.Credential {
			service, ok := strings.CutPrefix(c.Target, c.User+".")
			if !ok {
				return nil
			}
			return with(keyrings.UV(service, c.User), text)
		}),
	}
}

// Rattler is what rattler and pixi keep.
func Rattler() helper.Backend { return rattlerSchema().backend() }

func rattlerSchema() schema {
	return schema{
		name: "rattler", summary: "rattler and pixi in the Credential Manager",
		kinds:  []helper.Kind{helper.Basic, helper.Bearer, helper.Conda, helper.S3},
		filter: "*",
		read: func(all []credential) []helper.Item {
			var items []helper.Item
			for _, c := range all {
				if text, ok := wideJSON(c.Blob); ok && c.User != "" && c.Target == c.User+".rattler" {
					more, _, _ := rattler.ParseEntry(c.User, []byte(text))
					items = append(items, more...)
				}
			}
			return items
		},
	}
}

// Cargo is what cargo-credential-wincred keeps.
func Cargo() helper.Backend { return cargoSchema().backend() }

func cargoSchema() schema {
	return schema{
		name: "cargo", summary: "cargo-credential-wincred", kinds: []helper.Kind{helper.Bearer},
		filter: "cargo-registry:*",
		read: each(narrow, func(c credential, text string) *helper.Credential {
			index, ok := strings.CutPrefix(c.Target, "cargo-registry:")
			if !ok {
				return nil
			}
			return with(keyrings.Cargo(index), text)
		}),
	}
}

// Keyring is what Python's keyring keeps: the account set last under the
// service, those before under USER@SERVICE.
func Keyring() helper.Backend { return keyringSchema().backend() }

func keyringSchema() schema {
	return schema{
		name: "keyring", summary: "Python's keyring in the Credential Manager", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		filter: "*",
		read: each(wide, func(c credential, text string) *helper.Credential {
			if c.Comment != "Stored using python-keyring" {
				return nil
			}
			return with(keyrings.Python(strings.TrimPrefix(c.Target, c.User+"@"), c.User), text)
		}),
	}
}
