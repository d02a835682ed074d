package provider

import "keyglot/helper"

var bitbucket = Preset{
	ID:        "bitbucket",
	Hosts:     []string{"bitbucket.org"},
	Kinds:     []helper.Kind{helper.Bearer},
	BasicUser: "x-token-auth",
}
