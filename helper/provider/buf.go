package provider

import "keyglot/helper"

// https://buf.build/docs/bsr/authentication/
var buf = Preset{
	ID:        "buf",
	Hosts:     []string{"buf.build", "go.buf.build"},
	Kinds:     []helper.Kind{helper.Bearer},
	Variables: []Variable{{Name: "BUF_TOKEN"}},
	TokenList: true,
	CreateURL: "https://buf.build/settings/user",
	RevokeURL: "https://buf.build/settings/user",
	Siblings:  []string{"go.buf.build"},
}
