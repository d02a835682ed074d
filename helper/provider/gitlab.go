package provider

import "keyglot/helper"

// https://docs.gitlab.com/user/profile/personal_access_tokens/
var gitlab = Preset{
	ID:        "gitlab",
	Hosts:     []string{"gitlab.com"},
	Kinds:     []helper.Kind{helper.Bearer},
	BasicUser: "oauth2",
	CreateURL: "https://gitlab.com/-/user_settings/personal_access_tokens",
	RevokeURL: "https://gitlab.com/-/user_settings/personal_access_tokens",
}
