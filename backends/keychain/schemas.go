package keychain

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"keyglot/helper"
	"keyglot/helper/format/gcm"
	"keyglot/helper/format/keyrings"
)

// plain is the text that an item holds. Tools written in Go may have encoded it
// (STO-152). https://github.com/zalando/go-keyring
func plain(data []byte) (string, bool) {
	var err error
	text := string(data)
	if code, ok := strings.CutPrefix(text, "go-keyring-base64:"); ok {
		data, err = base64.StdEncoding.DecodeString(code)
	} else if code, ok := strings.CutPrefix(text, "go-keyring-encoded:"); ok {
		data, err = hex.DecodeString(code)
	}
	text = string(data)
	return text, err == nil && text != "" && utf8.ValidString(text) && !strings.Contains(text, "\x00")
}

// GCM is what Git Credential Manager keeps. Its refresh tokens, items of their
// own, are not read: macOS might ask the user about each.
func GCM() helper.Backend { return gcmSchema().backend() }

func gcmSchema() schema {
	return schema{
		name: "gcm", summary: "Git Credential Manager in the Keychain", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		read: func(service, account string) *helper.Credential {
			if !strings.HasPrefix(service, "git:") {
				return nil
			}
			items, _ := gcm.Credentials([]gcm.Entry{{Service: service, Account: account, Secret: "not read"}})
			if len(items) == 0 {
				return nil
			}
			c := items[0].Credential
			c.Secret = helper.Secret{}
			return &c
		},
	}
}

// GH is what gh keeps. An item without a user repeats the token of the current
// account: which that is, only secrets would tell.
func GH() helper.Backend { return ghSchema().backend() }

func ghSchema() schema {
	return schema{
		name: "gh", summary: "gh in the Keychain", kinds: []helper.Kind{helper.Bearer},
		read: func(service, account string) *helper.Credential {
			if account == "" {
				return nil
			}
			return keyrings.GH(service, account)
		},
	}
}

// UV is what uv keeps.
func UV() helper.Backend { return uvSchema().backend() }

func uvSchema() schema {
	return schema{
		name: "uv", summary: "uv in the Keychain", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		read: keyrings.UV,
	}
}

// Cargo is what cargo-credential-macos-keychain keeps.
func Cargo() helper.Backend { return cargoSchema().backend() }

func cargoSchema() schema {
	return schema{
		name: "cargo", summary: "cargo-credential-macos-keychain", kinds: []helper.Kind{helper.Bearer},
		read: func(service, account string) *helper.Credential {
			index, ok := strings.CutPrefix(service, "cargo-registry:")
			if !ok || account != "" {
				return nil
			}
			return keyrings.Cargo(index)
		},
	}
}

// Keyring is what Python's keyring keeps for an address. Nothing tells its other
// items from those of any program.
func Keyring() helper.Backend { return keyringSchema().backend() }

func keyringSchema() schema {
	return schema{
		name: "keyring", summary: "Python's keyring in the Keychain", kinds: []helper.Kind{helper.Basic, helper.Bearer},
		read: func(service, account string) *helper.Credential {
			if !strings.Contains(service, "://") {
				return nil
			}
			return keyrings.Python(service, account)
		},
	}
}
