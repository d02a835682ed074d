package provider

import "keyglot/helper"

var npm = Preset{
	ID:    "npm",
	Kinds: []helper.Kind{helper.Bearer, helper.Basic},
	Note:  "name it with --provider for the registry you use",
}
