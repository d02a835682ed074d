package provider

import "keyglot/helper"

// https://www.anaconda.com/docs/tools/anaconda-org/user-guide/tasks/work-with-accounts
var anaconda = Preset{
	ID:    "anaconda",
	Hosts: []string{"anaconda.org", "*.anaconda.org"},
	Kinds: []helper.Kind{helper.Conda},
	Note:  "the token travels in the path",
}
