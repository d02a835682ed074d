package provider

import "keyglot/helper"

var prefix = Preset{
	ID:    "prefix",
	Hosts: []string{"prefix.dev", "*.prefix.dev"},
	Kinds: []helper.Kind{helper.Bearer},
}
