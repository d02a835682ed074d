// Package secretservice keeps credentials with the desktop's Secret Service:
// GNOME Keyring, KeePassXC, KWallet. It speaks the Secret Service API 0.2 over
// the session bus, as a client of its own with godbus' codec (STO-60 to STO-69):
// https://specifications.freedesktop.org/secret-service-spec/latest/
//
// One item is one record. Its attributes tell the whole Entry, so that nothing
// is decrypted to find something; its secret is the record's JSON, which alone
// is believed. No bus and no service is ever started.
package secretservice

import "keyglot/helper"

// limit is what a secret may have.
const limit = 1 << 20

// Options are the table [backends.secretservice] of config.toml.
type Options struct {
	// Collection is "default" or the label of the collection that is written
	// to. All of them are read.
	Collection string `toml:"collection"`
	// Session is "auto" (encrypted, plain where the service refuses that),
	// "dh" (encrypted or not at all) or "plain".
	Session string `toml:"session"`
	// Unlock is "ask" or "never": what is locked then stays locked.
	Unlock string `toml:"unlock"`
}

// Backend describes the store.
func Backend() helper.Backend {
	return helper.Backend{
		Name:    "secretservice",
		Summary: "the desktop's keyring: GNOME Keyring, KeePassXC, KWallet",
		Kinds:   []helper.Kind{helper.Basic, helper.Bearer, helper.Header, helper.Identity, helper.Conda, helper.S3, helper.Cert},
		Limit:   limit,
		Options: func() any { return &Options{Collection: "default", Session: "auto", Unlock: "ask"} },
		Open:    open,
	}
}
