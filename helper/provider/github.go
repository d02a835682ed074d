package provider

import "keyglot/helper"

// https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens
var github = Preset{
	ID:        "github",
	Hosts:     []string{"github.com", "gist.github.com"},
	Kinds:     []helper.Kind{helper.Bearer},
	BasicUser: "x-access-token",
	Variables: []Variable{
		{Name: "GH_TOKEN"},
		{Name: "GITHUB_TOKEN"},
		{Name: "GH_ENTERPRISE_TOKEN", Host: "GH_HOST", Own: true},
		{Name: "GITHUB_ENTERPRISE_TOKEN", Host: "GH_HOST", Own: true},
	},
	CreateURL: "https://github.com/settings/tokens",
	RevokeURL: "https://github.com/settings/tokens",
	Check: Check{
		URL: "https://api.github.com/user", Remote: "{base}/api/v3/user",
		Login: "login", ID: "id", Email: "email", Name: "name",
	},
	Note: "ghcr.io is a service of its own",
}
