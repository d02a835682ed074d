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
	Check: Check{
		URL:    "https://buf.build/buf.alpha.registry.v1alpha1.AuthnService/GetCurrentUser",
		Remote: "{base}/buf.alpha.registry.v1alpha1.AuthnService/GetCurrentUser",
		JSON:   "{}", Login: "user.username", ID: "user.id",
	},
	Siblings: []string{"go.buf.build"},
}
