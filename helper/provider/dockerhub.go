package provider

import "keyglot/helper"

// https://docs.docker.com/security/access-tokens/
var dockerHub = Preset{
	ID:        "dockerhub",
	Hosts:     []string{"docker.io", "index.docker.io", "registry-1.docker.io"},
	Kinds:     []helper.Kind{helper.Basic, helper.Bearer},
	CreateURL: "https://app.docker.com/settings/personal-access-tokens",
	RevokeURL: "https://app.docker.com/settings/personal-access-tokens",
	Siblings:  []string{"index.docker.io", "registry-1.docker.io"},
	// What docker's web login keeps beside the login itself (DOC-42).
	Items: []string{"https://index.docker.io/v1/access-token", "https://index.docker.io/v1/refresh-token"},
}
