package provider

import "keyglot/helper"

// https://pypi.org/help/#apitoken
var pypi = Preset{
	ID:        "pypi",
	Hosts:     []string{"upload.pypi.org", "pypi.org", "test.pypi.org"},
	Kinds:     []helper.Kind{helper.Bearer},
	BasicUser: "__token__",
	CreateURL: "https://pypi.org/manage/account/token/",
	RevokeURL: "https://pypi.org/manage/account/",
}
