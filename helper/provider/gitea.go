package provider

import "keyglot/helper"

var gitea = Preset{
	ID:        "gitea",
	Hosts:     []string{"gitea.com", "codeberg.org"},
	Kinds:     []helper.Kind{helper.Bearer},
	BasicUser: "oauth2",
}
