package keychain

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf8"

	"keyglot/helper"
	"keyglot/helper/format/gcm"
	"keyglot/helper/format/keyrings"
	"keyglot/helper/format/rattler"
)

// isText reports whether data can be a secret at all.
func isText(data []byte) bool {
	return len(data) > 0 && utf8.Valid(data) && !slices.Contains(data, 0)
}

// fillPlain: the item holds the secret. Tools written in Go may have encoded it
// (STO-152). https://github.com/zalando/go-keyring
func fillPlain(c *helper.Credential, _ item, text string) (err error) {
	data := []byte(text)
	if code, ok := strings.CutPrefix(text, "go-keyring-base64:"); ok {
		data, err = base64.StdEncoding.DecodeString(code)
	} else if code, ok := strings.CutPrefix(text, "go-keyring-encoded:"); ok {
		data, err = hex.DecodeString(code)
	}
	if err != nil || !isText(data) {
		return errNoText
	}
	c.Secret = helper.NewSecret(string(data))
	return nil
}

// one is what a name says, or nothing.
func one(c *helper.Credential) []helper.Credential {
	if c == nil {
		return nil
	}
	return []helper.Credential{*c}
}

// GCM is what Git Credential Manager keeps. Its refresh tokens, items of their
// own, are not read: macOS might ask the user about each.
func GCM() helper.Backend { return gcmSchema().backend() }

func gcmSchema() schema {
	return schema{
		name: "gcm", summary: "Git Credential Manager in the Keychain", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		read: func(i item) []helper.Credential {
			if !strings.HasPrefix(i.Service, "git:") {
				return nil
			}
			items, _ := gcm.Credentials([]gcm.Entry{{Service: i.Service, Account: i.Account, Secret: "not read"}})
			if len(items) == 0 {
				return nil
			}
			items[0].Secret = helper.Secret{}
			return one(&items[0].Credential)
		},
		needs: func(other item, k helper.Key) bool {
			owner, ok := gcm.RefreshOf(gcm.Entry{Service: other.Service, Account: other.Account, Secret: "not read"})
			return ok && owner == k
		},
	}
}

// GH is what gh keeps. An item without a user repeats the token of the current
// account: which that is, only secrets would tell.
func GH() helper.Backend { return ghSchema().backend() }

func ghSchema() schema {
	return schema{
		name: "gh", summary: "gh in the Keychain", kinds: []helper.Kind{helper.Bearer},
		read: func(i item) []helper.Credential {
			if i.Account == "" {
				return nil
			}
			return one(keyrings.GH(i.Service, i.Account))
		},
		repeats: func(other, i item) bool { return other.Account == "" && other.Service == i.Service },
	}
}

// UV is what uv keeps.
func UV() helper.Backend { return uvSchema().backend() }

func uvSchema() schema {
	return schema{
		name: "uv", summary: "uv in the Keychain", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		read: func(i item) []helper.Credential { return one(keyrings.UV(i.Service, i.Account)) },
	}
}

// Rattler is what rattler and pixi keep: an item for each host or address, whose
// secret says what it is and has the user name. So its key has none.
func Rattler() helper.Backend { return rattlerSchema().backend() }

func rattlerSchema() schema {
	return schema{
		name: "rattler", summary: "rattler and pixi in the Keychain",
		kinds: []helper.Kind{helper.Basic, helper.Bearer, helper.Conda, helper.S3},
		read: func(i item) (list []helper.Credential) {
			if i.Service != "rattler" {
				return nil
			}
			for _, t := range rattler.Targets(i.Account) {
				list = append(list, helper.Credential{Entry: helper.Entry{Key: helper.Key{Target: t}}})
			}
			return list
		},
		sealed: true,
		fill:   fillRattler,
	}
}

func fillRattler(c *helper.Credential, i item, text string) error {
	items, _, err := rattler.ParseEntry(i.Account, []byte(text))
	if err != nil {
		return err
	}
	for _, found := range items {
		if found.Target != c.Target {
			continue
		}
		if found.User.Set {
			found.Login = found.User.Name
		}
		found.Key, found.Origin = c.Key, c.Origin
		*c = found.Credential
		return nil
	}
	return helper.ErrNotFound // a bucket under a host's name, or nothing that is known
}

// Cargo is what cargo-credential-macos-keychain keeps.
func Cargo() helper.Backend { return cargoSchema().backend() }

func cargoSchema() schema {
	return schema{
		name: "cargo", summary: "cargo-credential-macos-keychain", kinds: []helper.Kind{helper.Bearer},
		read: func(i item) []helper.Credential {
			index, ok := strings.CutPrefix(i.Service, "cargo-registry:")
			if !ok || i.Account != "" {
				return nil
			}
			return one(keyrings.Cargo(index))
		},
	}
}

// Keyring is what Python's keyring keeps for an address. Nothing tells its other
// items from those of any program.
func Keyring() helper.Backend { return keyringSchema().backend() }

func keyringSchema() schema {
	return schema{
		name: "keyring", summary: "Python's keyring in the Keychain", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		read: func(i item) []helper.Credential {
			if !strings.Contains(i.Service, "://") {
				return nil
			}
			return one(keyrings.Python(i.Service, i.Account))
		},
		unmarked: true,
	}
}
