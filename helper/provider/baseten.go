package provider

import "keyglot/helper"

var baseten = Preset{
	ID:        "baseten",
	Hosts:     []string{"app.baseten.co", "api.baseten.co"},
	Kinds:     []helper.Kind{helper.Header},
	Header:    "Authorization: Api-Key {key}",
	Variables: []string{"BASETEN_API_KEY"},
	CreateURL: "https://app.baseten.co/settings/api_keys",
	RevokeURL: "https://app.baseten.co/settings/api_keys",
}
