package provider

import "keyglot/helper"

// https://huggingface.co/docs/hub/security-tokens
var huggingface = Preset{
	ID:        "huggingface",
	Hosts:     []string{"huggingface.co"},
	Kinds:     []helper.Kind{helper.Bearer},
	Variables: []Variable{{Name: "HF_TOKEN"}},
	CreateURL: "https://huggingface.co/settings/tokens",
	RevokeURL: "https://huggingface.co/settings/tokens",
}
