package provider

import "keyglot/helper"

// https://docs.docker.com/security/access-tokens/
var dockerHub = Preset{
	ID:        "dockerhub",
	Hosts:     []string{"docker.io", "index.docker.io", "registry-1.docker.io"},
	Kinds:     []helper.Kind{helper.Basic, helper.Bearer},
	CreateURL: "https://app.docker.com/settings/personal-access-tokens",
	RevokeURL: "https://app.docker.com/settings/personal-access-tokens",
}
