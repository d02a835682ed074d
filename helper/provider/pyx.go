package provider

import "keyglot/helper"

var pyx = Preset{
	ID:        "pyx",
	Hosts:     []string{"api.pyx.dev", "pyx.dev", "astralhosted.com", "*.astralhosted.com"},
	Kinds:     []helper.Kind{helper.Bearer},
	BasicUser: "__token__",
	Variables: []Variable{{Name: "PYX_AUTH_TOKEN"}, {Name: "UV_AUTH_TOKEN", Now: "PYX_AUTH_TOKEN"}},
}
