package provider

import "keyglot/helper"

var baseten = Preset{
	ID:        "baseten",
	Hosts:     []string{"app.baseten.co", "api.baseten.co"},
	Kinds:     []helper.Kind{helper.Header},
	Header:    "Authorization: Api-Key {key}",
	Variables: []Variable{{Name: "BASETEN_API_KEY", Host: "BASETEN_REMOTE_URL"}},
	Profile:   "BASETEN_PROFILE",
	CreateURL: "https://app.baseten.co/settings/api_keys",
	RevokeURL: "https://app.baseten.co/settings/api_keys",
	Check: Check{
		URL: "https://api.baseten.co/v1/users/me", Remote: "{api}/v1/users/me",
		ID: "id", Email: "email", Name: "name",
	},
}
