package provider

import "keyglot/helper"

var prefix = Preset{
	ID:    "prefix",
	Hosts: []string{"prefix.dev", "*.prefix.dev"},
	Kinds: []helper.Kind{helper.Bearer},
	Check: Check{
		URL: "https://prefix.dev/api/graphql", Remote: "{base}/api/graphql",
		JSON: `{"query":"query { viewer { login } }"}`, Needed: "data.viewer", Login: "data.viewer.login",
	},
}
