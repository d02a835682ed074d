package provider

import "keyglot/helper"

// https://doc.rust-lang.org/cargo/reference/registry-authentication.html
var crates = Preset{
	ID:        "crates",
	Hosts:     []string{"crates.io", "index.crates.io"},
	Kinds:     []helper.Kind{helper.Bearer},
	Raw:       true,
	CreateURL: "https://crates.io/settings/tokens",
	RevokeURL: "https://crates.io/settings/tokens",
	Note:      "sent as Authorization: TOKEN, without a scheme word",
}
