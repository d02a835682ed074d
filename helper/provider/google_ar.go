package provider

import "keyglot/helper"

// https://cloud.google.com/artifact-registry/docs/python/authentication
var googleAR = Preset{
	ID:        "google-ar",
	Hosts:     []string{"*.pkg.dev"},
	Kinds:     []helper.Kind{helper.Bearer, helper.Basic},
	BasicUser: "oauth2accesstoken",
	Note:      "a key file in base64 is a password for the user _json_key_base64",
}
