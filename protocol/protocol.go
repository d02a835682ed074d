// Package protocol is the catalogue of the helper protocols that keyglot
// speaks.
package protocol

import (
	"keyglot/helper"
	"keyglot/protocol/docker"
	"keyglot/protocol/git"
	"keyglot/protocol/netrc"
)

// All lists the protocols. A program name or first word picks one by exact
// comparison.
func All() []helper.Protocol {
	return []helper.Protocol{git.Protocol(), docker.Protocol(), netrc.Protocol()}
}
